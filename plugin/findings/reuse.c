/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TIME-WAIT and what follows it: what reaches an end that has closed and waits, and new lives of
 * addresses and ports that were in use before. RFC 9293 3.4.1-3.4.3, 3.6.1, 3.10.7.4 steps 2, 5 and
 * 8; RFC 1337; RFC 6191.
 */
#include "family.h"

/* ---- in TIME-WAIT ---- */

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

/* What the last ACK has crossed was sent in good faith (X-RTT), and so were pure ACKs behind the
 * FIN. */
static bool tw_unexpected(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *waiting = step_receiver(step);
    if (!finds_time_wait(step) || !step->knows_fin_acked || !sender->fin_known ||
        !segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_FIN | FLAG_RST))
        return false;
    if (hearing_found(hearing, FINDING_fin_data_after) ||
        hearing_found(hearing, FINDING_fin_ack_beyond))
        return false;
    hearing_compare(hearing, segment->seq, sender->fin_next, sender->fin_frame);
    return !seq_eq(segment->seq, sender->fin_next) || !waiting->fin_known ||
           seq_gt(segment->ack, waiting->fin_next);
}

/* ---- a new life ---- */

/* The gate, for the life before: of the new one nothing can be captured yet. */
static bool is_known(struct hearing *hearing)
{
    const struct former *former = hearing->step->former;

    if (former == NULL || former->one_way)
        return false;
    return hearing_knows_both(hearing, former->sender, former->receiver);
}

static bool is_reopened(struct hearing *hearing)
{
    return segment_is_syn(hearing->step->segment) && is_known(hearing);
}

static bool is_within_2msl(const struct hearing *hearing)
{
    int64_t msl_ns = (int64_t)hearing->limits->msl_seconds * SECOND_NS;
    int64_t since = hearing->step->former->since_ns;

    return since >= 0 && since < 2 * msl_ns;
}

/* RFC 9293 3.6.1 MAY-2 and RFC 6191 2: by its number or by its timestamp. */
static bool is_clearly_newer(const struct step *step)
{
    const struct endpoint *old = step->former->sender;

    return seq_gt(step->segment->seq, old->snd.nxt) ||
           endpoint_stamps_anew(old, &step->segment->options);
}

/* RFC 9293 3.4.1 MUST-8. A SYN that was captured again has the timestamp or the identification of
 * the first. */
static bool tw_same_isn(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    const struct former *former = hearing->step->former;
    if (!is_reopened(hearing) || !former->closed ||
        !seq_eq(segment->seq, former->sender->snd.iss) || former->since_ns <= SECOND_NS)
        return false;
    hearing->finding.limit_frame = former->sender->iss_frame;
    if (tcp_options_has(&segment->options, OPTION_TS) && former->sender->ts_seen)
        return endpoint_stamps_anew(former->sender, &segment->options);
    return segment->has_ip_id && segment->ip_id != former->syn_ip_id;
}

/* What its receiver makes of the SYN: accepted, challenged by the old life (RFC 5961 4.2), or
 * reset. */
static enum outcome outcome_of_reuse(const struct docket_case *waiting, const struct step *step)
{
    if (step->answers_challenge && step->challenge_frame == waiting->finding.about_frame)
        return OUTCOME_CHALLENGED;
    if (step->conn != waiting->conn || step->segment->sender == waiting->sender)
        return OUTCOME_NONE;
    if (step->rst_class == RST_SYNSENT_OK)
        return OUTCOME_RESET;
    return segment_is_syn_ack(step->segment) ? OUTCOME_ACCEPTED : OUTCOME_NONE;
}

static enum settlement settle_reuse_risky(struct docket_case *waiting, const struct step *step)
{
    enum outcome outcome = outcome_of_reuse(waiting, step);

    if (outcome == OUTCOME_NONE)
        return CASE_WAITS;
    waiting->finding.outcome = (uint8_t)outcome;
    if (outcome == OUTCOME_ACCEPTED && waiting->finding.severity > SEVERITY_NOTE)
        waiting->finding.severity = SEVERITY_NOTE;
    return CASE_STANDS;
}

static bool tw_reuse_risky(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    if (!is_reopened(hearing) || !step->former->closed)
        return false;
    const struct endpoint *old = step->former->sender;
    hearing->must_wait = true;
    hearing_compare(hearing, step->segment->seq, old->snd.nxt, old->nxt_frame);
    return is_within_2msl(hearing) && !is_clearly_newer(step);
}

static enum settlement settle_reuse_ok(struct docket_case *waiting, const struct step *step)
{
    enum outcome outcome = outcome_of_reuse(waiting, step);

    if (outcome == OUTCOME_NONE)
        return CASE_WAITS;
    return outcome == OUTCOME_ACCEPTED ? CASE_STANDS : CASE_FALLS;
}

static bool tw_reuse_ok(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    if (!is_reopened(hearing) || !step->former->closed)
        return false;
    hearing->must_wait = true;
    hearing->finding.limit_frame = step->former->closed_frame;
    return is_clearly_newer(step);
}

static bool tw_reuse_after_rst(struct hearing *hearing)
{
    if (!is_reopened(hearing))
        return false;
    hearing->finding.limit_frame = hearing->step->former->closed_frame;
    return hearing->step->former->reset;
}

/* As syn_est_new, which it replaces: what became of it is told with it. */
static bool tw_reuse_after_half_close(struct hearing *hearing)
{
    if (!is_reopened(hearing))
        return false;
    const struct former *former = hearing->step->former;
    const struct endpoint *closed = former->sender->fin_known ? former->sender : former->receiver;
    hearing->must_wait = true;
    hearing->finding.limit_frame = closed->fin_frame;
    return former->half_closed;
}

static bool tw_short(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const uint32_t milliseconds = 1000;
    if (!segment_is_syn_ack(step->segment) || !is_known(hearing) || !step->former->closed ||
        !step->former->sender_waited || !is_within_2msl(hearing))
        return false;
    hearing->finding.got = (uint32_t)(step->former->since_ns / 1000000);
    hearing->finding.limit = 2 * hearing->limits->msl_seconds * milliseconds;
    hearing->finding.limit_known = true;
    hearing->finding.limit_frame = step->former->closed_frame;
    return true;
}

/* ---- of an older life ---- */

static bool is_among(struct seq number, const struct endpoint *end)
{
    return end->nxt_known && seq_ge(number, end->snd.iss) && seq_le(number, end->snd.nxt);
}

/* RFC 9293 3.4.3: what is still under way when the next life has begun. */
static bool tw_stale_segment(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    hearing_compare(hearing, segment->seq, sender->snd.nxt, sender->nxt_frame);
    return step->stale && is_among(segment->seq, sender) &&
           (!segment_has(segment, FLAG_ACK) || is_among(segment->ack, step_receiver(step)));
}

static const struct rule rules[] = {
    RULE(tw_stale_segment, SENDER, CONTEXT),
    RULE(tw_same_isn, SENDER, SYN),
    RULE_THAT_WAITS(tw_reuse_risky, SENDER, SYN, settle_reuse_risky),
    RULE_THAT_WAITS(tw_reuse_ok, SENDER, SYN, settle_reuse_ok),
    RULE(tw_reuse_after_rst, SENDER, SYN),
    RULE_THAT_WAITS(tw_reuse_after_half_close, SENDER, SYN, settle_syn_est_new),
    RULE(tw_short, SENDER, SYN),
    RULE(tw_assassination, SENDER, RST),
    RULE(tw_fin_rexmit, SENDER, FIN_AGAIN),
    RULE(tw_unexpected, SENDER, TIME_WAIT),
};

const struct family reuse_family =
    FAMILY(rules, INTEREST_CONTEXT | INTEREST_SYN | INTEREST_RST | INTEREST_FIN_AGAIN |
                      INTEREST_TIME_WAIT);
