/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limits of whoever captured: why the model is less sure. No violations. */
#include "family.h"

static bool cap_midstream(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    if (step->conn == NULL || step->before[SIDE_A].seen || step->before[SIDE_B].seen)
        return false;
    return !segment_is_syn(step->segment) && !segment_is_syn_ack(step->segment);
}

static const struct rule rules[] = {
    {FINDING_cap_midstream, ABOUT_SENDER, INTEREST_FIRST, cap_midstream},
};

const struct family observer_family = FAMILY(rules, INTEREST_FIRST);
