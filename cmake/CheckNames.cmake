# SPDX-License-Identifier: GPL-2.0-or-later
#
# cmake -D SOURCE=top -P CheckNames.cmake
#
# Every field that the profile or the README names is one that the plugin has. Wireshark drops a
# rule or a column with an unknown field without much ado.

cmake_minimum_required(VERSION 3.18)

# Preferences, which look like fields where the README mentions them.
set(known tcpstate.so tcpstate.info_column tcpstate.msl tcpstate.report_severity)

file(READ "${SOURCE}/plugin/view/fields.def" text)
string(REGEX MATCHALL "\"tcpstate\\.[a-z_.]+\"" names "${text}")
string(REPLACE "\"" "" names "${names}")
list(APPEND known ${names})
file(READ "${SOURCE}/plugin/findings/findings.def" text)
string(REGEX MATCHALL "\nFINDING\\([a-z0-9_]+" names "${text}")
list(TRANSFORM names REPLACE "\nFINDING\\(" "tcpstate.")
list(APPEND known ${names})

set(wrong "")
set(seen 0)
file(GLOB files "${SOURCE}/plugin/profile/*" "${SOURCE}/README.md")
foreach(file IN LISTS files)
    file(READ "${file}" text)
    string(REGEX MATCHALL "tcpstate\\.[a-z0-9_.]*[a-z0-9_]" names "${text}")
    list(REMOVE_DUPLICATES names)
    foreach(name IN LISTS names)
        math(EXPR seen "${seen} + 1")
        if(NOT name IN_LIST known)
            list(APPEND wrong "${file}: there is no ${name}")
        endif()
    endforeach()
endforeach()

if(wrong)
    list(JOIN wrong "\n" wrong)
    message(FATAL_ERROR "${wrong}")
elseif(seen LESS 10)
    message(FATAL_ERROR "Only ${seen} names found: is the profile there?")
endif()
