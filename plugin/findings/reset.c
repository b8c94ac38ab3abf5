/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RST segments: what the receiver does with them, by their class. RFC 9293 3.5.2, 3.5.3, 3.10.7.3,
 * 3.10.7.4 step 2; RFC 5961 3.
 */
#include "family.h"

static bool rst_with_data(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    hearing->finding.got = segment->payload_len;
    return segment_has(segment, FLAG_RST) && segment->payload_len > 0;
}

/* RFC 9293 3.10.7.1: so a closed end answers a SYN, and nothing else. */
static bool answers_a_syn(const struct segment *segment)
{
    return segment_has(segment, FLAG_RST | FLAG_ACK) && segment->seq.n == 0;
}

/* The client's next SYN tells: with the same number it goes on waiting for an answer to it; with
 * another one the attempt is over. Where it goes on at the number that the RST acknowledges, that
 * was a SYN of it which the capture lacks, or stores behind the answer. */
static enum settlement settle_synsent(struct docket_case *waiting, const struct step *step)
{
    const uint32_t near = 65536;

    if (step->segment->sender == waiting->sender)
        return CASE_WAITS;
    if (step->conn != waiting->conn ||
        seq_span(step->segment->seq, seq_sub(waiting->ack, 1)) < near)
        return CASE_FALLS;
    return docket_is_past_order(waiting, step) ? CASE_STANDS : CASE_WAITS;
}

/* RFC 9293 3.10.7.3 steps 1 and 2: only a RST that acknowledges the SYN counts. Without the ACK
 * flag there is no number to compare. */
static bool rst_synsent_unacceptable(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *client = step_receiver(step);
    if (step->rst_class != RST_SYNSENT_BAD || !client->nxt_known)
        return false;
    hearing->finding.limit_frame = client->iss_frame;
    hearing->must_wait = hearing->say_meanwhile =
        answers_a_syn(step->segment) && !seq_eq(step->segment->ack, client->snd.iss);
    /* an end that gives up out of SYN-RECEIVED: its SYN-ACK was lost before the capture */
    if (!segment_has(step->segment, FLAG_ACK) && step->segment->seq.n != 0)
        hearing->finding.severity = SEVERITY_NOTE;
    if (segment_has(step->segment, FLAG_ACK))
        hearing_compare(hearing, step->segment->ack, client->snd.nxt, client->iss_frame);
    return true;
}

/* Does an end stand behind the receiver's window that a RST can still concern? */
static bool is_connected(const struct step *step)
{
    enum tcp_state state = (enum tcp_state)step->dst.at[0];
    return tcp_state_is_synchronized(state) || state == STATE_SYN_RECEIVED;
}

/* It stands where octets may end that the capture lacks, that the path has lost or that come later:
 * an end that aborts sends SND.NXT (RFC 9293 3.10.5). It knows all that its sender has acknowledged,
 * which a guess hardly does; or on this connection segments are missing or overtake each other. */
static bool may_follow_lost_octets(const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct endpoint *receiver = step_receiver(step);
    bool knows = segment_has(segment, FLAG_ACK) && receiver->una_known &&
                 seq_ge(segment->ack, receiver->snd.una);
    return seq_ge(segment->seq, step_sender(step)->snd.nxt) &&
           (knows || step->disordered || step->evidence != EVIDENCE_FULL);
}

/* An end that has aborted says no more, or repeats its RST with the number that the challenge has
 * told it. One that goes on never sent this. */
static enum settlement settle_in_window(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (step->conn != waiting->conn || segment->sender != waiting->sender ||
        segment_has(segment, FLAG_SYN))
        return CASE_WAITS;
    if (segment_has(segment, FLAG_RST))
        return step->rst_class == RST_EXACT ? CASE_FALLS : CASE_WAITS;
    if (docket_is_past_order(waiting, step))
        return CASE_STANDS;
    /* the last octets before it, stored behind it */
    return seq_eq(segment_end(segment), waiting->seq) ? CASE_FALLS : CASE_WAITS;
}

static bool rst_in_window(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    if (step->rst_class != RST_IN_WINDOW || !is_connected(step))
        return false;
    /* the end of all that it has sent may be lost before the capture, and nothing tells of that */
    hearing->must_wait = hearing->say_meanwhile = seq_ge(step->segment->seq, sender->snd.nxt);
    if (may_follow_lost_octets(step))
        hearing->finding.severity = SEVERITY_NOTE;
    hearing_compare(hearing, step->segment->seq, sender->snd.contiguous, sender->nxt_frame);
    return true;
}

static bool rst_out_of_window(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    bool is_above = seq_ge(step->segment->seq, sender->snd.edge);
    if (step->rst_class != RST_OUT_OF_WINDOW || !is_connected(step))
        return false;
    /* RFC 9293 3.5.2 (1): it takes its number from what it answers, which may be an old segment; or
     * it is 0, and the answer to a SYN that the capture lacks. */
    if (segment_has(step->segment, FLAG_ACK) ? answers_a_syn(step->segment) : !is_above)
        return false;
    /* An abort stands at SND.NXT (RFC 9293 3.10.5): with the window filled that is its edge, and one
     * more with a probe or a FIN on its way. */
    if (is_above && sender->nxt_known && seq_ge(sender->snd.nxt, sender->snd.edge) &&
        seq_le(step->segment->seq, seq_add(sender->snd.edge, 1)))
        return false;
    /* X-MPTCP: the window is the connection's, not this subflow's. X-FRESH: it may have grown. */
    if (is_above && (!step->edge_fresh || sender->mptcp || step_receiver(step)->mptcp))
        return false;
    hearing_compare(hearing, step->segment->seq, is_above ? sender->snd.edge : sender->snd.una,
                    is_above ? sender->edge_frame : sender->una_frame);
    return true;
}

/* RFC 5961 3.2, 4.2, 7. The model has compared the numbers and the time. */
static bool rst_challenge_ack(struct hearing *hearing)
{
    hearing->finding.limit_frame = hearing->step->challenge_frame;
    return hearing->step->answers_challenge;
}

/* RFC 9293 3.10.7.4 step 2 comes before step 5, so the number changes nothing; but no end that has
 * the connection can have written it. What it may know of octets that were not captured ends at the
 * edge that it has granted, where a FIN may still stand. */
static bool rst_bad_ack(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *peer = step_receiver(step);
    if (!segment_has(segment, FLAG_RST | FLAG_ACK) || segment->ack.n == 0 || answers_a_syn(segment) ||
        step->rst_class == RST_STALE || !peer->una_known || !peer->edge_known ||
        !tcp_state_is_synchronized((enum tcp_state)step->dst.at[0]))
        return false;
    struct seq lowest = seq_sub(peer->snd.una, peer->snd.mwnd);
    bool is_mptcp = peer->mptcp || step_sender(step)->mptcp;
    if (seq_gt(segment->ack, seq_add(peer->snd.edge, 1)) && seq_gt(segment->ack, peer->snd.nxt) &&
        !is_mptcp) {
        hearing_compare(hearing, segment->ack, peer->snd.edge, peer->edge_frame);
        return true;
    }
    hearing_compare(hearing, segment->ack, lowest, peer->una_frame);
    return seq_lt(segment->ack, lowest);
}

static bool is_of_this_life(const struct step *step)
{
    return step->rst_class != RST_STALE && step->rst_class != RST_SYNSENT_OK &&
           step->rst_class != RST_SYNSENT_BAD;
}

static bool rst_after_close(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    if (!segment_has(step->segment, FLAG_RST) || !is_of_this_life(step) || !sender->fin_known ||
        !step_receiver(step)->fin_known || !sender->una_known)
        return false;
    if (seq_lt(sender->snd.una, sender->fin_next) ||
        hearing_found(hearing, FINDING_tw_assassination))
        return false;
    hearing_compare(hearing, step->segment->seq, sender->fin_next, sender->fin_frame);
    return true;
}

/* RFC 5961 3.2: the model has compared the numbers. */
static bool rst_after_challenge(struct hearing *hearing)
{
    hearing->finding.limit_frame = hearing->step->confirmed_frame;
    return hearing->step->confirmed_frame != 0 && hearing->step->rst_class == RST_EXACT;
}

static bool rst_closed_reply(struct hearing *hearing)
{
    return hearing->step->rst_class == RST_CLOSED_REPLY;
}

/* In SYN-SENT it is rst_synsent_unacceptable, which comes first. */
static bool rst_ack_zero(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    return segment_has(segment, FLAG_RST | FLAG_ACK) && segment->ack.n == 0 &&
           seq_add(step_receiver(hearing->step)->snd.iss, 1).n != 0;
}

/* RFC 9293 3.6.1: data for an end that has closed for good, or has lost the connection. A SYN or a
 * FIN takes a number too, and is no data. */
static bool rst_data_lost(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *peer = step_receiver(step);
    if (step->aftermath.answered_frame == 0 || !peer->nxt_known ||
        seq_le(peer->snd.nxt, peer->snd.una))
        return false;
    uint32_t numbers = seq_span(peer->snd.nxt, peer->snd.una);
    uint32_t flags = peer->iss_known && seq_eq(peer->snd.una, peer->snd.iss) ? 1 : 0;
    if (peer->fin_known && seq_lt(peer->snd.una, peer->fin_next))
        flags++;
    hearing->finding.got = numbers - flags;
    hearing->finding.limit_frame = step->aftermath.answered_frame;
    return numbers > flags;
}

/* RFC 9293 3.5.2 leaves an end without the connection no choice of numbers. Those of an older
 * segment of the receiver are as good as those of its last. */
static bool rst_bad_reply_shape(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    if ((step->src_before != STATE_CLOSED && step->src_before != STATE_LISTEN) ||
        (step->rst_class != RST_IN_WINDOW && step->rst_class != RST_OUT_OF_WINDOW))
        return false;
    bool is_older_answer = segment_has(segment, FLAG_ACK) ? segment->seq.n == 0
                                                          : seq_le(segment->seq, sender->snd.una);
    hearing_compare(hearing, segment->seq, sender->snd.una, sender->una_frame);
    return step->aftermath.may_answer && !is_older_answer;
}

static bool rst_storm(struct hearing *hearing)
{
    return segment_has(hearing->step->segment, FLAG_RST) &&
           hearing_bursts(hearing, hearing->limits->rst_storm_limit);
}

/* RFC 9293 3.10.5: the model has compared numbers, timestamps and the time since the RST. */
static bool rst_sender_alive(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    hearing_compare(hearing, segment_end(step->segment), step->aftermath.outlived_seq,
                    step->aftermath.outlived_frame);
    return step->aftermath.outlived_frame != 0;
}

static bool rst_receiver_alive(struct hearing *hearing)
{
    hearing->finding.limit_frame = hearing->step->aftermath.unheard_frame;
    return hearing->step->aftermath.unheard_frame != 0;
}

static const struct rule rules[] = {
    RULE_THAT_WAITS(rst_synsent_unacceptable, RECEIVER, RST, settle_synsent),
    RULE(rst_out_of_window, SENDER, RST),
    RULE_THAT_WAITS(rst_in_window, SENDER, RST, settle_in_window),
    RULE(rst_sender_alive, SENDER, CONTEXT),
    RULE(rst_receiver_alive, SENDER, CONTEXT),
    RULE(rst_storm, SENDER, RST),
    RULE(rst_bad_reply_shape, SENDER, RST),
    RULE(rst_bad_ack, RECEIVER, RST),
    RULE(rst_data_lost, RECEIVER, RST),
    RULE(rst_after_close, SENDER, RST),
    RULE(rst_after_challenge, SENDER, RST),
    RULE(rst_closed_reply, RECEIVER, RST),
    RULE(rst_with_data, SENDER, RST),
    RULE(rst_ack_zero, RECEIVER, RST),
    RULE(rst_challenge_ack, SENDER, CONTEXT),
};

const struct family reset_family = FAMILY(rules, INTEREST_RST | INTEREST_CONTEXT);
