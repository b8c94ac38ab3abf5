/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TIME-WAIT: what reaches an end that has closed and waits. RFC 9293 3.6.1, 3.10.7.4 steps 2, 5
 * and 8; RFC 1337.
 */
#include "family.h"

static bool finds_time_wait(const struct step *step)
{
    return step->dst.at[0] == STATE_TIME_WAIT;
}

/* RFC 1337 2. An end that aborts right after its FIN cannot have heard the last ACK yet: its RST is
 * part of how it closes and no accident. */
static bool tw_assassination(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    if (!finds_time_wait(step) ||
        (step->rst_class != RST_EXACT && step->rst_class != RST_IN_WINDOW))
        return false;
    hearing_compare(hearing, step->segment->seq, sender->fin_next, sender->fin_frame);
    return sender->fin_known && step->knows_fin_acked;
}

static bool tw_fin_rexmit(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    if (!finds_time_wait(step) || !segment_has(segment, FLAG_FIN) ||
        segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return false;
    hearing->finding.limit_frame = sender->fin_frame;
    return sender->fin_known && seq_eq(segment_end(segment), sender->fin_next);
}

static const struct rule rules[] = {
    RULE(tw_assassination, SENDER, RST),
    RULE(tw_fin_rexmit, SENDER, FIN_AGAIN),
};

const struct family reuse_family = FAMILY(rules, INTEREST_RST | INTEREST_FIN_AGAIN);
