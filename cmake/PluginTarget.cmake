# SPDX-License-Identifier: GPL-2.0-or-later
#
# tcpstate_plugin(TARGET PROFILE_DIR SOURCE...): a dissector plugin for the Wireshark that was
# found, and everything about installing it and its profile:
#
#   cmake --install BUILD       for all users: below Wireshark's own prefix unless told otherwise
#   uninstall                   target that takes that back
#   install-personal            target: for the user who builds it, no root needed
#   uninstall-personal          target that takes that back
#   seal-profile                target: to be run after a change to the files of the profile

include(CheckLinkerFlag)

# Wireshark looks for plugins and profiles of all users below its own prefix only.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
    set(CMAKE_INSTALL_PREFIX "${Wireshark_PREFIX}" CACHE PATH "What the plugin is installed below"
        FORCE)
endif()

# tcpstate_below_prefix(VARIABLE FOLDER): FOLDER relative to Wireshark's prefix where it lies below
# it, so that --prefix, DESTDIR and packages can put another one in its place.
function(tcpstate_below_prefix variable folder)
    file(RELATIVE_PATH relative "${Wireshark_PREFIX}" "${folder}")
    if(relative MATCHES "^\\.\\.")
        set(relative "${folder}")
    endif()
    set(${variable} "${relative}" PARENT_SCOPE)
endfunction()

function(tcpstate_plugin target profile)
    add_library(${target} MODULE ${ARGN})
    set_target_properties(${target} PROPERTIES PREFIX "")
    target_link_libraries(${target} PRIVATE Wireshark::epan)
    # A function that Wireshark does not export fails here and not at a user's start.
    check_linker_flag(C "-Wl,-z,defs" TCPSTATE_HAS_Z_DEFS)
    if(TCPSTATE_HAS_Z_DEFS AND NOT TCPSTATE_SANITIZE)
        target_link_options(${target} PRIVATE "-Wl,-z,defs")
    endif()

    tcpstate_below_prefix(plugin_folder "${Wireshark_EPAN_PLUGIN_DIR}")
    tcpstate_below_prefix(data_folder "${Wireshark_DATA_DIR}")
    # Packagers may point elsewhere.
    set(TCPSTATE_PLUGIN_FOLDER "${plugin_folder}" CACHE STRING
        "Folder for the plugin; Wireshark finds dissector plugins only in .../plugins/X.Y/epan")
    set(TCPSTATE_PROFILE_FOLDER "${data_folder}/profiles" CACHE STRING
        "Folder for the profile \"TCP State\"")
    install(TARGETS ${target} LIBRARY DESTINATION "${TCPSTATE_PLUGIN_FOLDER}")
    install(DIRECTORY "${profile}/" DESTINATION "${TCPSTATE_PROFILE_FOLDER}/TCP State")
    install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
            DESTINATION share/doc/${PROJECT_NAME})

    set(script "${PROJECT_SOURCE_DIR}/cmake/Install.cmake")
    add_custom_target(uninstall VERBATIM
        COMMAND ${CMAKE_COMMAND} -D ACTION=uninstall
                -D "MANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt" -P "${script}")
    foreach(action install-personal uninstall-personal seal-profile)
        add_custom_target(${action} VERBATIM
            COMMAND ${CMAKE_COMMAND} -D ACTION=${action} -D "PLUGIN=$<TARGET_FILE:${target}>"
                    -D "PROFILE=${profile}" -D RELEASE=${Wireshark_RELEASE} -P "${script}")
    endforeach()
    add_dependencies(install-personal ${target})
endfunction()
