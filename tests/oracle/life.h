/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens in one life of a tuple: how both stacks and users behave, and what the wire and the
 * capture do to it. All of it follows from the seed, the life's number and the kind.
 */
#ifndef TCPSTATE_ORACLE_LIFE_H
#define TCPSTATE_ORACLE_LIFE_H

#include "world.h"

/* The impairments, one by one and together. */
#define KINDS(X)                                                                                   \
    X(CLEAN, "clean", "nothing is impaired, the capture point is in the middle")                   \
    X(ASYMMETRY, "asymmetry", "unequal delays, the capture point anywhere between the ends")       \
    X(LOSS, "loss", "segments are lost before and behind the capture point")                       \
    X(REORDER, "reorder", "segments overtake each other")                                          \
    X(DUPLICATE, "duplicate", "the wire or the capture doubles segments")                          \
    X(CAPLOSS, "caploss", "the capture misses segments that were delivered")                       \
    X(CAPORDER, "caporder", "the capture stores segments in another order")                        \
    X(ONEWAY, "oneway", "one direction is captured")                                               \
    X(MIDSTREAM, "midstream", "the capture begins late")                                           \
    X(FORGED, "forged", "somebody else sends resets, SYNs and ACKs")                               \
    X(MIXED, "mixed", "loss, reordering, doubles, delays and capture loss together")

enum kind {
#define X(id, name, about) KIND_##id,
    KINDS(X)
#undef X
        KIND_COUNT
};

/* What the capture does. */
struct lens {
    unsigned loss;    /* per mille not stored */
    unsigned twice;   /* per mille stored twice */
    int64_t disorder; /* stored up to this much later */
    bool true_times;  /* … with the time of passing, not of storing */
    bool one_way;
    enum end only; /* whose segments are captured when one_way */
    unsigned late; /* per mille of the frames that are missing at the start */
};

struct life {
    uint64_t seed, number;
    enum kind kind;
    uint32_t msl_seconds;
    struct lens lens;
    struct world world;
};

/** Draws the plan and plays it. */
void life_run(struct life *life, uint64_t seed, uint64_t number, enum kind kind);

const char *kind_name(enum kind kind);

#endif
