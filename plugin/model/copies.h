/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies of segments, to compare with what is sent again. RFC 9293 3.4, 3.8.1.
 *
 * One ring of octets serves all connections of a capture file; the oldest copy is overwritten
 * first, whoever it belongs to. A copy is found by its place, a number that only grows, so that a
 * place tells by itself whether its copy has been overwritten. The copies of one direction form a
 * chain from the newest to the oldest, with shortcuts (each leads twice as far as the one before,
 * or so) that make a search take a number of looks that grows with the logarithm of the length.
 */
#ifndef TCPSTATE_COPIES_H
#define TCPSTATE_COPIES_H

#include "arena.h"
#include "seq.h"

#define COPIES_BLOCK   1048576U /* the ring is cut into blocks, taken from the arena when needed */
#define COPIES_MIB_MAX 4096U

struct copies {
    const struct arena *arena;
    uint8_t **blocks;  /* NULL until there is a copy */
    uint64_t capacity; /* octets of the ring, whole blocks; 0: nothing is kept */
    uint64_t next;     /* the place behind the newest copy */
};

/* What is kept of one segment; its octets, header included, stand behind it. */
struct copied {
    uint64_t older;    /* places in the chain; 0: none */
    uint64_t shortcut;
    uint64_t progress; /* octets that its direction had carried before it */
    int64_t time_ns;
    struct seq start;  /* numbers of its payload: start <= n < end */
    struct seq end;
    struct seq reach;  /* the highest end of this one and all older ones */
    struct seq lowest; /* the lowest start and the highest end of this one and of those that the */
    struct seq highest; /* … shortcut passes */
    uint32_t depth;    /* how many are older */
    uint32_t id;       /* segment.id and .frame */
    uint32_t frame;
    uint16_t ip_id;
    uint8_t header_len;
    uint8_t origin;       /* interface and tunnel, folded */
    uint8_t checksum;     /* enum checksum_status */
    bool has_time;
    bool has_ip_id;
};

/** @param mebibytes  of the ring, no more than COPIES_MIB_MAX count; 0: nothing is ever kept. */
void copies_start(struct copies *copies, const struct arena *arena, uint32_t mebibytes);

/** The copy at that place; NULL when it has been overwritten, and for place 0. Good until the next
 *  copies_add(). */
const struct copied *copies_at(const struct copies *copies, uint64_t place);

/** TCP header and payload of a copy. */
static inline const uint8_t *copied_octets(const struct copied *copied)
{
    return (const uint8_t *)(copied + 1);
}

/**
 * Keeps a copy and makes it the newest of its chain; does nothing for what is larger than a block.
 *
 * @param newest  place of the chain's newest copy, 0 when there is none; overwritten.
 * @param facts   what is known of the segment; the links need not be set.
 * @param octets  header_len octets of header, then end - start octets of payload.
 */
void copies_add(struct copies *copies, uint64_t *newest, const struct copied *facts,
                const uint8_t *octets);

/* A search for the copies that hold some of the numbers start <= n < end, newest first. */
struct copies_search {
    const struct copies *copies;
    struct seq start;
    struct seq end;
    uint64_t progress; /* octets that the direction has carried by now */
    uint64_t at;       /* begin: the newest */
    unsigned looks;    /* begin: 0 */
};

/** The next one, or NULL. Gives up after a bounded number of looks. */
const struct copied *copies_find(struct copies_search *search);

#endif
