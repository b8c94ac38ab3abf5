/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets -> struct segment. RFC 9293 3.1. Reads no octet it was not given.
 */
#ifndef TCPSTATE_TCP_HEADER_H
#define TCPSTATE_TCP_HEADER_H

#include "segment.h"

#define TCP_HEADER_FIXED 20

enum segment_status {
    SEGMENT_OK,
    SEGMENT_QUOTED_BY_ICMP, /* set by the capture point, never by tcp_header_read */
    SEGMENT_FRAGMENT,       /* likewise */
    SEGMENT_HEADER_CUT,     /* fewer than 20 octets captured */
    SEGMENT_OFFSET_BAD,     /* data offset below 5 */
    SEGMENT_NO_LENGTH       /* data offset reaches past the segment's reported end */
};

/**
 * Reads one TCP header.
 *
 * @param octets    the header's first octet.
 * @param captured  octets that may be read from there (header and payload).
 * @param reported  octets that the segment had on the wire, by the layer below.
 * @param out       seq, ack, len, payload_*, flags, wnd_field, urgent, checksum, header_len, ports
 *                  and options are set when SEGMENT_OK is returned; other members stay untouched.
 * @return SEGMENT_OK, or why this is not a usable segment.
 */
enum segment_status tcp_header_read(const uint8_t *octets, size_t captured, size_t reported,
                                    struct segment *out);

#endif
