/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fixed header. RFC 9293 3.1; RFC 9768 3.1 for the AE flag.
 */
#include "tcp_header.h"

static uint16_t read_16(const uint8_t *octets)
{
    return (uint16_t)(octets[0] << 8 | octets[1]);
}

static struct seq read_seq(const uint8_t *octets)
{
    return seq_of((uint32_t)read_16(octets) << 16 | read_16(octets + 2));
}

enum segment_status tcp_header_read(const uint8_t *octets, size_t captured, size_t reported,
                                    struct segment *out)
{
    if (captured < TCP_HEADER_FIXED)
        return SEGMENT_HEADER_CUT;

    uint8_t header_len = (uint8_t)((octets[12] >> 4) * 4);
    if (header_len < TCP_HEADER_FIXED)
        return SEGMENT_OFFSET_BAD;
    if (reported < header_len)
        return SEGMENT_NO_LENGTH;

    size_t payload = reported - header_len;
    /* No layer below carries as much; whoever says so did not measure a segment. */
    if (payload > UINT32_MAX / 2)
        return SEGMENT_NO_LENGTH;
    size_t payload_held = captured > header_len ? captured - header_len : 0;

    out->src_port = read_16(octets);
    out->dst_port = read_16(octets + 2);
    out->seq = read_seq(octets + 4);
    out->ack = read_seq(octets + 8);
    out->header_len = header_len;
    out->flags = read_16(octets + 12) & 0xfff;
    out->wnd_field = read_16(octets + 14);
    out->checksum = read_16(octets + 16);
    out->urgent = read_16(octets + 18);
    out->payload_len = (uint32_t)payload;
    out->payload_captured = (uint32_t)(payload_held < payload ? payload_held : payload);
    out->octets = octets;
    out->len = out->payload_len;
    if (segment_has(out, FLAG_SYN))
        out->len++;
    if (segment_has(out, FLAG_FIN))
        out->len++;
    tcp_options_read(octets + TCP_HEADER_FIXED, captured - TCP_HEADER_FIXED,
                     (size_t)header_len - TCP_HEADER_FIXED, &out->options);
    return SEGMENT_OK;
}
