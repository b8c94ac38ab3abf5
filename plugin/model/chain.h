/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states that one endpoint passes through on one segment, and what of them is news.
 */
#ifndef TCPSTATE_CHAIN_H
#define TCPSTATE_CHAIN_H

#include "tcb.h"

#define CHAIN_MAX 8

struct chain {
    unsigned count; /* of states, at least 1 */
    enum tcp_state at[CHAIN_MAX];
    unsigned news; /* bit i: the change from at[i] is to be listed */
    unsigned events_count;
    uint8_t events[CHAIN_MAX]; /* what the endpoint did itself, or was inferred to do */
};

static inline enum tcp_state chain_end(const struct chain *chain)
{
    return chain->at[chain->count - 1];
}

/** Something happens to the endpoint; a change of state is news. */
void chain_take(struct chain *chain, enum event event);

/** Something arrives that passed the capture point earlier: what its segment listed then is not
 *  listed again, unless it changes something else than was expected. */
void chain_take_arrival(struct chain *chain, const struct arrival *arrival);

/** A correction is no transition: the chain starts anew at the corrected state. */
void chain_correct(struct chain *chain, enum event event);

/** Remembers the events for hindsight; more than an entry holds are not taken back. */
void chain_record(const struct chain *chain, struct ledger_entry *entry);

/** The last PATH_MAX_CHANGES changes, for the step. */
void chain_to_path(const struct chain *chain, struct path *path);

#endif
