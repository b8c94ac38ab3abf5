/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow_wire.h"

#include <string.h>

#define B_ISS_AHEAD 77

/* Plain, just below the wrap of the sign, just below the wrap of the number. */
const uint32_t wire_iss_values[WIRE_ISS_VALUES] = {0, 0x7fffff00U, 0xffffff00U};

void wire_start(struct wire *wire, const struct flow *flow, uint32_t iss, unsigned number)
{
    *wire = (struct wire){.flow = flow, .number = number};
    wire->iss[SIDE_A] = iss;
    wire->iss[SIDE_B] = iss + B_ISS_AHEAD;
    wire->next_id[SIDE_A] = 1000;
    wire->next_id[SIDE_B] = 5000;
}

uint32_t wire_iss(const struct wire *wire, const struct flow_segment *line, enum side side)
{
    return wire->iss[side] + (uint32_t)line->iss[side];
}

void wire_address(const struct wire *wire, enum side side, uint8_t octets[4])
{
    const int16_t *pattern = wire->flow->address[side];
    uint8_t filled[4] = {0, 0, (uint8_t)(wire->number / 250 + 1),
                         (uint8_t)(wire->number % 250 + 1)};

    for (int i = 0; i < 4; i++)
        octets[i] = pattern[i] >= 0 ? (uint8_t)pattern[i] : filled[i];
}

static uint8_t *put16(uint8_t *at, uint32_t n)
{
    at[0] = (uint8_t)(n >> 8);
    at[1] = (uint8_t)n;
    return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t n)
{
    return put16(put16(at, n >> 16), n & 0xffff);
}

static uint32_t sum16(uint32_t sum, const uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sum += (i & 1) != 0 ? octets[i] : (uint32_t)octets[i] << 8;
    return sum;
}

static uint32_t fold(uint32_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static uint32_t sender_seq(const struct wire *wire, const struct flow_segment *line)
{
    uint32_t base = line->raw_seq ? 0 : wire_iss(wire, line, line->sender);

    return base + (uint32_t)line->first;
}

static size_t put_options(const struct wire *wire, const struct flow_segment *line, uint8_t *at)
{
    uint32_t peer = wire_iss(wire, line, side_other(line->sender));
    uint8_t *start = at;

    for (unsigned i = 0; i < line->options; i++) {
        const struct flow_option *option = &line->option[i];

        if (option->what == FLOW_OPTION_OCTETS_AS_GIVEN) {
            memcpy(at, option->octets, option->length);
            at += option->length;
            continue;
        }
        *at++ = 5; /* SACK, RFC 2018 3 */
        *at++ = option->length;
        for (unsigned block = 0; block < option->blocks; block++) {
            at = put32(at, peer + (uint32_t)option->left[block]);
            at = put32(at, peer + (uint32_t)option->right[block]);
        }
    }
    while ((at - start) % 4 != 0)
        *at++ = 0; /* end of option list; the header is counted in words of four octets */
    return (size_t)(at - start);
}

/* The same octet always stands at the same sequence number, so that a retransmission is one; unless
 * the line wants something else. */
static void put_payload(const struct flow_segment *line, uint8_t *at, uint32_t length)
{
    int64_t first = line->first + ((line->flags & FLAG_SYN) != 0);

    for (uint32_t i = 0; i < length; i++) {
        int64_t number = first + (int64_t)i;
        unsigned letter = line->has_other && number >= line->other ? 'A' : 'a';

        at[i] = (uint8_t)(line->zeros ? 0 : letter + (uint64_t)number % 26);
    }
}

/* The TCP segment without its checksum; returns its length. */
static uint32_t build_tcp(const struct wire *wire, const struct flow_segment *line, uint8_t *tcp)
{
    enum side sender = line->sender;
    uint32_t ack_base = line->raw_ack ? 0 : wire_iss(wire, line, side_other(sender));
    uint32_t payload = flow_payload(line);
    size_t options = put_options(wire, line, tcp + 20);
    size_t header = 20 + options;

    put16(tcp, wire->flow->port[sender]);
    put16(tcp + 2, wire->flow->port[side_other(sender)]);
    put32(tcp + 4, sender_seq(wire, line));
    put32(tcp + 8, ack_base + (uint32_t)line->ack);
    put16(tcp + 12, (uint32_t)(header / 4) << 12 | line->flags);
    put16(tcp + 14, line->wnd_field);
    put16(tcp + 16, 0);
    put16(tcp + 18, line->urgent);
    put_payload(line, tcp + header, payload);
    return (uint32_t)header + payload;
}

static void build_ip(uint8_t *ip, uint32_t length, const struct flow_segment *line, uint16_t id)
{
    ip[0] = 0x45;
    ip[1] = 0;
    put16(ip + 2, length);
    put16(ip + 4, id);
    put16(ip + 6, 0x4000); /* don't fragment */
    ip[8] = (uint8_t)(line->ttl >= 0 ? line->ttl : 64);
    ip[9] = 6;
    put16(ip + 10, 0);
    put16(ip + 10, fold(sum16(0, ip, WIRE_IP_HEADER)));
}

void wire_build(struct wire *wire, const struct flow_segment *line, struct wire_frame *frame)
{
    enum side sender = line->sender;
    uint8_t *ip = frame->octets;
    uint8_t *tcp = ip + WIRE_IP_HEADER;
    uint32_t tcp_length = build_tcp(wire, line, tcp);
    uint32_t sum;

    if (line->ip_id >= 0)
        wire->last_id[sender] = (uint16_t)line->ip_id;
    else if (!line->duplicate)
        wire->last_id[sender] = wire->next_id[sender]++;
    wire_address(wire, sender, ip + 12);
    wire_address(wire, side_other(sender), ip + 16);
    frame->length = WIRE_IP_HEADER + tcp_length;
    build_ip(ip, frame->length, line, wire->last_id[sender]);

    if (line->padded)
        tcp_length -= flow_payload(line);
    sum = sum16(6 + tcp_length, ip + 12, 8); /* pseudo header */
    sum = fold(sum16(sum, tcp, tcp_length));
    put16(tcp + 16, line->bad_sum ? sum ^ 0x5555 : sum);
    frame->captured = frame->length;
    if (line->captured >= 0 && (uint32_t)line->captured < frame->length - WIRE_IP_HEADER)
        frame->captured = WIRE_IP_HEADER + (uint32_t)line->captured;
}

int64_t wire_begin_ns(const struct flow *flow)
{
    int64_t begin_ns = WIRE_END_NS - flow->ends_ns;

    for (unsigned i = 0; i < flow->segments; i++)
        begin_ns -= flow->segment[i].delta_ns;
    return begin_ns;
}

void wire_build_last(struct wire_frame *frame)
{
    static const uint8_t udp_to_discard[] = {0x45, 0, 0,  28, 0,  0, 0, 0, 64, 17, 0x65, 0xcd, 10, 3,
                                             1,    1, 10, 3,  1,  2, 0, 9, 0,  9,  0,    8,    0,  0};

    frame->length = frame->captured = sizeof udp_to_discard;
    memcpy(frame->octets, udp_to_discard, sizeof udp_to_discard);
}
