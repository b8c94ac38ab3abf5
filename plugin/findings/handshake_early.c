/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes before the handshake allows it: answers to a SYN that are none, and segments of an end
 * that still waits for the other. RFC 9293 3.5, 3.5.1, 3.10.7.1, 3.10.7.3; RFC 5961 4.2.
 *
 * Nearly all of them may as well have been sent later than it seems, because the capture lacks what
 * came between. So the verdicts wait until a later segment shows where both ends really stood.
 */
#include "family.h"

/* X-RTT, X-REO: the round trip is not known yet; so long it may take, and a quarter of that a
 * segment may be stored too early or too late. */
#define UNKNOWN_RTT_NS 200000000

/* Is this the SYN-ACK behind which the segment that waits was sent? Then the capture's order is
 * wrong, or this is a copy of one that it lacks. */
static bool is_its_synack(const struct docket_case *waiting, const struct step *step)
{
    return segment_is_syn_ack(step->segment) && step->segment->sender == waiting->sender &&
           seq_eq(segment_end(step->segment), waiting->seq);
}

/* ---- the server's ---- */

/* An ACK without SYN towards an end in SYN-SENT. */
static bool is_ack_into_syn_sent(const struct step *step)
{
    return segment_is_pure_ack(step->segment) && step->dst.at[0] == STATE_SYN_SENT &&
           endpoint_waits_for_synack(step_receiver(step)) &&
           !endpoint_sent_any_syn(step_sender(step));
}

/* RFC 9293 3.10.7.3 step 1. */
static bool acknowledges_syn(const struct segment *segment, const struct endpoint *client)
{
    return seq_gt(segment->ack, client->snd.iss) && seq_le(segment->ack, client->snd.nxt);
}

/* The client shows whether it still waits: then it sends its SYN again, or a RST. Any other segment
 * of it means that the SYN-ACK is not captured. */
static enum settlement settle_by_client(const struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (segment_has(segment, FLAG_RST))
        return seq_eq(segment->seq, waiting->ack) ? CASE_STANDS : CASE_FALLS;
    return segment_has(segment, FLAG_SYN) ? CASE_STANDS : CASE_FALLS;
}

static enum settlement settle_odd_answer(struct docket_case *waiting, const struct step *step)
{
    if (step->segment->sender != waiting->sender)
        return settle_by_client(waiting, step);
    if (is_its_synack(waiting, step))
        return CASE_FALLS;
    return segment_has(step->segment, FLAG_SYN) ? CASE_STANDS : CASE_WAITS;
}

/* RFC 5961 4.2, RFC 9293 3.5.1 Figure 9: an older connection's end asks if this SYN is meant. */
static bool hs_challenge_ack(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *client = step_receiver(step);
    if (!is_ack_into_syn_sent(step) || acknowledges_syn(step->segment, client))
        return false;
    hearing->must_wait = true;
    hearing_compare(hearing, step->segment->ack, client->snd.nxt, client->iss_frame);
    return true;
}

/* RFC 9293 3.10.7.3 step 5: the client drops it. */
static bool hs_ack_only_reply(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *client = step_receiver(step);
    if (!is_ack_into_syn_sent(step) || !acknowledges_syn(step->segment, client))
        return false;
    hearing->must_wait = true;
    hearing->finding.limit_frame = client->iss_frame;
    return true;
}

/* Only the ACK of the SYN-ACK alone can be the one that was stored too late. */
static enum settlement settle_server_before_ack(struct docket_case *waiting,
                                                const struct step *step)
{
    const struct segment *segment = step->segment;
    int64_t age = case_age_ns(waiting, step);

    if (segment->sender == waiting->sender || segment_has(segment, FLAG_SYN))
        return CASE_WAITS;
    if (segment_has(segment, FLAG_RST))
        return CASE_FALLS;
    return seq_eq(segment->ack, waiting->seq) && age >= 0 && age <= UNKNOWN_RTT_NS ? CASE_FALLS
                                                                                  : CASE_STANDS;
}

/* RFC 9293 3.10.3: data waits until the connection is open; RFC 7413 4.2.2: not with Fast Open. A
 * FIN may leave SYN-RECEIVED (3.10.4). Where data is acknowledged, the capture lacks that too. */
static bool hs_server_before_ack(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *server = step_sender(step);
    const struct endpoint *client = step_receiver(step);
    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST | FLAG_FIN))
        return false;
    if (!server->sent_synack || server->sent_past_syn || !endpoint_waits_for_synack(client) ||
        client->offered_tfo)
        return false;
    if (!seq_eq(segment->ack, seq_add(client->snd.iss, 1)) ||
        !seq_eq(segment->seq, seq_add(server->snd.iss, 1)))
        return false;
    if (segment->payload_len == 0)
        hearing->finding.severity = SEVERITY_CHAT;
    hearing->must_wait = true;
    hearing->finding.got = segment->payload_len;
    hearing->finding.limit_frame = server->iss_frame;
    return true;
}

/* RFC 9293 3.10.7.1: an end that never asked answers with a RST of that number. All else is the
 * business of cap_missed_syn and cap_reorder. */
static enum settlement settle_unsolicited(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (segment->sender == waiting->sender)
        return segment_has(segment, FLAG_SYN) ? CASE_WAITS : CASE_FALLS;
    return segment_has(segment, FLAG_RST) && seq_eq(segment->seq, waiting->ack) ? CASE_STANDS
                                                                                : CASE_FALLS;
}

static bool hs_synack_unsolicited(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    if (!segment_is_syn_ack(step->segment) || step_sender(step)->seen || step_receiver(step)->seen)
        return false;
    hearing->must_wait = true;
    hearing->finding.got = step->segment->ack.n;
    return true;
}

/* ---- the client's ---- */

/* Where the ACK fits the SYN-ACK that comes later, that is a copy of one which the client had. The
 * SYN-ACK of another life has numbers of its own and tells nothing. */
static enum settlement settle_client_before(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;
    struct seq after_syn = seq_add(segment->seq, 1);

    if (step->conn != waiting->conn)
        return CASE_FALLS;
    if (segment->sender == waiting->sender)
        return CASE_WAITS;
    if (!segment_is_syn_ack(segment) || !seq_eq(segment->ack, waiting->seq) ||
        seq_eq(after_syn, waiting->ack) ||
        case_age_ns(waiting, step) <= UNKNOWN_RTT_NS / 4)
        return CASE_FALLS;
    waiting->finding.limit = after_syn.n;
    waiting->finding.limit_known = true;
    waiting->finding.limit_frame = segment->frame;
    return CASE_STANDS;
}

static bool hs_client_before_synack(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *client = step_sender(step);
    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST | FLAG_FIN))
        return false;
    if (!endpoint_waits_for_synack(client) || endpoint_sent_any_syn(step_receiver(step)) ||
        !seq_eq(segment->seq, client->snd.nxt))
        return false;
    hearing->must_wait = true;
    hearing->finding.got = segment->ack.n;
    return true;
}

/* A FIN to an end in SYN-SENT may come from SYN-RECEIVED, behind a SYN-ACK that is lost or not
 * captured. Another SYN-ACK, with numbers of its own, shows that there was none. */
static enum settlement settle_fin_before(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (step->conn != waiting->conn)
        return CASE_FALLS;
    if (step->conn != NULL && waiting->sender == step->conn->client)
        return settle_client_before(waiting, step);
    if (segment->sender != waiting->sender)
        return segment_is_syn(segment) ? CASE_WAITS : CASE_FALLS;
    return segment_is_syn_ack(segment) && !is_its_synack(waiting, step) ? CASE_STANDS : CASE_FALLS;
}

/* RFC 9293 3.10.4: CLOSE in SYN-SENT sends nothing. A FIN whose ACK is not of this SYN belongs to an
 * older connection, and is none of this one's. */
static bool hs_fin_in_syn_sent(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);
    bool from = endpoint_waits_for_synack(sender) && !endpoint_sent_any_syn(receiver) &&
                seq_eq(segment->seq, sender->snd.nxt);
    bool towards = endpoint_waits_for_synack(receiver) && !endpoint_sent_any_syn(sender) &&
                   step->dst.at[0] == STATE_SYN_SENT && acknowledges_syn(segment, receiver);
    if (!segment_has(segment, FLAG_FIN | FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return false;
    hearing->must_wait = true;
    hearing->gate_later = true; /* whichever end waits, its SYN is captured */
    hearing->finding.limit_frame = from ? sender->iss_frame : receiver->iss_frame;
    return from || towards;
}

/* RFC 9293 3.10.7.3 step 2: after the RST the client is CLOSED. It may open the port again, but
 * then it sends a SYN. Where the SYN-ACK came first, the RST crosses the third segment. */
static bool hs_refused_then_accepted(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct connection *conn = step->conn;
    const struct endpoint *client = step_sender(step);
    const struct endpoint *server = step_receiver(step);
    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST) ||
        !endpoint_waits_for_synack(client) || !server->sent_synack || !server->sent_rst)
        return false;
    if (conn == NULL || !conn->refused || conn->closed_frame > conn->synack_frame)
        return false;
    if (step->since_reset_ns < 0 || step->since_reset_ns > UNKNOWN_RTT_NS)
        hearing->finding.severity = SEVERITY_NOTE;
    hearing->finding.limit_frame = conn->closed_frame;
    return seq_eq(segment->seq, client->snd.nxt) &&
           seq_eq(segment->ack, seq_add(server->snd.iss, 1));
}

static const struct rule rules[] = {
    RULE(hs_refused_then_accepted, SENDER, EARLY),
    RULE_THAT_WAITS(hs_synack_unsolicited, SENDER, FIRST, settle_unsolicited),
    RULE_THAT_WAITS(hs_fin_in_syn_sent, SENDER, EARLY, settle_fin_before),
    RULE_THAT_WAITS(hs_challenge_ack, RECEIVER, EARLY, settle_odd_answer),
    RULE_THAT_WAITS(hs_ack_only_reply, RECEIVER, EARLY, settle_odd_answer),
    RULE_THAT_WAITS(hs_server_before_ack, SENDER, EARLY, settle_server_before_ack),
    RULE_THAT_WAITS(hs_client_before_synack, SENDER, EARLY, settle_client_before),
};

const struct family handshake_early_family = FAMILY(rules, INTEREST_FIRST | INTEREST_EARLY);
