/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "octets.h"

#include <string.h>

#define OCTETS_MAX 2048
#define IP_HEADER  20

static uint8_t *put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
    return put16(put16(at, value >> 16), value & 0xffff);
}

/* RFC 9293 3.1: the ones' complement sum of 16-bit words. */
static uint32_t octets_sum(const uint8_t *octets, size_t length, uint32_t sum)
{
    for (size_t i = 0; i < length; i++)
        sum += i % 2 == 0 ? (uint32_t)octets[i] << 8 : octets[i];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static uint8_t *octets_options(const struct tcp_options *options, uint8_t *at)
{
    if (tcp_options_has(options, OPTION_MSS))
        at = put32(at, 0x02040000U | options->mss);
    if (tcp_options_has(options, OPTION_WS))
        at = put32(at, 0x01030300U | options->ws);
    if (tcp_options_has(options, OPTION_SACK_PERM))
        at = put32(at, 0x01010402U);
    if (tcp_options_has(options, OPTION_TS))
        at = put32(put32(put32(at, 0x0101080aU), options->tsval), options->tsecr);
    if (tcp_options_has(options, OPTION_SACK)) {
        at = put32(at, 0x01010502U + 8U * options->sack_blocks);
        for (unsigned i = 0; i < options->sack_blocks; i++)
            at = put32(put32(at, options->sack[i].left.n), options->sack[i].right.n);
    }
    return at;
}

/* TCP header and payload; the length is returned. */
static size_t octets_tcp(const struct segment *segment, unsigned from, uint8_t *octets)
{
    uint8_t pseudo[12];
    uint8_t *at = octets;
    size_t header, length;

    at = put16(put16(at, segment->src_port), segment->dst_port);
    at = put32(put32(at, segment->seq.n), segment->ack.n);
    at = put16(put16(at + 2, segment->wnd_field), 0);
    at = octets_options(&segment->options, put16(at, segment->urgent));
    header = (size_t)(at - octets);
    put16(octets + 12, (uint32_t)(header / 4) << 12 | segment->flags);
    for (uint32_t i = 0; i < segment->payload_len; i++)
        *at++ = (uint8_t)('a' + seq_add(segment->seq, i).n % 23);
    length = (size_t)(at - octets);
    put32(pseudo, 0x0a000001U + from);
    put32(pseudo + 4, 0x0a000002U - from);
    put16(put16(pseudo + 8, 6), (uint32_t)length);
    put16(octets + 16, 0xffffU ^ octets_sum(octets, length, octets_sum(pseudo, 12, 0)));
    return length;
}

void octets_finish(struct segment *segment, unsigned from)
{
    uint8_t octets[OCTETS_MAX] = {0};

    octets_tcp(segment, from, octets);
    segment->header_len = (uint8_t)((octets[12] >> 4) * 4);
    segment->checksum = (uint16_t)(octets[16] << 8 | octets[17]);
}

static void write32(FILE *file, uint32_t value)
{
    uint8_t octets[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                         (uint8_t)(value >> 24)};

    fwrite(octets, 1, sizeof octets, file);
}

void octets_pcap_begin(FILE *file)
{
    write32(file, 0xa1b23c4dU); /* nanosecond times */
    write32(file, 2U | 4U << 16);
    write32(file, 0);
    write32(file, 0);
    write32(file, 65535);
    write32(file, 228); /* raw IPv4 */
}

void octets_pcap_frame(FILE *file, const struct segment *segment, unsigned from)
{
    uint8_t octets[IP_HEADER + OCTETS_MAX] = {0x45};
    size_t length = IP_HEADER + octets_tcp(segment, from, octets + IP_HEADER);

    put16(octets + 2, (uint32_t)length);
    put16(octets + 4, segment->ip_id);
    octets[8] = segment->ttl;
    octets[9] = 6;
    put32(octets + 12, 0x0a000001U + from);
    put32(octets + 16, 0x0a000002U - from);
    put16(octets + 10, 0xffffU ^ octets_sum(octets, IP_HEADER, 0));
    write32(file, (uint32_t)(segment->time_ns / 1000000000));
    write32(file, (uint32_t)(segment->time_ns % 1000000000));
    write32(file, (uint32_t)length);
    write32(file, (uint32_t)length);
    fwrite(octets, 1, length, file);
}
