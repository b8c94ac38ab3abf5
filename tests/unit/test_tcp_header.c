/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fixed header, RFC 9293 3.1, from octets written by hand. Octets are handed over in blocks of
 * exactly the captured size, so that a sanitizer sees one octet too many.
 */
#include "check.h"
#include "tcp_header.h"

#include <stdlib.h>

static const uint8_t syn_ack[] = {
    0x1f, 0x90,             /* source port 8080 */
    0x9c, 0x40,             /* destination port 40000 */
    0xab, 0xc4, 0x12, 0x00, /* sequence number */
    0x00, 0x00, 0x00, 0x2a, /* acknowledgment number */
    0x60, 0x12,             /* offset 6 words; ACK, SYN */
    0xfe, 0x88,             /* window 65160 */
    0x12, 0x34,             /* checksum */
    0x00, 0x07,             /* urgent pointer */
    0x02, 0x04, 0x05, 0xb4, /* MSS 1460 */
    'd',  'a',  't',  'a',  '!',
};

/* Reads a copy that ends where the capture ends. */
static enum segment_status read_copy(const uint8_t *octets, size_t captured, size_t reported,
                                     struct segment *out)
{
    uint8_t *copy = malloc(captured != 0 ? captured : 1);
    enum segment_status status;

    if (copy == NULL)
        exit(2);
    memcpy(copy, octets, captured);
    status = tcp_header_read(copy, captured, reported, out);
    free(copy);
    return status;
}

static void whole_header(void)
{
    struct segment s = {0};

    CHECK_INT(read_copy(syn_ack, sizeof syn_ack, sizeof syn_ack, &s), SEGMENT_OK);
    CHECK_UINT(s.src_port, 8080);
    CHECK_UINT(s.dst_port, 40000);
    CHECK_SEQ(s.seq, seq_of(0xabc41200U));
    CHECK_SEQ(s.ack, seq_of(42));
    CHECK_UINT(s.header_len, 24);
    CHECK_UINT(s.flags, FLAG_SYN | FLAG_ACK);
    CHECK_UINT(s.wnd_field, 65160);
    CHECK_UINT(s.checksum, 0x1234);
    CHECK_UINT(s.urgent, 7);
    CHECK_UINT(s.payload_len, 5);
    CHECK_UINT(s.payload_captured, 5);
    CHECK_UINT(s.len, 6);
    CHECK_UINT(s.options.mss, 1460);
    CHECK_TRUE(segment_is_syn_ack(&s));
    CHECK_FALSE(segment_is_syn(&s));
    CHECK_SEQ(segment_end(&s), seq_of(0xabc41206U));
}

/* What it does not know it leaves alone. */
static void other_members(void)
{
    struct segment s = {.frame = 9, .stream = 8, .id = 7, .ttl = 6, .src_unicast = true};

    CHECK_INT(read_copy(syn_ack, sizeof syn_ack, sizeof syn_ack, &s), SEGMENT_OK);
    CHECK_UINT(s.frame, 9);
    CHECK_UINT(s.stream, 8);
    CHECK_UINT(s.id, 7);
    CHECK_UINT(s.ttl, 6);
    CHECK_TRUE(s.src_unicast);
}

/* All twelve bits, one at a time: SYN and FIN take a number each, no other flag does. */
static void flags(void)
{
    uint8_t octets[20] = {0};

    for (unsigned bit = 0; bit < 12; bit++) {
        struct segment s = {0};
        unsigned flag = 1U << bit;

        snprintf(check_context, sizeof check_context, "flag bit %u", bit);
        octets[12] = (uint8_t)(0x50 | flag >> 8);
        octets[13] = (uint8_t)flag;
        CHECK_INT(read_copy(octets, 20, 20, &s), SEGMENT_OK);
        CHECK_UINT(s.flags, flag);
        CHECK_UINT(s.len, flag == FLAG_SYN || flag == FLAG_FIN);
        CHECK_UINT(s.payload_len, 0);
    }
    check_context[0] = '\0';
    CHECK_UINT(FLAG_RESERVED | FLAG_AE, 0xf00);
}

/* Every snap length: 20 octets suffice, the lengths come from the layer below, and what the
 * missing options would have said is unknown. */
static void snap_lengths(void)
{
    for (size_t captured = 0; captured <= sizeof syn_ack; captured++) {
        struct segment s = {0};
        enum segment_status status = read_copy(syn_ack, captured, sizeof syn_ack, &s);

        snprintf(check_context, sizeof check_context, "%zu octets captured", captured);
        CHECK_INT(status, captured < 20 ? SEGMENT_HEADER_CUT : SEGMENT_OK);
        if (status != SEGMENT_OK)
            continue;
        CHECK_UINT(s.payload_len, 5);
        CHECK_UINT(s.len, 6);
        CHECK_UINT(s.payload_captured, captured > 24 ? captured - 24 : 0);
        CHECK_BOOL(s.options.cut, captured < 24);
        CHECK_UINT(s.options.count[OPTION_MSS], captured >= 24);
    }
    check_context[0] = '\0';
}

/* The link's padding is captured, but belongs to nobody. */
static void padding(void)
{
    struct segment s = {0};

    CHECK_INT(read_copy(syn_ack, sizeof syn_ack, 24, &s), SEGMENT_OK);
    CHECK_UINT(s.payload_len, 0);
    CHECK_UINT(s.payload_captured, 0);
    CHECK_UINT(s.len, 1);
}

static void unusable(void)
{
    uint8_t octets[60] = {0};
    struct segment s = {.frame = 3};

    for (unsigned words = 0; words < 16; words++) {
        enum segment_status want = words < 5    ? SEGMENT_OFFSET_BAD
                                   : words > 10 ? SEGMENT_NO_LENGTH
                                                : SEGMENT_OK;

        snprintf(check_context, sizeof check_context, "offset %u", words);
        octets[12] = (uint8_t)(words << 4);
        CHECK_INT(read_copy(octets, 60, 40, &s), want);
    }
    check_context[0] = '\0';
    octets[12] = 0x50;
    CHECK_INT(read_copy(octets, 60, 19, &s), SEGMENT_NO_LENGTH);
    CHECK_INT(read_copy(octets, 60, 0, &s), SEGMENT_NO_LENGTH);
    CHECK_INT(read_copy(octets, 0, 60, &s), SEGMENT_HEADER_CUT);
    CHECK_UINT(s.frame, 3);
}

int main(void)
{
    whole_header();
    other_members();
    flags();
    snap_lengths();
    padding();
    unusable();
    return check_status();
}
