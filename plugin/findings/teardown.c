/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Closing: FINs and what comes after them. RFC 9293 3.6, 3.10.4, 3.10.7.4 steps 5 to 8.
 *
 * A FIN that was captured ends its sender's numbers for good, whatever the capture lacks; one that
 * only an ACK told of may be wrong, so no rule is more than a note then.
 */
#include "family.h"

/* RFC 9293 3.5: a life of which the FIN is cannot begin after it. A SYN with a new number means that
 * this is another one, and that the capture lacks how it came to be. */
static bool is_fin_of_this_life(const struct endpoint *endpoint)
{
    return endpoint->fin_known && (endpoint->fin_frame == 0 || endpoint->iss_frame == 0 ||
                                   endpoint->fin_frame >= endpoint->iss_frame);
}

/* A life may have begun meanwhile that the capture has nothing of but this: X-CONF. */
static void wait_if_far(struct hearing *hearing)
{
    hearing->must_wait = seq_is_far(seq_of(hearing->finding.got), seq_of(hearing->finding.limit));
}

static void lower_if_inferred(struct hearing *hearing, const struct endpoint *endpoint)
{
    if (endpoint->fin_inferred && hearing->finding.severity > SEVERITY_NOTE)
        hearing->finding.severity = SEVERITY_NOTE;
}

/* RFC 9293 3.8.4: a keepalive stands one below SND.NXT, which is the FIN's number once that was
 * sent, and may carry one octet that means nothing. */
static bool is_keepalive_on_fin(const struct segment *segment, const struct endpoint *sender)
{
    return segment->payload_len == 1 && !segment_has(segment, FLAG_FIN) &&
           seq_eq(segment->seq, seq_sub(sender->fin_next, 1));
}

static bool fin_data_after(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    const struct endpoint *sender = step_sender(hearing->step);
    if (!is_fin_of_this_life(sender) || segment->payload_len == 0 ||
        segment_has_any(segment, FLAG_SYN | FLAG_RST) ||
        hearing_found(hearing, FINDING_inj_fin_suspected))
        return false;
    struct seq data_end = seq_add(segment->seq, segment->payload_len);
    struct seq fin = seq_sub(sender->fin_next, 1);
    if (seq_le(data_end, fin) || is_keepalive_on_fin(segment, sender))
        return false;
    lower_if_inferred(hearing, sender);
    hearing_compare(hearing, data_end, fin, sender->fin_frame);
    wait_if_far(hearing);
    return true;
}

static bool fin_ack_beyond(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    const struct endpoint *peer = step_receiver(hearing->step);
    /* An inferred FIN was told by this sender's ACK: one beyond it only shows that the inference
     * was wrong. What a RST acknowledges is never looked at (RFC 9293 3.10.7.4 step 2). */
    if (!is_fin_of_this_life(peer) || peer->fin_inferred || !segment_has(segment, FLAG_ACK) ||
        segment_has_any(segment, FLAG_RST | FLAG_SYN))
        return false;
    if (seq_le(segment->ack, peer->fin_next))
        return false;
    hearing_compare(hearing, segment->ack, peer->fin_next, peer->fin_frame);
    wait_if_far(hearing);
    return true;
}

static bool fin_moved(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    const struct endpoint *sender = step_sender(hearing->step);
    if (!is_fin_of_this_life(sender) || !segment_has(segment, FLAG_FIN) ||
        segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return false;
    /* RFC 9293 3.8.1: data before it may be cut differently, the FIN's own number stays. */
    if (seq_eq(segment_end(segment), sender->fin_next))
        return false;
    lower_if_inferred(hearing, sender);
    hearing_compare(hearing, segment_end(segment), sender->fin_next, sender->fin_frame);
    wait_if_far(hearing);
    return true;
}

static bool fin_simultaneous(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    const struct endpoint *sender = step_sender(hearing->step);
    const struct endpoint *peer = step_receiver(hearing->step);
    /* Told once, by the second of the two FINs; its repetitions say nothing new. */
    if (sender->sent_fin || !peer->sent_fin || !peer->fin_known || peer->fin_inferred)
        return false;
    if (!segment_has(segment, FLAG_FIN | FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return false;
    bool knows_fin = seq_ge(segment->ack, peer->fin_next);
    bool was_known = !peer->fin_ack_known || seq_ge(peer->fin_ack, segment_end(segment));
    if (knows_fin || was_known)
        return false;
    hearing_compare(hearing, segment->ack, peer->fin_next, peer->fin_frame);
    return true;
}

/* Longer than a round trip? The data may have been on its way before the FIN arrived. */
static enum settlement settle_half_closed(struct docket_case *waiting, const struct step *step)
{
    if (step->conn != waiting->conn || step->segment->sender != waiting->sender)
        return CASE_WAITS;
    if (step->half_closed_first) {
        waiting->finding.got = step->half_closed_octets;
        return CASE_STANDS;
    }
    return segment_has_any(step->segment, FLAG_FIN | FLAG_RST) ? CASE_FALLS : CASE_WAITS;
}

/* RFC 9293 3.6.1: legal, but it surprises those who take a FIN for the end. Told of the first data
 * that comes after the FIN's ACK. */
static bool fin_half_closed(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    if (step->half_closed_octets == 0 || step->half_closed_octets != step->segment->payload_len)
        return false;
    hearing->must_wait = !step->half_closed_first;
    hearing->finding.got = step->half_closed_octets;
    hearing->finding.limit_frame = step_receiver(step)->fin_frame;
    return true;
}

static bool fin_seq_wrong(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    const struct endpoint *sender = step_sender(hearing->step);
    if (!is_fin_of_this_life(sender) || sender->fin_inferred || segment->payload_len > 0 ||
        segment_has_any(segment, FLAG_SYN | FLAG_FIN | FLAG_RST))
        return false;
    hearing_compare(hearing, segment->seq, sender->fin_next, sender->fin_frame);
    wait_if_far(hearing);
    if (seq_gt(segment->seq, sender->fin_next))
        return true;
    hearing->finding.severity = SEVERITY_NOTE;
    /* without a newer timestamp the FIN may have overtaken it */
    return seq_lt(segment->seq, seq_sub(sender->fin_next, 1)) &&
           endpoint_stamps_anew(sender, &segment->options);
}

/* RFC 9293 3.8.5: the pointer leads to the octet that follows the urgent data. */
static bool fin_urg_after(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    const struct endpoint *sender = step_sender(hearing->step);
    bool has_fin = segment_has(segment, FLAG_FIN);
    if (!segment_has(segment, FLAG_URG) || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return false;
    if (!has_fin && (!sender->fin_known || sender->fin_inferred))
        return false;
    struct seq end = has_fin ? segment_end(segment) : sender->fin_next;
    struct seq urgent = seq_add(segment->seq, segment->urgent);
    hearing_compare(hearing, urgent, end, has_fin ? 0 : sender->fin_frame);
    return seq_gt(urgent, end);
}

static bool fin_storm(struct hearing *hearing)
{
    return segment_has(hearing->step->segment, FLAG_FIN) &&
           !segment_has(hearing->step->segment, FLAG_RST) &&
           hearing_bursts(hearing, hearing->limits->fin_storm_limit);
}

/* ---- a FIN apart from the rest ---- */

static bool is_first_fin(const struct hearing *hearing)
{
    const struct step *step = hearing->step;

    return segment_has(step->segment, FLAG_FIN | FLAG_ACK) &&
           !segment_has_any(step->segment, FLAG_SYN | FLAG_RST) && step_sender(step)->nxt_known &&
           !step_sender(step)->fin_known && (step->observed & OBSERVED_RESYNC) == 0;
}

/* As for data, but a FIN alone is never more than a warning. */
static enum settlement settle_fin_outside(struct docket_case *waiting, const struct step *step)
{
    uint8_t severity = waiting->finding.severity;
    enum settlement answer = settle_seq_beyond(waiting, step);

    waiting->finding.severity = severity;
    return answer;
}

/* RFC 9293 3.10.7.4 step 1. What its receiver has acknowledged behind it, only octets can have been;
 * below it nothing but the FIN's own octets may be repeated. At the edge the FIN itself may stand. */
static bool fin_out_of_window(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    struct seq end = segment_end(step->segment);
    if (!is_first_fin(hearing) || step->before[SIDE_A].mptcp || step->before[SIDE_B].mptcp)
        return false;
    if (sender->una_known && seq_lt(end, sender->snd.una)) {
        hearing_compare(hearing, end, sender->snd.una, sender->una_frame);
        return true;
    }
    if (!sender->edge_known || !step->edge_fresh)
        return false;
    /* RFC 9293 3.10.7.4 step 5: SND.WND moves on with SND.UNA where the window was not news. */
    if (sender->edge_loose && sender->una_known &&
        seq_le(seq_sub(end, 1), seq_add(sender->snd.una, sender->snd.mwnd)))
        return false;
    hearing->must_wait = true;
    hearing_compare(hearing, seq_sub(end, 1), sender->snd.edge, sender->edge_frame);
    return seq_gt(seq_sub(end, 1), sender->snd.edge);
}

/* X-REO: a hole that is filled at once was a matter of order, and what is acknowledged although it
 * was never captured has only escaped the capture. */
static enum settlement settle_fin_gap(struct docket_case *waiting, const struct step *step)
{
    const int64_t young_ns = 3000000;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = &step->before[waiting->sender];
    const struct endpoint *peer = &step->before[side_other(waiting->sender)];
    int64_t trip_ns = peer->turnaround_ns < 0 ? TRIP_UNKNOWN_NS : peer->turnaround_late_ns;
    int64_t age = case_age_ns(waiting, step);

    if (step->conn != waiting->conn || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return CASE_WAITS;
    if (segment->sender != waiting->sender) {
        if (!segment_has(segment, FLAG_ACK))
            return CASE_WAITS;
        if (seq_gt(segment->ack, sender->snd.contiguous))
            return CASE_FALLS;
        return age > trip_ns ? CASE_STANDS : CASE_WAITS;
    }
    if (segment->payload_len == 0 || seq_gt(segment->seq, sender->snd.contiguous) ||
        seq_le(segment_end(segment), sender->snd.contiguous))
        return CASE_WAITS;
    return age > young_ns && age > trip_ns / 4 ? CASE_STANDS : CASE_FALLS;
}

static bool fin_with_gap(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    hearing->must_wait = true;
    hearing_compare(hearing, step->segment->seq, sender->snd.contiguous, 0);
    return is_first_fin(hearing) && seq_lt(sender->snd.contiguous, step->segment->seq);
}

static const struct rule rules[] = {
    RULE_THAT_WAITS(fin_data_after, SENDER, FIN_AGAIN, docket_settle_far),
    RULE_THAT_WAITS(fin_ack_beyond, RECEIVER, ACK_PAST_FIN, docket_settle_far),
    RULE_THAT_WAITS(fin_moved, SENDER, FIN_AGAIN, docket_settle_far),
    RULE_THAT_WAITS(fin_out_of_window, SENDER, FIN_APART, settle_fin_outside),
    RULE_THAT_WAITS(fin_seq_wrong, SENDER, FIN_AGAIN, docket_settle_far),
    RULE(fin_urg_after, SENDER, HEADER),
    RULE(fin_storm, SENDER, FIN_AGAIN),
    RULE(fin_simultaneous, RECEIVER, FINS_CROSS),
    RULE_THAT_WAITS(fin_with_gap, SENDER, FIN_APART, settle_fin_gap),
    RULE_THAT_WAITS(fin_half_closed, RECEIVER, CONTEXT, settle_half_closed),
};

const struct family teardown_family =
    FAMILY(rules, INTEREST_FIN_AGAIN | INTEREST_FINS_CROSS | INTEREST_ACK_PAST_FIN |
                      INTEREST_CONTEXT | INTEREST_HEADER | INTEREST_FIN_APART);
