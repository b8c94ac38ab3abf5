# SPDX-License-Identifier: GPL-2.0-or-later
#
# TCPSTATE_SANITIZE: everything, tests included, is built with ASan and UBSan. A program that loads
# the plugin must then preload TCPSTATE_PRELOAD (the tests do).

if(TCPSTATE_SANITIZE)
    set(_tcpstate_sanitize -fsanitize=address,undefined)
    # A finding of UBSan ends the program, so that no test passes over it.
    add_compile_options(${_tcpstate_sanitize} -fno-omit-frame-pointer
                        -fno-sanitize-recover=undefined -g)
    add_link_options(${_tcpstate_sanitize})

    # For LD_PRELOAD: Wireshark's programs are not sanitized, so the libraries must come first.
    foreach(_library asan ubsan)
        execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=lib${_library}.so
                        OUTPUT_VARIABLE _path OUTPUT_STRIP_TRAILING_WHITESPACE)
        list(APPEND TCPSTATE_PRELOAD "${_path}")
    endforeach()
    list(JOIN TCPSTATE_PRELOAD ":" TCPSTATE_PRELOAD)
endif()
