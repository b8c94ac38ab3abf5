# SPDX-License-Identifier: GPL-2.0-or-later
#
# cmake -D SOURCE=... -D WORK=... -D GENERATOR=... -D COMPILER=... -P CheckConfigure.cmake
#
# Configures the project against development files that claim to be of several releases: each is
# accepted, or refused with a message that says what to do.

cmake_minimum_required(VERSION 3.18)

# A CMake package as Wireshark installs it, as far as the project reads it.
function(pretend release)
    file(WRITE "${WORK}/${release}/WiresharkConfig.cmake"
        "add_library(epan INTERFACE IMPORTED)\n"
        "set_property(TARGET epan PROPERTY INTERFACE_INCLUDE_DIRECTORIES \"\${CMAKE_CURRENT_LIST_DIR}\")\n"
        "set(Wireshark_INSTALL_PREFIX \"\${CMAKE_CURRENT_LIST_DIR}\")\n"
        "set(Wireshark_PLUGIN_INSTALL_DIR \"\${CMAKE_CURRENT_LIST_DIR}/lib/plugins/${release}\")\n")
    file(WRITE "${WORK}/${release}/WiresharkConfigVersion.cmake"
        "set(PACKAGE_VERSION ${release}.3)\nset(PACKAGE_VERSION_COMPATIBLE TRUE)\n")
endfunction()

# expect(RELEASE ACCEPTED|REFUSED PATTERN OPTION...): configures; the output must match.
function(expect release verdict pattern)
    pretend(${release})
    execute_process(
        COMMAND ${CMAKE_COMMAND} -S "${SOURCE}" -B "${WORK}/${release}/build" -G "${GENERATOR}"
                "-DCMAKE_C_COMPILER=${COMPILER}" "-DWireshark_DIR=${WORK}/${release}"
                -DTCPSTATE_TESTS=OFF ${ARGN}
        RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    set(answer REFUSED)
    if(status EQUAL 0)
        set(answer ACCEPTED)
    endif()
    string(REGEX REPLACE "[ \n]+" " " output "${output}") # messages are wrapped
    if(NOT answer STREQUAL verdict OR NOT output MATCHES "${pattern}")
        message(SEND_ERROR
            "${release} ${ARGN}: ${answer}, not ${verdict} with \"${pattern}\":\n${output}")
    endif()
    file(REMOVE_RECURSE "${WORK}/${release}/build")
endfunction()

set(untried "was never tried with this plugin; 4.0, 4.4, 4.6 were")
expect(3.6 REFUSED "release 4.0 or later")
expect(4.0 ACCEPTED "Build files have been written")
expect(4.2 REFUSED "Wireshark 4.2.3 ${untried}.*-DTCPSTATE_UNTRIED_RELEASE=ON")
expect(4.7 REFUSED "Wireshark 4.7.3 ${untried}.*-DTCPSTATE_UNTRIED_RELEASE=ON")
expect(9.0 REFUSED "Wireshark 9.0.3 ${untried}.*-DTCPSTATE_UNTRIED_RELEASE=ON")
expect(9.0 ACCEPTED "Warning.*Wireshark 9.0.3 ${untried}.*Run the tests"
       -DTCPSTATE_UNTRIED_RELEASE=ON)
