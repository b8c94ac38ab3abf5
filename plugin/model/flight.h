/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The octets of one direction that the capture shows and the peer has not acknowledged yet: which
 * segment sent them last, and when. RFC 9293 3.4 (SND.UNA to SND.NXT), 3.8.1.
 *
 * Entries are disjoint and in sequence order; a later copy takes the place of an earlier one. The
 * number of entries is bounded: beyond FLIGHT_MAX the oldest is forgotten and `overflowed` is set.
 */
#ifndef TCPSTATE_FLIGHT_H
#define TCPSTATE_FLIGHT_H

#include "pool.h"
#include "seq.h"

#define FLIGHT_INLINE 1
#define FLIGHT_MAX 4096 /* FLIGHT_INLINE times a power of four */

struct flight_entry {
    struct seq start; /* first number */
    struct seq end;   /* first number after */
    uint32_t id;      /* segment.id of the latest copy */
    uint32_t frame;
    uint32_t older;  /* id + 1 of the copy before; 0: never sent before */
    int64_t time_ns; /* of the latest copy */
};

struct flight {
    struct flight_entry first[FLIGHT_INLINE]; /* enough for a SYN */
    struct flight_entry *entries;             /* NULL: `first` is used */
    uint32_t head;                            /* index of the first entry in use */
    uint32_t count;
    uint32_t capacity;
    bool overflowed;
};

/** Called for each entry that an acknowledgment takes away whole. */
typedef void (*flight_acked_fn)(void *context, const struct flight_entry *entry);

/** The entry at position `i` (0 is the oldest number); NULL beyond the last. */
const struct flight_entry *flight_at(const struct flight *flight, uint32_t i);

/** The entry that holds number `s`, or NULL. */
const struct flight_entry *flight_find(const struct flight *flight, struct seq s);

/** The first entry that ends above number `s`, or NULL. */
const struct flight_entry *flight_above(const struct flight *flight, struct seq s);

/** Takes a segment of numbers start <= n < end in; does nothing when it is empty. */
void flight_add(struct flight *flight, struct pool *pool, const struct flight_entry *entry);

/** Forgets what lies before `una`; cuts an entry that una divides. */
void flight_ack(struct flight *flight, struct seq una, flight_acked_fn acked, void *context);

/** Does a captured segment in flight begin or end at `s`? */
bool flight_has_boundary(const struct flight *flight, struct seq s);

/** Extends `end` over the entries that join it without a hole, and returns the new end. */
struct seq flight_contiguous(const struct flight *flight, struct seq end);

/** Forgets everything and gives its memory back to the pool. */
void flight_clear(struct flight *flight, struct pool *pool);

#endif
