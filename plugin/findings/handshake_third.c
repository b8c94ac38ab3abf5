/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The number of the segment that should complete the handshake. RFC 9293 3.10.7.4 step 1.
 *
 * A family of its own, for it must also hear what the model does not take: a number that is far off.
 */
#include "family.h"

/* X-CONF: the client goes on at its own numbers, so this one was not of them. If it goes on where
 * that was, or the server acknowledges what lies beyond the window, the capture lacks the segments
 * that led there. */
static enum settlement settle_bad_seq(struct docket_case *waiting, const struct step *step)
{
    const uint32_t unscaled_window = 65535;
    const struct segment *segment = step->segment;
    struct seq limit = seq_of(waiting->finding.limit);
    bool beyond = seq_gt(waiting->seq, limit);

    if (segment->sender != waiting->sender)
        return beyond && segment_has(segment, FLAG_ACK) && seq_gt(segment->ack, limit) ? CASE_FALLS
                                                                                       : CASE_WAITS;
    if (step->conn != waiting->conn || segment_has(segment, FLAG_RST))
        return CASE_FALLS;
    if (segment_has(segment, FLAG_SYN))
        return CASE_STANDS;
    if (beyond)
        return seq_between(waiting->sender_nxt, segment->seq, seq_add(limit, 1)) ? CASE_STANDS
                                                                                 : CASE_FALLS;
    return seq_span(segment->seq, waiting->sender_nxt) <= unscaled_window ? CASE_STANDS
                                                                          : CASE_FALLS;
}

/* Below its SYN, or beyond the window of the SYN-ACK. What lies between is data whose beginning is
 * missing. The number of the SYN itself is that of a keepalive. */
static bool hs_final_ack_bad_seq(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *client = step_sender(step);
    const struct endpoint *server = step_receiver(step);
    if (step->conn == NULL || segment->sender != step->conn->client ||
        step->dst.at[0] != STATE_SYN_RECEIVED || !server->sent_synack)
        return false;
    if (!endpoint_waits_for_synack(client) || !segment_has(segment, FLAG_ACK) ||
        segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return false;
    hearing->must_wait = true;
    if (seq_lt(segment->seq, client->snd.iss)) {
        hearing_compare(hearing, segment->seq, client->snd.iss, client->iss_frame);
        return true;
    }
    hearing_compare(hearing, segment->seq, client->snd.edge, client->edge_frame);
    return client->edge_known && seq_gt(segment->seq, client->snd.edge);
}

static const struct rule rules[] = {
    RULE_THAT_WAITS(hs_final_ack_bad_seq, SENDER, EARLY, settle_bad_seq),
};

const struct family handshake_third_family = FAMILY(rules, INTEREST_EARLY);
