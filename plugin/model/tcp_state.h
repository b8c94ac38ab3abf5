/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The eleven states of RFC 9293 3.3.2, and UNKNOWN where nothing at all allows a conclusion.
 */
#ifndef TCPSTATE_TCP_STATE_H
#define TCPSTATE_TCP_STATE_H

#include <stdbool.h>

/* Spelled STATE_…, because TCP_ESTABLISHED and its like belong to system headers. */
#define TCP_STATES(X)                                                                              \
    X(UNKNOWN, "UNKNOWN")                                                                          \
    X(CLOSED, "CLOSED")                                                                            \
    X(LISTEN, "LISTEN")                                                                            \
    X(SYN_SENT, "SYN-SENT")                                                                        \
    X(SYN_RECEIVED, "SYN-RECEIVED")                                                                \
    X(ESTABLISHED, "ESTABLISHED")                                                                  \
    X(FIN_WAIT_1, "FIN-WAIT-1")                                                                    \
    X(FIN_WAIT_2, "FIN-WAIT-2")                                                                    \
    X(CLOSE_WAIT, "CLOSE-WAIT")                                                                    \
    X(CLOSING, "CLOSING")                                                                          \
    X(LAST_ACK, "LAST-ACK")                                                                        \
    X(TIME_WAIT, "TIME-WAIT")

enum tcp_state {
#define X(name, text) STATE_##name,
    TCP_STATES(X)
#undef X
    STATES
};

/** The RFC's spelling, a constant string; "UNKNOWN" for anything out of range. */
const char *tcp_state_name(enum tcp_state state);

/** Synchronized by RFC 9293 3.5.2 (3): ESTABLISHED and every later state but CLOSED. */
bool tcp_state_is_synchronized(enum tcp_state state);

#endif
