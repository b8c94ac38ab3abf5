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
struct inbox;

#define LEDGER_MAX 15
#define LEDGER_EVENTS 3

struct ledger_entry {
    uint32_t id;    /* segment.id */
    bool own;       /* sent by the endpoint itself; otherwise sent to it */
    uint8_t before; /* enum tcp_state as it is shown now: before … */
    uint8_t after;  /* … and after */
    uint8_t count;  /* of events */
    uint8_t events[LEDGER_EVENTS];
};

/* Entries stand in the order in which the endpoint lived through them: what it sent before
 * something arrived stands before it, though the capture shows it later. */
struct ledger {
    uint8_t state; /* enum tcp_state at the beginning */
    uint8_t count;
    struct ledger_entry entries[LEDGER_MAX];
};

/** Begins a ledger where there is none. */
void ledger_open(struct ledger **ledger, struct pool *pool, enum tcp_state state);

/** Adds a segment sent to the endpoint; NULL when there is no ledger or it is full. */
struct ledger_entry *ledger_add(struct ledger *ledger, uint32_t id);

/** Adds a segment that the endpoint sent, before everything that still waits in its inbox. */
struct ledger_entry *ledger_add_own(struct ledger *ledger, const struct inbox *inbox,
                                    uint32_t id);

/** Lives through the entries again and amends what was shown otherwise. */
void ledger_replay(struct ledger *ledger, const struct work *work);

/** The event never arrived: forgets it, then replays. NULL is allowed. */
void ledger_revise(struct ledger *ledger, const struct work *work, enum event lost);

void ledger_close(struct ledger **ledger, struct pool *pool);

#endif
