/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tcp_state.h"

const char *tcp_state_name(enum tcp_state state)
{
    static const char *const names[STATES] = {
#define X(name, text) text,
        TCP_STATES(X)
#undef X
    };

    return (unsigned)state < STATES ? names[state] : names[STATE_UNKNOWN];
}

bool tcp_state_is_synchronized(enum tcp_state state)
{
    return state >= STATE_ESTABLISHED && state <= STATE_TIME_WAIT;
}
