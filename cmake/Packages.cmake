# SPDX-License-Identifier: GPL-2.0-or-later
#
# `cpack` in the build folder: a .tar.gz to unpack below Wireshark's prefix, and a .deb where this
# is a Debian. Each is for the one release of Wireshark that it was built for, and its name says so.

set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_CONTACT "tcpstate maintainers <maintainers@tcpstate.invalid>" CACHE STRING
    "Who answers for the packages")
set(CPACK_PACKAGE_VENDOR "tcpstate")
set(CPACK_PACKAGE_FILE_NAME "${PROJECT_NAME}-${PROJECT_VERSION}-wireshark${Wireshark_RELEASE}-\
${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)

find_program(TCPSTATE_DPKG dpkg)
mark_as_advanced(TCPSTATE_DPKG)
if(TCPSTATE_DPKG AND Wireshark_PREFIX STREQUAL "/usr") # where a .deb puts its files
    list(APPEND CPACK_GENERATOR DEB)
    execute_process(COMMAND "${TCPSTATE_DPKG}" --print-architecture
                    OUTPUT_VARIABLE _architecture OUTPUT_STRIP_TRAILING_WHITESPACE)
    # The programs and their libraries are of one version. The next release, even one for
    # development, would refuse the plugin, so the package must not outlive this one.
    string(REGEX MATCH "[0-9]+$" _minor "${Wireshark_RELEASE}")
    math(EXPR _minor "${_minor} + 1")
    string(REGEX REPLACE "[0-9]+$" "${_minor}" _next "${Wireshark_RELEASE}")
    set(CPACK_DEBIAN_PACKAGE_DEPENDS
        "wireshark-common (>= ${Wireshark_RELEASE}), wireshark-common (<< ${_next}~)")
    find_program(TCPSTATE_SHLIBDEPS dpkg-shlibdeps)
    mark_as_advanced(TCPSTATE_SHLIBDEPS)
    if(TCPSTATE_SHLIBDEPS)
        set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
    endif()
    set(CPACK_DEBIAN_FILE_NAME "${PROJECT_NAME}_${PROJECT_VERSION}_wireshark${Wireshark_RELEASE}_\
${_architecture}.deb")
    set(CPACK_DEBIAN_PACKAGE_SECTION net)
    # What follows the line of the summary.
    set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "\
Shows for every TCP segment the phase of its connection, the states of both
ends, and how its numbers compare with what was expected.
.
It fits Wireshark ${Wireshark_RELEASE} and no other release.")
endif()
include(CPack)
