/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one source of state changes: (state, event) -> state, from transition.def. RFC 9293 3.3.2
 * Figure 5, 3.10. Comparisons of numbers happen before (delivery.c, departure.c): an event already
 * says what was acknowledged or received.
 */
#ifndef TCPSTATE_TRANSITION_H
#define TCPSTATE_TRANSITION_H

#include "tcp_state.h"

/* What an endpoint does or is delivered; from TIMER_2MSL on: what the observer concludes. */
#define TCP_EVENTS(X)                                                                              \
    X(SENDS_SYN)                                                                                   \
    X(SENDS_SYN_ACK)                                                                               \
    X(SENDS_FIN)                                                                                   \
    X(SENDS_RST)                                                                                   \
    X(RECEIVES_SYN)                                                                                \
    X(RECEIVES_SYN_ACK)                                                                            \
    X(RECEIVES_ACK_OF_SYN)                                                                         \
    X(RECEIVES_ACK_OF_FIN)                                                                         \
    X(RECEIVES_FIN)                                                                                \
    X(RECEIVES_RST)                                                                                \
    X(RECEIVES_RST_AS_LISTENER)                                                                    \
    X(TIMER_2MSL)                                                                                  \
    X(INFERRED_OPEN)                                                                               \
    X(INFERRED_REFUSAL)                                                                            \
    X(TAKEN_BACK_ACK_OF_SYN)                                                                       \
    X(TAKEN_BACK_ACK_OF_FIN)                                                                       \
    X(TAKEN_BACK_OWN_FIN)                                                                          \
    X(TAKEN_BACK_PEER_FIN)

enum event {
#define X(name) EVENT_##name,
    TCP_EVENTS(X)
#undef X
    EVENTS
};

enum transition_verdict {
    LEGAL,     /* the protocol's own way */
    IGNORED,   /* may happen; the endpoint does not move */
    IMPOSSIBLE /* no conforming endpoint gets here; it does not move */
};

struct transition {
    enum tcp_state state;
    enum event event;
    enum tcp_state next;
    enum transition_verdict verdict;
    const char *rfc; /* section and step, or why the observer may conclude it */
};

/** The row for the pair. Total: never NULL for a state and an event of the enumerations. */
const struct transition *transition_find(enum tcp_state state, enum event event);

/** The next state; the same state where the row does not move. */
enum tcp_state transition_next(enum tcp_state state, enum event event);

/** All rows, in the order of transition.def, for tests: EVENTS * STATES of them. */
const struct transition *transition_rows(unsigned *count);

/** The event's name as in transition.def. */
const char *event_name(enum event event);

#endif
