/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TCP segment as captured: facts only, nothing concluded. RFC 9293 3.1, 3.3.1 (SEG.*).
 *
 * Filled by tcp_header.c (what stands in the header) and by whoever captured it (frame, time,
 * sender's side, network facts). All numbers are in host order.
 */
#ifndef TCPSTATE_SEGMENT_H
#define TCPSTATE_SEGMENT_H

#include "seq.h"
#include "tcp_options.h"

/* Times are in nanoseconds, whoever measured them. */
#define SECOND_NS ((int64_t)1000000000)

/** now - then, or -1 where one of the times is not known or time went backwards. A capture may hold
 *  any times: they are never subtracted otherwise. */
static inline int64_t elapsed_ns(bool known, int64_t now, int64_t then)
{
    /* longer than any capture; keeps sums of a few such values representable */
    const uint64_t longest_ns = (uint64_t)1 << 59;
    uint64_t since = (uint64_t)now - (uint64_t)then;

    if (!known || now < then)
        return -1;
    return (int64_t)(since < longest_ns ? since : longest_ns);
}

enum segment_flag {
    FLAG_FIN = 0x001,
    FLAG_SYN = 0x002,
    FLAG_RST = 0x004,
    FLAG_PSH = 0x008,
    FLAG_ACK = 0x010,
    FLAG_URG = 0x020,
    FLAG_ECE = 0x040,
    FLAG_CWR = 0x080,
    FLAG_AE = 0x100,
    FLAG_RESERVED = 0xe00 /* three bits that are still reserved (RFC 9768 took the fourth) */
};

/* The two ends of a 4-tuple, in an order that never changes: SIDE_A sent the first segment that
 * was captured on the tuple. Says nothing about client and server. */
enum side { SIDE_A, SIDE_B };

static inline enum side side_other(enum side side)
{
    return side == SIDE_A ? SIDE_B : SIDE_A;
}

enum checksum_status {
    CHECKSUM_UNKNOWN, /* not verified (tcp.check_checksum off, or octets missing) */
    CHECKSUM_GOOD,
    CHECKSUM_PARTIAL, /* only the pseudo header is summed: offload, counts as good */
    CHECKSUM_BAD
};

struct segment {
    uint32_t id;     /* running number of the segment in this file: the annotation's address */
    uint32_t frame;  /* capture frame, from 1 */
    uint32_t stream; /* Wireshark's tcp.stream */
    int64_t time_ns; /* capture time; meaningless without has_time */
    bool has_time;
    uint8_t layer; /* TCP layers outside this one in the same frame */

    enum side sender;
    uint16_t src_port;
    uint16_t dst_port;

    struct seq seq;           /* SEG.SEQ */
    struct seq ack;           /* SEG.ACK, meaningful only with FLAG_ACK */
    uint32_t len;             /* SEG.LEN: payload + SYN + FIN */
    uint32_t payload_len;     /* octets of payload by the reported (not the captured) length */
    uint32_t payload_captured; /* how many of them the capture holds */
    const uint8_t *octets;     /* header and payload as captured; NULL: not at hand. Theirs who
                                * captured the segment, and good only while it is applied */
    uint16_t flags;           /* enum segment_flag, all 12 bits */
    uint16_t wnd_field;       /* as sent, before scaling */
    uint16_t urgent;          /* urgent pointer field */
    uint16_t checksum;        /* as sent */
    uint8_t header_len;       /* 20..60 */
    enum checksum_status checksum_status;
    struct tcp_options options;

    /* network facts */
    uint32_t interface_id; /* 0 when unknown */
    uint16_t ip_id;
    bool has_ip_id; /* IPv4 only */
    uint8_t ttl;    /* 0 when unknown */
    uint8_t depth;  /* layers below, a measure of tunnelling */
    bool src_unicast;
    bool dst_unicast;
    bool loopback;  /* both addresses are loopback */
    bool same_ends; /* source and destination address and port are identical */
};

/** Interface and tunnel in one octet: where on its path the segment was captured. */
static inline uint8_t segment_origin(const struct segment *segment)
{
    uint32_t hash = (segment->interface_id ^ segment->depth) * 0x9e3779b1U;

    return (uint8_t)(hash ^ (hash >> 15));
}

static inline bool segment_has(const struct segment *segment, unsigned flags)
{
    return (segment->flags & flags) == flags;
}

static inline bool segment_has_any(const struct segment *segment, unsigned flags)
{
    return (segment->flags & flags) != 0;
}

/** SYN without ACK and RST: asks for a connection. (With FIN it still reads as a SYN.) */
static inline bool segment_is_syn(const struct segment *segment)
{
    return (segment->flags & (FLAG_SYN | FLAG_ACK | FLAG_RST)) == FLAG_SYN;
}

static inline bool segment_is_syn_ack(const struct segment *segment)
{
    return (segment->flags & (FLAG_SYN | FLAG_ACK | FLAG_RST)) == (FLAG_SYN | FLAG_ACK);
}

/** ACK and nothing that takes sequence space or resets. */
static inline bool segment_is_pure_ack(const struct segment *segment)
{
    return (segment->flags & (FLAG_SYN | FLAG_ACK | FLAG_RST | FLAG_FIN)) == FLAG_ACK &&
           segment->payload_len == 0;
}

/** The first number after the segment: SEG.SEQ + SEG.LEN. */
static inline struct seq segment_end(const struct segment *segment)
{
    return seq_add(segment->seq, segment->len);
}

#endif
