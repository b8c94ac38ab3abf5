# SPDX-License-Identifier: GPL-2.0-or-later
#
# cmake -D PLUGIN_SOURCE=plugin -D COMPILER=cc -D SHELL_INCLUDES=a:b -P CheckRooms.cmake
#
# The order of the house: an include never points from an earlier room to a later one, the core
# sees neither Wireshark nor GLib, base names are unique, and every header compiles alone.

cmake_minimum_required(VERSION 3.18)

set(rooms segment model findings annotation view shell)# The only files of the first four rooms that may see epan.
set(doors capture_point.c capture_point.h streams.c streams.h store.c store.h tuple.c tuple.h)
set(standard stdbool.h stddef.h stdint.h inttypes.h string.h stdio.h stdlib.h stdarg.h limits.h
             ctype.h)
set(vague_names util utils common helper helpers misc)
set(most_lines 500)

set(wrong "")
macro(complain text)
    list(APPEND wrong "${text}")
endmacro()

# Room of a file, by its folder; the files beside the rooms are the shell.
function(room_of file)
    get_filename_component(folder "${file}" DIRECTORY)
    get_filename_component(folder "${folder}" NAME)
    if(NOT folder IN_LIST rooms)
        set(folder shell)
    endif()
    list(FIND rooms ${folder} number)
    set(room ${number} PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files LIST_DIRECTORIES false
     "${PLUGIN_SOURCE}/*.c" "${PLUGIN_SOURCE}/*.h" "${PLUGIN_SOURCE}/*.def")
if(NOT files)
    message(FATAL_ERROR "No sources in ${PLUGIN_SOURCE}")
endif()

set(names "")
foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME)
    get_filename_component(base "${file}" NAME_WE)
    if(name IN_LIST names)
        complain("${file}: another module has that name")
    endif()
    list(APPEND names "${name}")
    if(base IN_LIST vague_names)
        complain("${file}: a name that says nothing")
    endif()
    room_of("${file}")
    set(room_${name} ${room})
endforeach()

foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME)
    file(STRINGS "${file}" lines)
    list(GET lines 0 first)
    if(NOT first STREQUAL "/* SPDX-License-Identifier: GPL-2.0-or-later */")
        complain("${file}: the first line is not the licence")
    endif()
    file(READ "${file}" text)
    string(REGEX MATCHALL "\n" line_ends "${text}")
    list(LENGTH line_ends length)
    # a table grows with what it lists
    if(length GREATER most_lines AND NOT name MATCHES "\\.def$")
        complain("${file}: ${length} lines, more than ${most_lines}")
    endif()
    if(text MATCHES "WIRESHARK_VERSION|COMPAT_VERSION" AND NOT name STREQUAL "compat.h" AND
       NOT name STREQUAL "plugin.c")
        complain("${file}: asks for a version; that is compat.h's work")
    endif()

    set(pure FALSE)
    if(room_${name} LESS 4 AND NOT name IN_LIST doors)
        set(pure TRUE)
    elseif(name MATCHES "^sentence.*")
        set(pure TRUE)
    endif()
    file(STRINGS "${file}" includes REGEX "^#[ ]*include")
    foreach(line IN LISTS includes)
        if(line MATCHES "\"(.*)\"")
            set(wanted "${CMAKE_MATCH_1}")
            if(NOT DEFINED room_${wanted})
                complain("${file}: includes ${wanted}, which is no file of ours")
            elseif(room_${wanted} GREATER room_${name} AND NOT
                   (wanted STREQUAL "compat.h" AND NOT pure))
                complain("${file}: includes ${wanted}, which belongs to a later room")
            elseif(pure AND wanted IN_LIST doors)
                complain("${file}: the core includes ${wanted}, which sees Wireshark")
            endif()
        elseif(line MATCHES "<(.*)>" AND pure AND NOT CMAKE_MATCH_1 IN_LIST standard)
            complain("${file}: the core includes <${CMAKE_MATCH_1}>")
        endif()
    endforeach()
endforeach()

# Every header alone. Those of the core get no path but ours.
set(ours "")
foreach(room IN LISTS rooms)
    list(APPEND ours "-I${PLUGIN_SOURCE}/${room}")
endforeach()
list(APPEND ours "-I${PLUGIN_SOURCE}")
string(REPLACE ":" ";" others "${SHELL_INCLUDES}")
list(TRANSFORM others PREPEND "-isystem")
foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME)
    if(NOT name MATCHES "\\.h$")
        continue()
    endif()
    set(paths ${ours})
    if(room_${name} GREATER_EQUAL 4 OR name IN_LIST doors)
        list(APPEND paths ${others})
    endif()
    execute_process(
        COMMAND "${COMPILER}" -std=c11 -Wall -Wextra -Werror -fsyntax-only ${paths} -x c
                -include "${file}" -
        INPUT_FILE /dev/null RESULT_VARIABLE status ERROR_VARIABLE output)
    if(NOT status EQUAL 0)
        complain("${file} does not compile alone:\n${output}")
    endif()
endforeach()

if(wrong)
    list(JOIN wrong "\n" wrong)
    message(FATAL_ERROR "${wrong}")
endif()
