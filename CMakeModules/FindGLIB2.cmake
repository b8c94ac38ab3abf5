# SPDX-License-Identifier: GPL-2.0-or-later
#
# Finds GLib 2 with pkg-config: GLIB2::glib. Used only where Wireshark brings no CMake package.

find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
    pkg_check_modules(_glib2 QUIET IMPORTED_TARGET glib-2.0)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(GLIB2
    REQUIRED_VARS _glib2_LINK_LIBRARIES
    VERSION_VAR _glib2_VERSION)

if(GLIB2_FOUND AND NOT TARGET GLIB2::glib)
    add_library(GLIB2::glib INTERFACE IMPORTED)
    target_link_libraries(GLIB2::glib INTERFACE PkgConfig::_glib2)
endif()
