/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judgement: runs every family over one step, in precedence order, and hands on what they find.
 * Reads the step, changes no model. Catalogue, section 0: gates and rulings.
 */
#ifndef TCPSTATE_JUDGE_H
#define TCPSTATE_JUDGE_H

#include "docket.h"
#include "finding.h"
#include "thresholds.h"

/* What one segment can have at most; more are dropped, least severe family last. */
#define VERDICT_MAX 16

/* What one segment can disprove at most of what was said meanwhile of earlier ones. */
#define WITHDRAWN_MAX 4

struct verdict {
    unsigned count;
    struct finding findings[VERDICT_MAX]; /* `next` is not used here */
    unsigned withdrawn_count;
    struct finding withdrawn[WITHDRAWN_MAX]; /* `about` is set: not to be shown there any more */
};

/**
 * Judges one step, in the order of the capture.
 *
 * @param docket   what was remembered of the steps before; all zero before the first.
 * @param verdict  overwritten. A finding with `about` set speaks of an earlier segment, which this
 *                 one has proved: to be shown here in the first pass only, and there later.
 */
void judge(const struct step *step, const struct limits *limits, struct docket *docket,
           struct verdict *verdict);

#endif
