/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario that was played: what is shown of each captured segment, in both views. Filled by the
 * core's door or from a table that tshark's output was turned into; compared with the file.
 */
#ifndef TCPSTATE_TESTS_PLAYED_H
#define TCPSTATE_TESTS_PLAYED_H

#include "flow.h"

struct played {
    unsigned frames;
    struct shown *shown[FLOW_VIEWS]; /* by frame - 1 */
};

void played_start(struct played *played, const struct flow *flow);
void played_end(struct played *played);

/** Plays the flow into the core; `played` was started. */
void played_by_core(struct played *played, const struct flow *flow, uint32_t iss);

/** Prints every difference between file and show to `out`; returns how many. */
unsigned played_compare(const struct played *played, const struct flow *flow, uint32_t iss,
                        FILE *out);

#endif
