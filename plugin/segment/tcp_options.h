/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP options: what is present, how often, and the decoded values. RFC 9293 3.1-3.2, 7323 2-3,
 * 2018 2-3, 7413 2, 8684 3.
 */
#ifndef TCPSTATE_TCP_OPTIONS_H
#define TCPSTATE_TCP_OPTIONS_H

#include "seq.h"

#include <stddef.h>

/* Single-instance options that we decode. The order is ours, not the kind number. */
enum option_kind {
    OPTION_MSS,        /* kind 2 */
    OPTION_WS,         /* kind 3 */
    OPTION_SACK_PERM,  /* kind 4 */
    OPTION_SACK,       /* kind 5 */
    OPTION_TS,         /* kind 8 */
    OPTION_TFO,        /* kind 34 */
    OPTION_KINDS
};

#define SACK_BLOCKS_MAX 4

struct sack_block {
    struct seq left;  /* first octet of the block */
    struct seq right; /* first octet after the block */
};

/* A value is meaningful only where the count of its kind is not zero. A copy with a wrong length
 * is counted in `malformed`, not under its kind. Of several copies the first one's value is kept. */
struct tcp_options {
    uint8_t count[OPTION_KINDS]; /* copies of each kind, saturating at 255 */
    uint8_t ws;                  /* shift count as sent; RFC 7323 2.3: above 14 means 14 */
    uint8_t sack_blocks;         /* 0..SACK_BLOCKS_MAX */
    bool mptcp;                  /* kind 30 with MP_CAPABLE or MP_JOIN (subtype 0 or 1) */
    bool tfo_experimental;       /* kind 254 with the Fast Open magic 0xF989 */
    bool cut;                    /* the snap length ends inside the options: absence proves nothing */
    bool malformed;              /* an illegal length; the walk stopped there */
    uint16_t mss;
    uint32_t tsval;
    uint32_t tsecr;
    struct sack_block sack[SACK_BLOCKS_MAX];
};

/**
 * Decodes the option octets of one header.
 *
 * @param octets    first octet after the fixed 20; may be NULL when captured is 0.
 * @param captured  octets that may be read.
 * @param length    octets that the data offset declares; more than captured means cut by snaplen.
 * @param out       overwritten. Never fails: what cannot be decoded is marked cut or malformed.
 */
void tcp_options_read(const uint8_t *octets, size_t captured, size_t length,
                      struct tcp_options *out);

/** The number on the wire of a kind; 0 for OPTION_KINDS. */
uint8_t tcp_option_number(enum option_kind kind);

static inline bool tcp_options_has(const struct tcp_options *options, enum option_kind kind)
{
    return options->count[kind] != 0;
}

#endif
