/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judgement: runs every family over one step, in precedence order, and hands on what they find.
 * Reads the step, changes no model. Catalogue, section 0: gates and rulings.
 */
#ifndef TCPSTATE_JUDGE_H
#define TCPSTATE_JUDGE_H

#include "finding.h"
#include "limits.h"

/* What one segment can have at most; more are dropped, least severe family last. */
#define VERDICT_MAX 16

struct verdict {
    unsigned count;
    struct finding findings[VERDICT_MAX]; /* `next` is not used here */
};

/** @param verdict  overwritten. */
void judge(const struct step *step, const struct limits *limits, struct verdict *verdict);

#endif
