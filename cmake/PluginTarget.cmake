# SPDX-License-Identifier: GPL-2.0-or-later
#
# tcpstate_plugin(TARGET PROFILE_DIR SOURCE...): a dissector plugin for the Wireshark that was
# found, and everything about installing it and its profile:
#
#   cmake --install BUILD       for all users
#   uninstall                   target that takes that back
#   install-personal            target: for the user who builds it, no root needed
#   uninstall-personal          target that takes that back

include(CheckLinkerFlag)

function(tcpstate_plugin target profile)
    add_library(${target} MODULE ${ARGN})
    set_target_properties(${target} PROPERTIES PREFIX "")
    target_link_libraries(${target} PRIVATE Wireshark::epan)
    # A function that Wireshark does not export fails here and not at a user's start.
    check_linker_flag(C "-Wl,-z,defs" TCPSTATE_HAS_Z_DEFS)
    if(TCPSTATE_HAS_Z_DEFS AND NOT TCPSTATE_SANITIZE)
        target_link_options(${target} PRIVATE "-Wl,-z,defs")
    endif()

    # Packagers may point elsewhere.
    set(TCPSTATE_PLUGIN_DIR "${Wireshark_EPAN_PLUGIN_DIR}" CACHE PATH
        "Folder for the plugin; Wireshark finds dissector plugins only in .../plugins/X.Y/epan")
    set(TCPSTATE_PROFILE_DIR "${Wireshark_DATA_DIR}/profiles" CACHE PATH
        "Folder for the profile \"TCP State\"")
    install(TARGETS ${target} LIBRARY DESTINATION "${TCPSTATE_PLUGIN_DIR}")
    install(DIRECTORY "${profile}/" DESTINATION "${TCPSTATE_PROFILE_DIR}/TCP State")

    set(script "${PROJECT_SOURCE_DIR}/cmake/Install.cmake")
    add_custom_target(uninstall VERBATIM
        COMMAND ${CMAKE_COMMAND} -D ACTION=uninstall
                -D "MANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt" -P "${script}")
    foreach(action install-personal uninstall-personal)
        add_custom_target(${action} VERBATIM
            COMMAND ${CMAKE_COMMAND} -D ACTION=${action} -D "PLUGIN=$<TARGET_FILE:${target}>"
                    -D "PROFILE=${profile}" -D RELEASE=${Wireshark_RELEASE} -P "${script}")
    endforeach()
    add_dependencies(install-personal ${target})
endfunction()
