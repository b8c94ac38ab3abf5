# SPDX-License-Identifier: GPL-2.0-or-later
#
# cmake -D SOURCE=top -P CheckFindingTests.cmake
#
# Every finding that we raise has the two scenarios that its row promises, and there is no scenario
# of a finding that does not exist.

cmake_minimum_required(VERSION 3.18)

file(READ "${SOURCE}/plugin/findings/findings.def" rows)
string(REGEX MATCHALL "\nFINDING\\([^,]+,[^,]+,[^,]+,[^,]+," rows "${rows}")
if(NOT rows)
    message(FATAL_ERROR "No rows in findings.def")
endif()

set(wrong "")
set(known "")
foreach(row IN LISTS rows)
    string(REGEX MATCH "FINDING\\([ \n]*([a-z0-9_]+),[ \n]*([A-Z_]+),[ \n]*[A-Z]+,[ \n]*([A-Z]+),"
           row "${row}")
    if(row STREQUAL "")
        message(FATAL_ERROR "A row of findings.def that this check cannot read")
    elseif(CMAKE_MATCH_3 STREQUAL "NATIVE")
        continue()
    endif()
    string(TOLOWER "${CMAKE_MATCH_2}" family)
    foreach(kind fires quiet)
        set(scenario "${family}/${CMAKE_MATCH_1}.${kind}.flow")
        list(APPEND known "${scenario}")
        if(NOT EXISTS "${SOURCE}/tests/scenarios/${scenario}")
            list(APPEND wrong "missing: tests/scenarios/${scenario}")
        endif()
    endforeach()
endforeach()

file(GLOB_RECURSE scenarios RELATIVE "${SOURCE}/tests/scenarios"
     "${SOURCE}/tests/scenarios/*.fires.flow" "${SOURCE}/tests/scenarios/*.quiet.flow")
foreach(scenario IN LISTS scenarios)
    if(NOT scenario IN_LIST known)
        list(APPEND wrong "no such finding: tests/scenarios/${scenario}")
    endif()
endforeach()

if(wrong)
    list(JOIN wrong "\n" wrong)
    message(FATAL_ERROR "${wrong}")
endif()
