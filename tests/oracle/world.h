/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two hosts, the wire between them and the place where the capture is taken.
 *
 *     client --- near half --- capture point --- far half --- server
 *
 * Each half delays, may lose, double and overtake, in either direction. What passes the capture
 * point is written down with the truth about both ends: the sender's state when the segment left,
 * the receiver's right after it was processed.
 */
#ifndef TCPSTATE_ORACLE_WORLD_H
#define TCPSTATE_ORACLE_WORLD_H

#include "host.h"

#define WORLD_SENT_MAX   3000
#define WORLD_COPIES_MAX 4000
#define WORLD_ACTS_MAX   96
#define FORGED           2 /* struct sent.from: made by the wire */

/* One segment as it left its sender. */
struct sent {
    struct segment segment;
    uint8_t from; /* enum end, or FORGED */
    uint8_t as;   /* the end whose addresses it bears */
    uint32_t order;
    int64_t at;
    struct truth tail;
};

/* One copy of it at the capture point. */
struct copy {
    uint32_t sent;
    int64_t tap_at;    /* NEVER: lost before the capture point */
    int64_t arrive_at; /* NEVER: lost behind it, or the receiver was down */
    uint32_t order;    /* when it was processed, against struct sent.order; 0: never */
    struct truth head;
    bool again; /* it was delivered a second time */
};

enum act_kind {
    ACT_OPEN,
    ACT_WRITE,
    ACT_SHUTDOWN,
    ACT_CLOSE,
    ACT_ABORT,
    ACT_CRASH,
    ACT_READ,
    ACT_STOP_READING,
    ACT_FORGE
};

struct act {
    int64_t at;
    uint8_t kind;
    uint8_t end;
    int64_t value; /* octets, or how long */
};

/* One direction of one half of the wire. */
struct half {
    int64_t delay, jitter;
    unsigned loss;  /* per mille */
    unsigned twice; /* per mille delivered twice */
    bool overtakes; /* jitter may change the order */
    int64_t last;   /* when the latest segment came out */
};

struct arrival {
    int64_t at;
    uint32_t copy;
};

struct world {
    struct rng rng;
    int64_t now, end_at;
    uint32_t order;
    struct host hosts[2];
    struct half to_tap[2]; /* by sender */
    struct half from_tap[2];
    int64_t spacing;      /* least time between two segments of one sender */
    unsigned lossy_flags; /* segments with one of these flags, or pure ACKs if FLAG_ACK … */
    unsigned flag_loss;   /* … are lost this often (per mille) on top */
    unsigned act_count, act_next;
    struct act acts[WORLD_ACTS_MAX];
    uint32_t sent_count, copy_count, arrival_count;
    struct sent sent[WORLD_SENT_MAX];
    struct copy copies[WORLD_COPIES_MAX];
    struct arrival arrivals[WORLD_COPIES_MAX];
};

/** Lets the life take its course. */
void world_run(struct world *world);

/** Takes a segment that no end has sent onto the wire at the capture point. */
void world_forge(struct world *world, enum end as);

#endif
