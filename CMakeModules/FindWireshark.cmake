# SPDX-License-Identifier: GPL-2.0-or-later
#
# Finds Wireshark's development files: its own CMake package first, else pkg-config.
#
#   Wireshark::epan               what a dissector plugin links to
#   Wireshark_INCLUDE_DIRS        for a check that calls the compiler itself
#   Wireshark_VERSION             4.0.17
#   Wireshark_RELEASE             4.0: a plugin fits exactly one such release
#   Wireshark_PREFIX              what it is installed below: /usr
#   Wireshark_EPAN_PLUGIN_DIR     where Wireshark looks for dissector plugins of all users
#   Wireshark_DATA_DIR            where Wireshark keeps the data of all users, such as profiles

set(_wireshark_tried 4.0 4.4 4.6) # the releases that this project is tested with

find_package(Wireshark CONFIG QUIET)
if(TARGET epan)
    set(_wireshark_libraries epan)
    if(TARGET wsutil)
        list(APPEND _wireshark_libraries wsutil)
    endif()
    set(_wireshark_plugin_dir "${Wireshark_PLUGIN_INSTALL_DIR}")
    get_target_property(Wireshark_INCLUDE_DIRS epan INTERFACE_INCLUDE_DIRECTORIES)
    set(Wireshark_PREFIX "${Wireshark_INSTALL_PREFIX}")
else()
    # Without the CMake package: the libraries by name (the flags of the .pc file also export
    # every symbol of the plugin, which is not wanted).
    find_package(PkgConfig QUIET)
    find_package(GLIB2 QUIET)
    if(PKG_CONFIG_FOUND AND GLIB2_FOUND)
        pkg_check_modules(_wireshark_pc QUIET wireshark)
    endif()
    if(_wireshark_pc_FOUND)
        set(Wireshark_VERSION "${_wireshark_pc_VERSION}")
        pkg_get_variable(_wireshark_plugin_dir wireshark plugindir)
        pkg_get_variable(Wireshark_PREFIX wireshark prefix)
        find_library(Wireshark_EPAN_LIBRARY wireshark HINTS ${_wireshark_pc_LIBRARY_DIRS})
        find_library(Wireshark_WSUTIL_LIBRARY wsutil HINTS ${_wireshark_pc_LIBRARY_DIRS})
        mark_as_advanced(Wireshark_EPAN_LIBRARY Wireshark_WSUTIL_LIBRARY)
        set(_wireshark_libraries "${Wireshark_EPAN_LIBRARY}" "${Wireshark_WSUTIL_LIBRARY}"
                                 GLIB2::glib)
        set(Wireshark_INCLUDE_DIRS "${_wireshark_pc_INCLUDE_DIRS}")
    endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Wireshark
    REQUIRED_VARS _wireshark_plugin_dir _wireshark_libraries
    VERSION_VAR Wireshark_VERSION
    REASON_FAILURE_MESSAGE "Wireshark's development files, release 4.0 or later, are needed \
(Debian: apt-get install wireshark-dev).")

if(Wireshark_FOUND)
    string(REGEX MATCH "^[0-9]+\\.[0-9]+" Wireshark_RELEASE "${Wireshark_VERSION}")
    set(Wireshark_EPAN_PLUGIN_DIR "${_wireshark_plugin_dir}/epan")
    set(Wireshark_DATA_DIR "${Wireshark_PREFIX}/share/wireshark")
    # Every release changes what a plugin may call. One that nobody has tried is refused before
    # anything is built, unless the user insists.
    option(TCPSTATE_UNTRIED_RELEASE "Build for a release of Wireshark that was never tried" OFF)
    if(NOT Wireshark_RELEASE IN_LIST _wireshark_tried)
        list(JOIN _wireshark_tried ", " _wireshark_tried_text)
        if(NOT TCPSTATE_UNTRIED_RELEASE)
            message(FATAL_ERROR "Wireshark ${Wireshark_VERSION} was never tried with this plugin; \
${_wireshark_tried_text} were. To build it all the same: -DTCPSTATE_UNTRIED_RELEASE=ON. If its tests \
pass then, please tell us.")
        endif()
        message(WARNING "Wireshark ${Wireshark_VERSION} was never tried with this plugin; \
${_wireshark_tried_text} were. Run the tests before you trust what it shows.")
    endif()
    if(NOT TARGET Wireshark::epan)
        add_library(Wireshark::epan INTERFACE IMPORTED)
        target_link_libraries(Wireshark::epan INTERFACE ${_wireshark_libraries})
        target_include_directories(Wireshark::epan SYSTEM INTERFACE ${Wireshark_INCLUDE_DIRS})
    endif()
endif()
