# SPDX-License-Identifier: GPL-2.0-or-later
#
# tcpstate_warnings(TARGET [CORE]): the warnings of this project; the pure core gets more.
# Each flag is asked for only if the compiler knows it.

include(CheckCCompilerFlag)

set(_tcpstate_warnings
    -Wall -Wextra -Wshadow -Wundef -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum
    # Always an error: a preference variable of the wrong boolean type is overwritten by its
    # neighbour's octets, and older compilers only warn.
    -Werror=incompatible-pointer-types)
set(_tcpstate_core_warnings -pedantic -Wconversion -Wsign-conversion)
if(TCPSTATE_WERROR)
    list(APPEND _tcpstate_warnings -Werror)
endif()

function(tcpstate_warnings target)
    set(flags ${_tcpstate_warnings})
    if("CORE" IN_LIST ARGN)
        list(APPEND flags ${_tcpstate_core_warnings})
    endif()
    foreach(flag IN LISTS flags)
        string(MAKE_C_IDENTIFIER "TCPSTATE_HAS${flag}" known)
        check_c_compiler_flag("${flag}" ${known})
        if(${known})
            target_compile_options(${target} PRIVATE "${flag}")
        endif()
    endforeach()
endfunction()
