/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option walker: RFC 9293 3.1-3.2, 7323 2-3, 2018 2-3, 7413 4.1.1, 8684 3. Octets stand in
 * blocks of exactly their size, so that a sanitizer sees one octet too many.
 */
#include "check.h"
#include "tcp_options.h"

#include <stdlib.h>

/* All of `length` declared octets, of which the capture holds the first `captured`. */
static struct tcp_options read_part(const uint8_t *octets, size_t captured, size_t length)
{
    struct tcp_options options;
    uint8_t *copy = malloc(captured != 0 ? captured : 1);

    if (copy == NULL)
        exit(2);
    memcpy(copy, octets, captured);
    memset(&options, 0xee, sizeof options); /* whatever was there is overwritten */
    tcp_options_read(captured != 0 ? copy : NULL, captured, length, &options);
    free(copy);
    return options;
}

#define READ(...)                                                                                  \
    read_part((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}),              \
              sizeof((const uint8_t[]){__VA_ARGS__}))

static unsigned total(const struct tcp_options *options)
{
    unsigned sum = 0;

    for (int i = 0; i < OPTION_KINDS; i++)
        sum += options->count[i];
    return sum;
}

static void nothing(void)
{
    struct tcp_options o = read_part((const uint8_t *)"", 0, 0);

    CHECK_UINT(total(&o), 0);
    CHECK_FALSE(o.cut);
    CHECK_FALSE(o.malformed);
    o = READ(1, 1, 1, 0);
    CHECK_UINT(total(&o), 0);
    CHECK_FALSE(o.malformed);
}

static void a_usual_syn(void)
{
    struct tcp_options o =
        READ(2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0x03, 0xe8, 0, 0, 0, 0, 1, 3, 3, 7);

    CHECK_UINT(total(&o), 4);
    CHECK_UINT(o.count[OPTION_MSS], 1);
    CHECK_UINT(o.mss, 1460);
    CHECK_UINT(o.count[OPTION_SACK_PERM], 1);
    CHECK_UINT(o.count[OPTION_TS], 1);
    CHECK_UINT(o.tsval, 1000);
    CHECK_UINT(o.tsecr, 0);
    CHECK_UINT(o.count[OPTION_WS], 1);
    CHECK_UINT(o.ws, 7);
    CHECK_FALSE(o.cut);
    CHECK_FALSE(o.malformed);
    CHECK_TRUE(tcp_options_has(&o, OPTION_WS));
    CHECK_FALSE(tcp_options_has(&o, OPTION_TFO));
}

static void sack_blocks(void)
{
    struct tcp_options o =
        READ(1, 1, 5, 18, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 0x10, 0, 0, 0, 0x20, 0, 0, 0, 0x30);

    CHECK_UINT(o.count[OPTION_SACK], 1);
    CHECK_UINT(o.sack_blocks, 2);
    CHECK_SEQ(o.sack[0].left, seq_of(0xfffffff0U));
    CHECK_SEQ(o.sack[0].right, seq_of(0x10));
    CHECK_SEQ(o.sack[1].left, seq_of(0x20));
    CHECK_SEQ(o.sack[1].right, seq_of(0x30));
    o = READ(5, 10, 0, 0, 0, 1, 0, 0, 0, 2);
    CHECK_UINT(o.sack_blocks, 1);
}

static void other_kinds(void)
{
    struct tcp_options o = READ(34, 2, 1, 1);

    CHECK_UINT(o.count[OPTION_TFO], 1); /* a request for a cookie */
    o = READ(34, 10, 1, 2, 3, 4, 5, 6, 7, 8);
    CHECK_UINT(o.count[OPTION_TFO], 1);
    CHECK_FALSE(o.tfo_experimental);
    o = READ(254, 4, 0xf9, 0x89);
    CHECK_TRUE(o.tfo_experimental);
    CHECK_UINT(total(&o), 0);
    o = READ(254, 4, 0xf9, 0x88);
    CHECK_FALSE(o.tfo_experimental);
    o = READ(253, 4, 0xf9, 0x89);
    CHECK_FALSE(o.tfo_experimental);
    o = READ(30, 12, 0x01, 1, 1, 2, 3, 4, 5, 6, 7, 8); /* MP_CAPABLE, version 1 */
    CHECK_TRUE(o.mptcp);
    o = READ(30, 12, 0x10, 1, 1, 2, 3, 4, 5, 6, 7, 8); /* MP_JOIN */
    CHECK_TRUE(o.mptcp);
    o = READ(30, 8, 0x20, 1, 0, 0, 0, 1); /* DSS: says nothing about the handshake */
    CHECK_FALSE(o.mptcp);
    o = READ(19, 18, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 2, 4, 2, 0);
    CHECK_UINT(o.mss, 512); /* an unknown kind is passed over by its length */
    CHECK_FALSE(o.malformed);
}

/* Copies are counted, and the first one's value stays. */
static void copies(void)
{
    struct tcp_options o = READ(2, 4, 1, 0, 2, 4, 2, 0, 2, 4, 3, 0);
    uint8_t many[600];

    CHECK_UINT(o.count[OPTION_MSS], 3);
    CHECK_UINT(o.mss, 256);
    for (size_t i = 0; i < sizeof many; i += 2) {
        many[i] = 4;
        many[i + 1] = 2;
    }
    /* No header is as long, but the counter must not run over for whoever hands in more. */
    o = read_part(many, sizeof many, sizeof many);
    CHECK_UINT(o.count[OPTION_SACK_PERM], 255);
}

/* The end of the list ends the walk: what stands behind is padding. */
static void end_of_list(void)
{
    struct tcp_options o = READ(3, 3, 2, 0, 2, 4, 1, 0);

    CHECK_UINT(o.ws, 2);
    CHECK_UINT(o.count[OPTION_MSS], 0);
    CHECK_FALSE(o.malformed);
    CHECK_FALSE(o.cut);
}

/* A wrong length is counted as malformed, never under its kind. */
static void wrong_lengths(void)
{
    static const uint8_t wrong[][4] = {
        {2, 3, 0, 1},  {3, 2, 1, 1}, {4, 3, 0, 1}, {3, 4, 0, 0},
        {34, 3, 0, 1}, {5, 2, 1, 1}, {8, 4, 0, 0},
    };
    struct tcp_options o;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(check_context, sizeof check_context, "kind %u, length %u", wrong[i][0],
                 wrong[i][1]);
        o = read_part(wrong[i], 4, 4);
        CHECK_TRUE(o.malformed);
        CHECK_UINT(total(&o), 0);
    }
    check_context[0] = '\0';
    o = READ(3, 3, 2, 9, 1, 2, 4, 4); /* length 1 */
    CHECK_TRUE(o.malformed);
    CHECK_UINT(o.ws, 2); /* what stood before it counts */
    CHECK_UINT(o.count[OPTION_MSS], 0);
    o = READ(9, 0, 1, 1); /* length 0 would stand still for ever */
    CHECK_TRUE(o.malformed);
    o = READ(1, 2, 4, 5); /* beyond the header */
    CHECK_TRUE(o.malformed);
    CHECK_FALSE(o.cut);
    o = READ(1, 1, 1, 2); /* a kind without its length in the last octet */
    CHECK_TRUE(o.malformed);
}

/* Every snap length inside a usual header: absence proves nothing then, and nothing is invented. */
static void cut_short(void)
{
    static const uint8_t octets[] = {2, 4, 5, 0xb4, 1, 3, 3, 7, 8, 10,
                                     0, 0, 0, 1,    0, 0, 0, 2, 1, 1};

    for (size_t captured = 0; captured <= sizeof octets; captured++) {
        struct tcp_options o = read_part(octets, captured, sizeof octets);

        snprintf(check_context, sizeof check_context, "%zu octets captured", captured);
        CHECK_BOOL(o.cut, captured < sizeof octets);
        CHECK_FALSE(o.malformed);
        CHECK_UINT(o.count[OPTION_MSS], captured >= 4);
        CHECK_UINT(o.count[OPTION_WS], captured >= 8);
        CHECK_UINT(o.count[OPTION_TS], captured >= 18);
    }
    check_context[0] = '\0';
    /* More captured than declared (payload follows): it is not read as options. */
    CHECK_UINT(read_part(octets, sizeof octets, 4).count[OPTION_WS], 0);
    CHECK_FALSE(read_part(octets, sizeof octets, 4).cut);
}

/* Any octets at all: bounds of what comes out hold, and the sanitizer stays silent. */
static void any_octets(void)
{
    uint32_t random = 1;

    for (unsigned round = 0; round < 20000; round++) {
        uint8_t octets[40];
        struct tcp_options o;
        size_t captured;

        for (size_t i = 0; i < sizeof octets; i++) {
            random = random * 1664525U + 1013904223U;
            octets[i] = (uint8_t)((random >> 24) % ((round & 1) != 0 ? 36 : 256));
        }
        captured = (random >> 8) % (sizeof octets + 1);
        o = read_part(octets, captured, sizeof octets);
        if (o.sack_blocks > SACK_BLOCKS_MAX || total(&o) > 20)
            CHECK_TRUE(!"more options than fit into forty octets");
    }
}

int main(void)
{
    nothing();
    a_usual_syn();
    sack_blocks();
    other_kinds();
    copies();
    end_of_list();
    wrong_lengths();
    cut_short();
    any_octets();
    return check_status();
}
