/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handshake: what answers a SYN and a SYN-ACK. RFC 9293 3.5, 3.10.7.3-4. */
#include "family.h"

/* Is this the number that a client's third segment carries? With data on the SYN that was taken
 * (RFC 7413 4.1.3) it stands that much further on. */
static bool is_third_number(const struct segment *segment, const struct endpoint *client)
{
    return (client->iss_known && seq_eq(segment->seq, seq_add(client->snd.iss, 1))) ||
           (!client->sent_past_syn && client->nxt_known && seq_eq(segment->seq, client->snd.nxt));
}

/* Does the ACK answer one of the SYN-ACKs that were captured, or data sent after it? */
static bool acknowledges_server(const struct step *step, const struct endpoint *server)
{
    struct seq ack = step->segment->ack;
    return step->ack_known_synack || (seq_gt(ack, server->snd.iss) && seq_le(ack, server->snd.nxt));
}

/* The server's next segment tells: it stands where the ACK says, so that octets of it are missing in
 * the capture; or it rejects the ACK, or sends its SYN-ACK again. */
static enum settlement settle_final_ack(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (step->conn != waiting->conn)
        return CASE_FALLS;
    if (segment->sender == waiting->sender)
        return segment_has(segment, FLAG_ACK) && seq_lt(segment->ack, waiting->ack) &&
                       docket_is_past_order(waiting, step)
                   ? CASE_STANDS
                   : CASE_WAITS;
    if (segment_has_any(segment, FLAG_RST | FLAG_SYN))
        return CASE_STANDS;
    return seq_ge(segment->seq, waiting->ack) ? CASE_FALLS : CASE_WAITS;
}

static bool hs_final_ack_bad_ack(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *client = step_sender(step);
    const struct endpoint *server = step_receiver(step);
    if (step->conn == NULL || segment->sender != step->conn->client)
        return false;
    if (step->dst.at[0] != STATE_SYN_RECEIVED || !server->sent_synack || !server->nxt_known)
        return false;
    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return false;
    if (!is_third_number(segment, client) || acknowledges_server(step, server))
        return false;
    /* One beyond may be a FIN that the capture lacks. */
    if (seq_eq(segment->ack, seq_add(server->snd.nxt, 1)))
        hearing->finding.severity = SEVERITY_NOTE;
    /* octets that the client's SYN has granted may have come, and the first ACK of them, uncaptured */
    hearing->must_wait = server->edge_known && seq_gt(segment->ack, server->snd.nxt) &&
                         seq_le(segment->ack, seq_add(server->snd.edge, 1));
    hearing_compare(hearing, segment->ack, server->snd.nxt, server->nxt_frame);
    return true;
}

static bool hs_refused(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *client = step_receiver(step);
    if (step->rst_class != RST_SYNSENT_OK || !client->nxt_known)
        return false;
    hearing_compare(hearing, step->segment->ack, client->snd.nxt, client->iss_frame);
    return true;
}

/* What does the client make of it? A RST of exactly that number is the textbook's answer (RFC 9293
 * 3.10.7.3 step 1); going on at that number means that a device between the two renumbers the
 * stream, or that the SYN it answers is not captured. */
static enum settlement settle_synack_bad_ack(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (segment->sender == waiting->sender)
        return CASE_WAITS;
    if (segment_has(segment, FLAG_RST)) {
        if (seq_eq(segment->seq, waiting->ack) && waiting->finding.severity > SEVERITY_NOTE)
            waiting->finding.severity = SEVERITY_NOTE;
        return CASE_STANDS;
    }
    if (segment_has(segment, FLAG_SYN)) /* stored behind its answer? */
        return seq_eq(segment_end(segment), waiting->ack) ? CASE_FALLS : CASE_STANDS;
    return seq_eq(segment->seq, waiting->ack) ? CASE_FALLS : CASE_STANDS;
}

static bool hs_synack_bad_ack(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *client = step_receiver(step);
    if (!segment_is_syn_ack(segment) || segment_has(segment, FLAG_FIN) || !client->sent_syn ||
        client->sent_past_syn || !client->nxt_known)
        return false;
    if (seq_gt(segment->ack, client->snd.iss) && seq_le(segment->ack, client->snd.nxt))
        return false;
    hearing->must_wait = true;
    hearing_compare(hearing, segment->ack, client->snd.nxt, client->nxt_frame);
    return true;
}

/* RFC 9293 3.5 Figure 7. A copy of that SYN says nothing new. */
static bool hs_simultaneous_open(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *other = step_receiver(step);
    if (!segment_is_syn(step->segment) || step_sender(step)->seen)
        return false;
    if (!other->sent_syn || other->sent_synack || other->sent_past_syn ||
        step->dst.at[0] != STATE_SYN_SENT)
        return false;
    hearing->finding.limit_frame = other->iss_frame;
    return true;
}

static const struct rule rules[] = {
    RULE_THAT_WAITS(hs_final_ack_bad_ack, RECEIVER, THIRD, settle_final_ack),
    RULE_THAT_WAITS(hs_synack_bad_ack, RECEIVER, SYN, settle_synack_bad_ack),
    RULE(hs_simultaneous_open, RECEIVER, SYN),
    RULE(hs_refused, RECEIVER, RST),
};

const struct family handshake_family = FAMILY(rules, INTEREST_THIRD | INTEREST_SYN | INTEREST_RST);
