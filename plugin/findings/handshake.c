/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handshake and SYNs in any state. RFC 9293 3.5, 3.10.7.2-4. */
#include "family.h"

/* Is this the number that a client's third segment carries? With data on the SYN that was taken
 * (RFC 7413 4.1.3) it stands that much further on. */
static bool is_third_number(const struct segment *segment, const struct endpoint *client)
{
    return seq_eq(segment->seq, seq_add(client->snd.iss, 1)) ||
           (!client->sent_past_syn && client->nxt_known && seq_eq(segment->seq, client->snd.nxt));
}

/* Does the ACK answer one of the SYN-ACKs that were captured, or data sent after it? */
static bool acknowledges_server(const struct step *step, const struct endpoint *server)
{
    struct seq ack = step->segment->ack;
    return step->ack_known_synack || (seq_gt(ack, server->snd.iss) && seq_le(ack, server->snd.nxt));
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

static const struct rule rules[] = {
    {FINDING_hs_final_ack_bad_ack, ABOUT_RECEIVER, INTEREST_THIRD, hs_final_ack_bad_ack},
    {FINDING_hs_refused, ABOUT_RECEIVER, INTEREST_RST, hs_refused},
};

const struct family handshake_family = FAMILY(rules, INTEREST_THIRD | INTEREST_RST);
