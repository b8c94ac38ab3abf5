/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option walker. RFC 9293 3.1 (format, MUST-5 to MUST-7, MUST-68), 3.2; RFC 7323 2.2, 3.2;
 * RFC 2018 2-3; RFC 7413 4.1.1; RFC 8684 3; RFC 6994 (experimental kinds).
 */
#include "tcp_options.h"

enum {
    KIND_END = 0,
    KIND_NOP = 1,
    KIND_MSS = 2,
    KIND_WS = 3,
    KIND_SACK_PERM = 4,
    KIND_SACK = 5,
    KIND_TS = 8,
    KIND_MPTCP = 30,
    KIND_TFO = 34,
    KIND_EXPERIMENT = 254
};

enum { MPTCP_CAPABLE = 0, MPTCP_JOIN = 1 };

#define TFO_EXPERIMENT 0xf989 /* RFC 7413, appendix A */

/* One option, whole within the captured octets: kind, length, and what follows those two. */
struct option {
    uint8_t kind;
    size_t length;
    const uint8_t *value;
};

static uint16_t read_16(const uint8_t *octets)
{
    return (uint16_t)(octets[0] << 8 | octets[1]);
}

static uint32_t read_32(const uint8_t *octets)
{
    return (uint32_t)read_16(octets) << 16 | read_16(octets + 2);
}

/* Counts a copy of a single-instance option; true for the first one, whose value is kept. */
static bool is_first_copy(struct tcp_options *out, enum option_kind kind)
{
    if (out->count[kind] < UINT8_MAX)
        out->count[kind]++;
    return out->count[kind] == 1;
}

static void take_mss(const struct option *option, struct tcp_options *out)
{
    if (option->length != 4)
        out->malformed = true;
    else if (is_first_copy(out, OPTION_MSS))
        out->mss = read_16(option->value);
}

static void take_ws(const struct option *option, struct tcp_options *out)
{
    if (option->length != 3)
        out->malformed = true;
    else if (is_first_copy(out, OPTION_WS))
        out->ws = option->value[0];
}

static void take_sack_perm(const struct option *option, struct tcp_options *out)
{
    if (option->length != 2)
        out->malformed = true;
    else
        (void)is_first_copy(out, OPTION_SACK_PERM);
}

static void take_sack(const struct option *option, struct tcp_options *out)
{
    size_t octets = option->length - 2;

    if (octets == 0 || octets % 8 != 0 || octets / 8 > SACK_BLOCKS_MAX) {
        out->malformed = true;
        return;
    }
    if (!is_first_copy(out, OPTION_SACK))
        return;
    out->sack_blocks = (uint8_t)(octets / 8);
    for (size_t i = 0; i < out->sack_blocks; i++) {
        out->sack[i].left = seq_of(read_32(option->value + 8 * i));
        out->sack[i].right = seq_of(read_32(option->value + 8 * i + 4));
    }
}

static void take_ts(const struct option *option, struct tcp_options *out)
{
    if (option->length != 10) {
        out->malformed = true;
    } else if (is_first_copy(out, OPTION_TS)) {
        out->tsval = read_32(option->value);
        out->tsecr = read_32(option->value + 4);
    }
}

static void take_tfo(const struct option *option, struct tcp_options *out)
{
    /* RFC 7413 4.1.1: no cookie (a request), or an even number of 4 to 16 octets. */
    if (option->length != 2 && (option->length < 6 || option->length > 18 || option->length % 2))
        out->malformed = true;
    else
        (void)is_first_copy(out, OPTION_TFO);
}

static void take_mptcp(const struct option *option, struct tcp_options *out)
{
    if (option->length < 3) {
        out->malformed = true;
    } else {
        unsigned subtype = option->value[0] >> 4;
        if (subtype == MPTCP_CAPABLE || subtype == MPTCP_JOIN)
            out->mptcp = true;
    }
}

static void take_option(const struct option *option, struct tcp_options *out)
{
    switch (option->kind) {
    case KIND_MSS:
        take_mss(option, out);
        break;
    case KIND_WS:
        take_ws(option, out);
        break;
    case KIND_SACK_PERM:
        take_sack_perm(option, out);
        break;
    case KIND_SACK:
        take_sack(option, out);
        break;
    case KIND_TS:
        take_ts(option, out);
        break;
    case KIND_TFO:
        take_tfo(option, out);
        break;
    case KIND_MPTCP:
        take_mptcp(option, out);
        break;
    case KIND_EXPERIMENT:
        if (option->length >= 4 && read_16(option->value) == TFO_EXPERIMENT)
            out->tfo_experimental = true;
        break;
    default: /* MUST-6: an unknown option is passed over by its length */
        break;
    }
}

void tcp_options_read(const uint8_t *octets, size_t captured, size_t length,
                      struct tcp_options *out)
{
    size_t readable = captured < length ? captured : length;
    size_t at = 0;

    *out = (struct tcp_options){0};
    while (at < readable) {
        struct option option = {.kind = octets[at]};

        /* What follows the end of the list is padding: nothing can be missing there. */
        if (option.kind == KIND_END)
            return;
        if (option.kind == KIND_NOP) {
            at++;
            continue;
        }
        if (at + 1 >= readable)
            break;
        option.length = octets[at + 1];
        if (option.length < 2 || option.length > length - at) {
            /* MUST-7: nobody knows where the next option would begin. */
            out->malformed = true;
            return;
        }
        if (option.length > readable - at)
            break;
        option.value = octets + at + 2;
        take_option(&option, out);
        at += option.length;
    }
    /* The walk ran out of octets: either the snap length ended it, or a kind stands without its
     * length in the header's very last octet. */
    if (readable < length)
        out->cut = true;
    else if (at < readable)
        out->malformed = true;
}

uint8_t tcp_option_number(enum option_kind kind)
{
    switch (kind) {
    case OPTION_MSS:
        return KIND_MSS;
    case OPTION_WS:
        return KIND_WS;
    case OPTION_SACK_PERM:
        return KIND_SACK_PERM;
    case OPTION_SACK:
        return KIND_SACK;
    case OPTION_TS:
        return KIND_TS;
    case OPTION_TFO:
        return KIND_TFO;
    case OPTION_KINDS:
        break;
    }
    return 0;
}
