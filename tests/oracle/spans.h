/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few disjoint stretches of sequence numbers in rising order: what arrived above a hole, or what
 * the peer reports to have above one.
 */
#ifndef TCPSTATE_ORACLE_SPANS_H
#define TCPSTATE_ORACLE_SPANS_H

#include "seq.h"

#define SPANS_MAX 32

struct span {
    struct seq start; /* first number */
    struct seq end;   /* first number after */
};

struct spans {
    unsigned count;
    struct span at[SPANS_MAX];
};

/** Adds start <= n < end; joins what touches. false: no room, nothing was added. */
bool spans_add(struct spans *spans, struct seq start, struct seq end);

/** Forgets what lies before `s`. */
void spans_cut(struct spans *spans, struct seq s);

/** The first number from `s` on that is in no stretch. */
struct seq spans_skip(const struct spans *spans, struct seq s);

#endif
