/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model with one tuple on a workbench, for unit tests, the oracle and fuzzing: builders for
 * segments, and one call per segment.
 */
#ifndef TCPSTATE_TESTS_BENCH_H
#define TCPSTATE_TESTS_BENCH_H

#include "flow_wire.h"
#include "history.h"
#include "test_arena.h"

/* A segment in numbers: write it with designated initializers, what is left out is zero. */
struct seg_spec {
    enum side from;
    unsigned flags; /* enum segment_flag */
    uint32_t seq;   /* absolute */
    uint32_t ack;   /* absolute */
    uint32_t payload;
    uint16_t wnd_field;
};

/** All that a capture point would fill in, for a segment without options between two hosts. */
struct segment seg(struct seg_spec spec);

#define BENCH_AMENDMENTS_MAX 64

struct bench_amendment {
    uint32_t id;
    enum amendment what;
    uint32_t value;
};

struct bench {
    struct test_arena memory;
    struct history *history;
    struct flow *flow;
    struct wire wire;
    struct segment segment;
    struct step step;
    uint32_t count; /* segments applied so far: the next one's id */
    int64_t time_ns;
    unsigned amendments;
    struct bench_amendment amendment[BENCH_AMENDMENTS_MAX]; /* sent by the last segment */
};

/** `self` must not move afterwards. ISS values for lines: A's is `iss`, B's a little above. */
void bench_start(struct bench *self, uint32_t iss);

void bench_end(struct bench *self);

/** Applies a segment, which gets the next id and frame; time goes on by a millisecond. */
const struct step *bench_apply(struct bench *self, struct segment segment);

/**
 * Applies one segment line of the scenario format: "+0.1 A>B SA 0:1 ack 1 <mss 1460>". The first
 * line must be A's. A directive ("iss A 500000") is taken too and returns NULL. Ends the program
 * when the line cannot be read: the test is wrong then.
 */
const struct step *bench_line(struct bench *self, const char *line);

#endif
