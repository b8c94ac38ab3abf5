# SPDX-License-Identifier: GPL-2.0-or-later
#
# tcpstate_reference(NAME PROGRAM FILE): FILE, which is checked in, is what PROGRAM prints. The
# test says when it is not; the target `update-NAME` mends it.
#
# As a script (-D PROGRAM=... -D FILE=... -P): the comparison itself, or with UPDATE the mending.

cmake_minimum_required(VERSION 3.18)

if(NOT CMAKE_SCRIPT_MODE_FILE)
    set(_tcpstate_reference_script "${CMAKE_CURRENT_LIST_FILE}")

    function(tcpstate_reference name program file)
        add_test(NAME "lint.${name}"
            COMMAND ${CMAKE_COMMAND} -D "PROGRAM=$<TARGET_FILE:${program}>" -D "FILE=${file}"
                    -D "NAME=${name}" -P "${_tcpstate_reference_script}")
        set_tests_properties("lint.${name}" PROPERTIES LABELS lint)
        add_custom_target("update-${name}" VERBATIM
            COMMAND ${CMAKE_COMMAND} -D "PROGRAM=$<TARGET_FILE:${program}>" -D "FILE=${file}"
                    -D UPDATE=ON -P "${_tcpstate_reference_script}"
            DEPENDS ${program})
    endfunction()
    return()
endif()

execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE printed RESULT_VARIABLE status)
if(NOT status EQUAL 0 OR printed STREQUAL "")
    message(FATAL_ERROR "${PROGRAM} printed nothing, or failed: ${status}")
endif()
if(UPDATE)
    file(WRITE "${FILE}" "${printed}")
    return()
endif()
set(kept "")
if(EXISTS "${FILE}")
    file(READ "${FILE}" kept)
endif()
if(NOT kept STREQUAL printed)
    message(FATAL_ERROR "${FILE} is not what its .def file says; build the target update-${NAME}")
endif()
