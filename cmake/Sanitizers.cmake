# SPDX-License-Identifier: GPL-2.0-or-later
#
# TCPSTATE_SANITIZE: everything, tests included, is built with ASan and UBSan. A program that loads
# the plugin must then preload the sanitizers' libraries (tests/host does).

if(TCPSTATE_SANITIZE)
    set(_tcpstate_sanitize -fsanitize=address,undefined)
    # A finding of UBSan ends the program, so that no test passes over it.
    add_compile_options(${_tcpstate_sanitize} -fno-omit-frame-pointer
                        -fno-sanitize-recover=undefined -g)
    add_link_options(${_tcpstate_sanitize})
endif()
