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
#include "tcp_options.h"
#include "transition.h"

#include <stdint.h>

struct work;
struct inbox;
struct segment;

#define LEDGER_MAX 15
#define LEDGER_EVENTS 3
#define LEDGER_NO_ID UINT32_MAX /* no captured segment did it */

struct ledger_entry {
    uint32_t id;    /* segment.id, or LEDGER_NO_ID */
    int64_t time_ns; /* of what was sent to it */
    struct seq seq;  /* … and its numbers */
    struct seq end;
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

/** Begins one with an event that was taken for the endpoint's own, before any segment of it. */
void ledger_open_after(struct ledger **ledger, struct pool *pool, enum tcp_state state,
                       enum event event);

/** Adds a segment sent to the endpoint; NULL when there is no ledger or it is full. */
struct ledger_entry *ledger_add(struct ledger *ledger, const struct segment *segment);

/** Adds a segment that the endpoint sent, before everything that still waits in its inbox. */
struct ledger_entry *ledger_add_own(struct ledger *ledger, const struct inbox *inbox,
                                    uint32_t id);

/** Lives through the entries again and amends what was shown otherwise. */
void ledger_replay(struct ledger *ledger, const struct work *work);

/** The event never arrived: forgets it, then replays. NULL is allowed. */
void ledger_revise(struct ledger *ledger, const struct work *work, enum event lost);

/* What shows that segments had reached the endpoint when its current segment left. */
struct reached {
    int64_t now_ns;
    int64_t least_ns;          /* what passed the capture point so long ago; INT64_MAX: unknown */
    bool twice;                /* what brought these octets again: a duplicate SACK, RFC 2883 */
    struct sack_block octets;
};

/**
 * The event came later than its segment says: what had reached the endpoint without it came first.
 * Moves the event behind these, then replays. The ledger may be NULL.
 *
 * @param held  its segment has arrived, but above a hole; another segment sets it free.
 */
void ledger_delay(struct ledger *ledger, const struct work *work, enum event event,
                  const struct reached *reached, bool held);

void ledger_close(struct ledger **ledger, struct pool *pool);

#endif
