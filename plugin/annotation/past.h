/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states that one end of a connection has passed through up to a segment, put together from
 * what the connection's segments listed. A change that was taken back is listed nowhere any more,
 * so it is missing here too.
 */
#ifndef TCPSTATE_PAST_H
#define TCPSTATE_PAST_H

#include "annotation.h"
#include "turns.h"

/* The segments of one connection that listed a change of state, oldest first. */
struct turned {
    unsigned count;
    unsigned so_far; /* how many of them are not behind the segment that is asked about */
    const struct annotation *at[TURNS_MAX];
};

#define PAST_MAX 24 /* a life that goes by the rules has ten states at most */

struct past {
    unsigned count;
    enum tcp_state at[PAST_MAX];
    bool cut; /* some are missing before the last one */
};

/** Where has the end with that role been, up to and with the segment? Nowhere on a stray. */
void past_of(struct past *past, const struct annotation *annotation, enum role role,
             const struct turned *turned);

#endif
