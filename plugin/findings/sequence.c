/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequence numbers, acknowledgments and windows. RFC 9293 3.4, 3.8.6, 3.10.7.4 steps 1 and 5. */
#include "family.h"

/* Has the model taken over numbers that contradict its own? */
static bool is_resync(const struct step *step)
{
    return (step->observed & OBSERVED_RESYNC) != 0;
}

static bool state_resync(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);

    if (step->admission != ADMIT_FULL || !is_resync(step))
        return false;
    hearing_compare(hearing, segment->seq, sender->snd.nxt, sender->nxt_frame);
    /* An end that goes on after its own RST keeps its numbers. */
    return (sender->nxt_known && seq_is_far(segment->seq, sender->snd.nxt)) ||
           (receiver->nxt_known && segment_has(segment, FLAG_ACK) &&
            seq_is_far(segment->ack, receiver->snd.nxt));
}

/* X-MPTCP: is the window this connection's alone? */
static bool is_window_of(const struct step *step)
{
    return !step->before[SIDE_A].mptcp && !step->before[SIDE_B].mptcp;
}

/* RFC 9293 3.8.6.1: with a closed window at most one octet may be sent, to probe it. The edge is
 * the furthest that was ever granted, so it does not matter when the news of its closing arrived.
 */
static bool seq_into_zero_window(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);

    if (step->admission != ADMIT_FULL || segment->payload_len <= 1 ||
        segment_has_any(segment, FLAG_SYN | FLAG_RST) || !sender->edge_known ||
        sender->snd.wnd != 0 || !sender->nxt_known || !seq_eq(sender->snd.edge, sender->snd.nxt) ||
        !seq_eq(segment->seq, sender->snd.edge))
        return false;
    if (!step->edge_fresh || !is_window_of(step))
        return false;
    hearing_compare(hearing, seq_add(segment->seq, segment->payload_len), sender->snd.edge,
                    sender->edge_frame);
    return true;
}

/* What the receiver takes was granted, unseen; so it may have been where its next grant covers the
 * octets. A grant never goes back: one that does not reach farther now did not do so before. */
static enum settlement settle_by_receiver(const struct docket_case *waiting,
                                          const struct step *step, struct seq limit)
{
    const struct segment *segment = step->segment;
    const struct endpoint *other = step_receiver(step);

    if (!segment_has(segment, FLAG_ACK) ||
        (other->una_known && seq_lt(segment->ack, other->snd.una)))
        return CASE_WAITS;
    if (seq_gt(segment->ack, limit) || seq_ge(hearing_granted_edge(step), waiting->end))
        return CASE_FALLS;
    /* X-REO: an old one, stored late, says nothing of what was granted since */
    return seq_le(hearing_granted_edge(step), limit) &&
                   seq_ge(segment->seq, waiting->receiver_nxt) &&
                   docket_is_past_order(waiting, step)
               ? CASE_STANDS
               : CASE_WAITS;
}

/* Proved not to be the sender's own, not only against the rules. */
static void aggravate(struct finding *finding)
{
    if (finding->severity == SEVERITY_WARN)
        finding->severity = SEVERITY_ERROR;
    else if (finding->severity == SEVERITY_NOTE)
        finding->severity = SEVERITY_WARN;
}

/* X-CONF. Back at its old numbers, the sender has shown that the odd segment was not its own: as
 * long as these are farther off than what it may have had on its way, and the path may have put in
 * another order. Nearer ones only the receiver can settle. */
enum settlement settle_seq_beyond(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;
    struct seq limit = seq_of(waiting->finding.limit);
    uint32_t window = step->before[waiting->sender].snd.mwnd;
    bool is_far = seq_span(waiting->seq, waiting->sender_nxt) > window;
    bool is_far_outside = seq_gt(waiting->seq, limit) && seq_span(waiting->seq, limit) > window;

    if (step->conn != waiting->conn || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return CASE_WAITS;
    if (is_resync(step))
        return CASE_FALLS;
    if (segment->sender != waiting->sender) {
        enum settlement answer = settle_by_receiver(waiting, step, limit);
        return answer == CASE_STANDS && is_far_outside ? CASE_WAITS : answer;
    }
    if (!is_far || seq_lt(segment->seq, waiting->sender_nxt) ||
        seq_gt(segment_end(segment), limit) || !docket_is_past_order(waiting, step))
        return CASE_WAITS;
    if (is_far_outside)
        aggravate(&waiting->finding);
    return CASE_STANDS;
}

static bool seq_beyond_window(struct hearing *hearing)
{
    const uint32_t default_mss = 536; /* RFC 9293 3.7.1 */
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    uint32_t mss = step_receiver(step)->mss != 0 ? step_receiver(step)->mss : default_mss;
    struct seq end = seq_add(segment->seq, segment->payload_len);

    if (segment->payload_len == 0 || segment_has_any(segment, FLAG_SYN | FLAG_RST) ||
        !sender->edge_known || !sender->nxt_known || seq_le(end, sender->snd.edge))
        return false;
    /* RFC 9293 3.10.7.4 step 5: SND.WND moves on with SND.UNA where the window was not news. */
    if (sender->edge_loose && sender->una_known &&
        seq_le(end, seq_add(sender->snd.una, sender->snd.mwnd)))
        return false;
    if (is_resync(step) || !step->edge_fresh || !is_window_of(step))
        return false;
    bool is_outside = seq_ge(segment->seq, sender->snd.edge);
    if (is_outside && segment->payload_len == 1)
        return false; /* RFC 9293 3.8.6.1: it may probe the window */
    hearing->must_wait = is_outside || seq_span(end, sender->snd.edge) > mss;
    hearing->finding.severity = hearing->must_wait ? SEVERITY_WARN : SEVERITY_NOTE;
    hearing_compare(hearing, is_outside ? segment->seq : end, sender->snd.edge, sender->edge_frame);
    return true;
}

/* X-CONF: the peer's next new segment tells whether it had sent so much. A pure ACK stands at its
 * SND.NXT as well. */
enum settlement settle_by_next_number(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (step->conn != waiting->conn || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return CASE_WAITS;
    if (is_resync(step))
        return CASE_FALLS;
    if (segment->sender == waiting->sender || seq_lt(segment->seq, waiting->receiver_nxt))
        return CASE_WAITS;
    if (seq_ge(segment->seq, seq_of(waiting->finding.got)))
        return CASE_FALLS;
    /* X-REO: it may be among what was acknowledged, and only be stored late */
    return docket_is_past_order(waiting, step) ? CASE_STANDS : CASE_WAITS;
}

/* RFC 9293 3.10.7.4 step 5. The limit is the sender's own: what it has granted, and one more for a
 * FIN or a probe. Octets that the capture lacks cannot explain it. */
static bool ack_beyond_window(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *peer = step_receiver(step);

    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST) ||
        !peer->edge_known || !peer->nxt_known || seq_le(segment->ack, seq_add(peer->snd.edge, 1)) ||
        is_resync(step) || !is_window_of(step) || step->ack_known_synack)
        return false;
    if (hearing_found(hearing, FINDING_hs_final_ack_bad_ack))
        return false; /* the same, of the third segment */
    hearing->must_wait = true;
    hearing_compare(hearing, segment->ack, peer->snd.edge, peer->edge_frame);
    return true;
}

/* Is int32(number - iss) a true distance? Numbers of a side that has sent a gigabyte may have come
 * round, and those of a side whose numbers were taken over anew may as well. The peer must have
 * acknowledged this SYN: another one, with another number, may have opened the connection. */
static bool is_near_iss(const struct step *step, enum side side)
{
    const uint32_t reach = (uint32_t)1 << 30;
    const struct endpoint *end = &step->before[side];

    return step->conn != NULL && step->conn->octets[side] < reach && end->nxt_known &&
           end->una_known && seq_gt(end->snd.una, end->snd.iss) &&
           seq_span(end->snd.nxt, end->snd.iss) < reach && !is_resync(step);
}

/* X-CONF. Numbers outside the model by more than a window are the sender's own after all if it goes
 * on there: then the capture paused, or missed a new life. */
static enum settlement settle_alien(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (step->conn != waiting->conn || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return CASE_WAITS;
    if (is_resync(step))
        return CASE_FALLS;
    return segment->sender == waiting->sender && step->admission == ADMIT_FULL &&
                   seq_ge(segment->seq, waiting->sender_nxt)
               ? CASE_STANDS
               : CASE_WAITS;
}

static bool seq_below_iss(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);

    if (hearing_waits(hearing, FINDING_hs_final_ack_bad_seq))
        return false; /* the same, of the third segment */
    if (segment_has_any(segment, FLAG_SYN | FLAG_RST) || !is_near_iss(step, segment->sender) ||
        seq_ge(segment->seq, sender->snd.una) || seq_ge(segment->seq, sender->snd.iss))
        return false;
    hearing->must_wait =
        step->admission == ADMIT_ALIEN || seq_is_far(segment->seq, sender->snd.iss);
    hearing_compare(hearing, segment->seq, sender->snd.iss, sender->iss_frame);
    return true;
}

/* An acknowledgment of what was never captured may be wrong itself: then it sets no limit. */
static bool is_una_sound(const struct endpoint *end)
{
    return end->una_known && end->edge_known && end->snd.mwnd != 0 && end->nxt_known &&
           seq_le(end->snd.una, end->snd.nxt);
}

/* RFC 9293 3.4.3: so old that no window can have been meant. RFC 7323 5: with a time that is older
 * than what the receiver keeps it is a copy of long ago. */
static bool seq_far_below_window(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);
    struct seq limit = seq_sub(sender->snd.una, sender->snd.mwnd);

    if (segment_has_any(segment, FLAG_SYN | FLAG_RST) || !is_una_sound(sender) || is_resync(step) ||
        seq_ge(segment_end(segment), limit))
        return false;
    hearing->must_wait = step->admission == ADMIT_ALIEN;
    bool is_older = endpoint_pair_uses_ts(sender, receiver) && receiver->ts_recent_known &&
                    tcp_options_has(&segment->options, OPTION_TS) &&
                    seq_lt(seq_of(segment->options.tsval), seq_of(receiver->ts_recent));
    /* a path that puts segments in another order may bring a copy of any age */
    if (!is_older || step->disordered)
        hearing->finding.severity = SEVERITY_NOTE;
    hearing_compare(hearing, segment_end(segment), limit, sender->una_frame);
    return true;
}

/* Before the handshake is over a foreign number is the business of the handshake's rows. An abort
 * may leave the field empty. */
static bool ack_below_iss(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *peer = step_receiver(step);
    struct seq first = seq_add(peer->snd.iss, 1);

    if (!segment_has(segment, FLAG_ACK) || segment_has(segment, FLAG_SYN) ||
        (segment_has(segment, FLAG_RST) && seq_eq(segment->ack, seq_of(0))))
        return false;
    if (!tcp_state_is_synchronized((enum tcp_state)step->dst.at[0]) ||
        !is_near_iss(step, side_other(segment->sender)) || seq_ge(segment->ack, peer->snd.una) ||
        seq_ge(segment->ack, first))
        return false;
    hearing->must_wait = step->admission == ADMIT_ALIEN || seq_is_far(segment->ack, first);
    hearing_compare(hearing, segment->ack, first, peer->iss_frame);
    return true;
}

/* RFC 5961 5.2: the receiver drops such a segment with its data, and answers with an ACK. Octets
 * that it has acknowledged already come with a copy; the blind must aim at others. */
static bool ack_too_old(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *peer = step_receiver(step);
    struct seq limit = seq_sub(peer->snd.una, peer->snd.mwnd);

    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST) ||
        !is_una_sound(peer) || is_resync(step) || seq_ge(segment->ack, limit))
        return false;
    hearing->must_wait = step->admission == ADMIT_ALIEN;
    if (segment->payload_len == 0 || seq_le(segment_end(segment), step_sender(step)->snd.una))
        hearing->finding.severity = SEVERITY_NOTE;
    hearing_compare(hearing, segment->ack, limit, peer->una_frame);
    return true;
}

/* RFC 9293 3.4: RCV.NXT never recedes. A segment that stands at SND.NXT, which pure ACKs raise as
 * well, was sent after all of its sender's that were captured before. */
static bool ack_regress_newdata(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *peer = step_receiver(step);

    if (step->admission != ADMIT_FULL || segment->len == 0 || !segment_has(segment, FLAG_ACK) ||
        segment_has_any(segment, FLAG_SYN | FLAG_RST) || is_resync(step) || !is_window_of(step) ||
        !sender->nxt_known || !seq_eq(segment->seq, sender->snd.nxt) || !peer->una_known ||
        seq_ge(segment->ack, peer->snd.una))
        return false;
    /* What was acknowledged must be the peer's: else it was that segment that was odd. */
    if (!peer->nxt_known || peer->una_frame == 0 || seq_gt(peer->snd.una, peer->snd.nxt))
        return false;
    /* Of several that are late each may have overtaken another. Only a newer time tells then. */
    if (step->disordered && !endpoint_stamps_anew(sender, &segment->options))
        return false;
    if (tcp_options_has(&segment->options, OPTION_TS) && sender->ts_seen &&
        seq_lt(seq_of(segment->options.tsval), seq_of(sender->ts_high)))
        return false;
    hearing_compare(hearing, segment->ack, peer->snd.una, peer->una_frame);
    return true;
}

/* RFC 9293 3.10.7.4 step 5: ignored. Where it is worth more than that, the rules above have said it.
 */
static bool ack_old(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *peer = step_receiver(step);

    if (step->admission != ADMIT_FULL || !segment_has(segment, FLAG_ACK) ||
        segment_has_any(segment, FLAG_SYN | FLAG_RST) || !peer->una_known || !sender->nxt_known ||
        is_resync(step) || seq_gt(segment->seq, sender->snd.nxt) ||
        (segment->len > 0 && seq_eq(segment->seq, sender->snd.nxt)) ||
        seq_ge(segment->ack, peer->snd.una) ||
        seq_lt(segment->ack, seq_sub(peer->snd.una, peer->snd.mwnd)))
        return false;
    hearing->finding.expert = false;
    hearing_compare(hearing, segment->ack, peer->snd.una, peer->una_frame);
    return true;
}

/* RFC 9293 3.8.6.1: a probe's octet may be taken even though there seemed to be no room. */
static bool ack_zwp_octet(struct hearing *hearing)
{
    const struct step *step = hearing->step;

    hearing->finding.expert = false;
    hearing_compare(hearing, step->segment->ack, step_receiver(step)->snd.edge,
                    step_receiver(step)->edge_frame);
    return step->probe_taken;
}

static const struct rule rules[] = {
    RULE_THAT_WAITS(seq_below_iss, SENDER, BEHIND, docket_settle_far),
    RULE_THAT_WAITS(seq_far_below_window, SENDER, BEHIND, settle_alien),
    RULE_THAT_WAITS(ack_below_iss, RECEIVER, BEHIND, docket_settle_far),
    RULE(ack_regress_newdata, RECEIVER, BEHIND),
    RULE_THAT_WAITS(ack_too_old, RECEIVER, BEHIND, settle_alien),
    RULE(ack_old, RECEIVER, BEHIND),
    RULE(ack_zwp_octet, RECEIVER, CONTEXT),
    RULE(seq_into_zero_window, SENDER, PAST_EDGE),
    RULE_THAT_WAITS(seq_beyond_window, SENDER, PAST_EDGE, settle_seq_beyond),
    RULE_THAT_WAITS(ack_beyond_window, RECEIVER, ACK_PAST_EDGE, settle_by_next_number),
    RULE(state_resync, SENDER, OBSERVED),
};

const struct family sequence_family = FAMILY(rules, INTEREST_PAST_EDGE | INTEREST_ACK_PAST_EDGE |
                                                        INTEREST_OBSERVED | INTEREST_BEHIND |
                                                        INTEREST_CONTEXT);
