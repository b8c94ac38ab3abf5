/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hindsight: which segments were shown with a state that rests on something not yet proved to have
 * arrived. When it turns out lost, the ledger is replayed without it and the segments are amended.
 *
 * One per endpoint and only while something is unproved; bounded: what does not fit keeps the state
 * it was shown with.
 */
#ifndef TCPSTATE_LEDGER_H
#define TCPSTATE_LEDGER_H

#include "pool.h"
#include "transition.h"

#include <stdint.h>

struct work;

#define LEDGER_MAX 15
#define LEDGER_EVENTS 3

struct ledger_entry {
    uint32_t id;     /* segment.id */
    bool own;        /* sent by the endpoint itself; otherwise sent to it */
    uint8_t before;  /* as it is shown now: the state before … */
    uint8_t after;   /* … and after */
    uint8_t count;   /* of events */
    uint8_t waiting; /* own: of events that were still on their way */
    uint8_t events[LEDGER_EVENTS];
    uint8_t still[LEDGER_EVENTS];
};

struct ledger {
    uint8_t shown;    /* enum tcp_state at the beginning, by its own segments */
    uint8_t expected; /* likewise, with everything delivered */
    uint8_t count;
    struct ledger_entry entries[LEDGER_MAX];
};

/** Begins a ledger where there is none. */
void ledger_open(struct ledger **ledger, struct pool *pool, enum tcp_state shown,
                 enum tcp_state expected);

/** Adds an entry; NULL when there is no ledger or it is full. */
struct ledger_entry *ledger_add(struct ledger *ledger, uint32_t id, bool own);

/** The event never arrived: replays without it, amends what was shown, forgets the event. */
void ledger_revise(struct ledger *ledger, const struct work *work, enum event lost);

void ledger_close(struct ledger **ledger, struct pool *pool);

#endif
