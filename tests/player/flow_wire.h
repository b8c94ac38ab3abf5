/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario's segments as octets: what both doors read. IPv4 (RFC 791) and TCP (RFC 9293 3.1)
 * with correct lengths and checksums, except where a line asks for a wrong one.
 */
#ifndef TCPSTATE_TESTS_FLOW_WIRE_H
#define TCPSTATE_TESTS_FLOW_WIRE_H

#include "flow.h"

#define WIRE_IP_HEADER 20
#define WIRE_MAX       65535

/* A's ISS values that every file is played with. */
enum { WIRE_ISS_VALUES = 3 };
extern const uint32_t wire_iss_values[WIRE_ISS_VALUES];

/* When all flows begin, and when the capture ends of those that do not say it. */
#define WIRE_BEGIN_NS (1600000000LL * 1000000000)
#define WIRE_END_NS   (2000000000LL * 1000000000)

/* One way of playing a file: the ISS values, and the number that makes its addresses unique. */
struct wire {
    const struct flow *flow;
    uint32_t iss[2];
    unsigned number;
    uint16_t next_id[2]; /* IP identification of each side's next segment */
    uint16_t last_id[2];
};

struct wire_frame {
    uint32_t length;   /* octets of the IP packet on the wire */
    uint32_t captured; /* … that the capture holds */
    uint8_t octets[WIRE_MAX];
};

/** B's ISS lies a little above A's, so that both wrap and no number of one is the other's. */
void wire_start(struct wire *wire, const struct flow *flow, uint32_t iss, unsigned number);

/** The ISS that the side's numbers count from on this line. */
uint32_t wire_iss(const struct wire *wire, const struct flow_segment *line, enum side side);

/** Builds the line's IP packet. */
void wire_build(struct wire *wire, const struct flow_segment *line, struct wire_frame *frame);

/** When the flow's first line stands, for its capture to end at WIRE_END_NS. */
int64_t wire_begin_ns(const struct flow *flow);

/** Builds a packet that is not TCP: the last one of a capture. */
void wire_build_last(struct wire_frame *frame);

/** The side's IPv4 address. */
void wire_address(const struct wire *wire, enum side side, uint8_t octets[4]);

#endif
