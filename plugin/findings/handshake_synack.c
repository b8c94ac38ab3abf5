/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SYN-ACKs that are repeated, changed or from the wrong end, and the window of the third segment.
 * RFC 9293 3.5, 3.10.7.3, 3.10.7.4 step 4. */
#include "family.h"

static bool hs_synack_data(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    hearing->finding.got = segment->payload_len;
    return segment_is_syn_ack(segment) && segment->payload_len > 0;
}

/* RFC 9293 3.10.7.3: what is not acknowledged will be sent again. */
static bool hs_tfo_partial_ack(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *client = step_receiver(step);
    if (!segment_is_syn_ack(segment) || !client->sent_syn || client->sent_past_syn ||
        !client->nxt_known)
        return false;
    hearing_compare(hearing, segment->ack, client->snd.nxt, client->nxt_frame);
    return seq_gt(segment->ack, seq_add(client->snd.iss, 1)) &&
           seq_lt(segment->ack, client->snd.nxt);
}

/* Fig 7: the SYN-ACK of a simultaneous open repeats the SYN's own number. */
static bool hs_synack_seq_not_syn(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    if (!segment_is_syn_ack(step->segment) || !sender->sent_syn || sender->sent_past_syn ||
        !step_receiver(step)->sent_syn)
        return false;
    hearing_compare(hearing, step->segment->seq, sender->snd.iss, sender->iss_frame);
    return !seq_eq(step->segment->seq, sender->snd.iss);
}

/* RFC 9293 3.4.1. SYN cookies change with time, and two servers may answer for one address. */
bool handshake_synack_is_changed(const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct endpoint *server = step_sender(step);
    const struct endpoint *client = step_receiver(step);
    if (!segment_is_syn_ack(segment) || !server->sent_synack || server->sent_syn ||
        server->sent_past_syn || client->sent_past_syn)
        return false;
    return client->una_known && seq_eq(segment->ack, client->snd.una) &&
           !seq_eq(segment->seq, server->snd.iss);
}

static bool hs_synack_seq_changed(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *server = step_sender(step);
    if (!handshake_synack_is_changed(step) || hearing_waits(hearing, FINDING_inj_synack_race))
        return false;
    hearing_compare(hearing, step->segment->seq, server->snd.iss, server->iss_frame);
    return true;
}

/* Does the SYN-ACK acknowledge the client's SYN, with or without the data that came on it? Asked
 * only where its number is known. */
static bool answers_syn(const struct segment *segment, const struct endpoint *client)
{
    if (client->offered_tfo)
        return seq_gt(segment->ack, client->snd.iss) && seq_le(segment->ack, client->snd.una);
    return seq_eq(segment->ack, seq_add(client->snd.iss, 1));
}

/* A SYN-ACK of the server after a handshake that the client has completed. */
static bool is_late_synack(const struct step *step)
{
    const struct endpoint *server = step_sender(step);
    const struct endpoint *client = step_receiver(step);

    return segment_is_syn_ack(step->segment) && step->conn != NULL &&
           step->segment->sender != step->conn->client && server->sent_synack &&
           client->sent_past_syn && client->una_known;
}

/* Before the server has shown that it got the third segment it is its timer; afterwards it is a
 * copy that was long on its way (RFC 9293 3.8.1, 3.10.7.4 step 4). */
static bool hs_synack_after_established(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *server = step_sender(step);
    if (!is_late_synack(step) || !seq_eq(step->segment->seq, server->snd.iss) ||
        !step_receiver(step)->iss_known || !answers_syn(step->segment, step_receiver(step)))
        return false;
    if (!server->sent_past_syn)
        hearing->finding.severity = SEVERITY_CHAT;
    hearing->finding.limit_frame = server->iss_frame;
    return true;
}

static bool syn_est_synack_diff(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *server = step_sender(step);
    /* not step->src_before: a SYN-ACK with the old number shows its sender as it was then */
    if (!is_late_synack(step) || !server->sent_past_syn ||
        !tcp_state_is_synchronized((enum tcp_state)server->shown))
        return false;
    hearing_compare(hearing, step->segment->seq, server->snd.iss, server->iss_frame);
    if (!seq_eq(step->segment->seq, server->snd.iss))
        return true;
    hearing->finding.limit_known = false; /* that number is right: it is the other one */
    return step_receiver(step)->iss_known && !answers_syn(step->segment, step_receiver(step));
}

/* The SYN-ACK of a simultaneous open may be late (RFC 9293 3.5 Figure 7). */
static bool syn_est_synack_wrong_dir(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *client = step_sender(step);
    const struct endpoint *server = step_receiver(step);
    if (!segment_is_syn_ack(segment) || step->conn == NULL ||
        segment->sender != step->conn->client || !client->sent_syn || !client->sent_past_syn)
        return false;
    if (seq_eq(segment->seq, client->snd.iss) && seq_eq(segment->ack, seq_add(server->snd.iss, 1)))
        return false;
    hearing_compare(hearing, segment->seq, client->snd.iss, client->iss_frame);
    return tcp_state_is_synchronized(step->src_before);
}

/* The window of the third segment is the first that is scaled (RFC 7323 2.2). */
static bool hs_tiny_window(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *client = step_sender(step);
    uint64_t window = (uint64_t)segment->wnd_field << client->scale;
    if (step->dst.at[0] != STATE_SYN_RECEIVED || !step->ack_known_synack || step->conn == NULL ||
        segment->sender != step->conn->client || !client->scale_known)
        return false;
    if (segment_has_any(segment, FLAG_SYN | FLAG_FIN | FLAG_RST) || window > TINY_WINDOW)
        return false;
    hearing->finding.got = (uint32_t)window;
    return true;
}

static const struct rule rules[] = {
    RULE(hs_synack_seq_not_syn, SENDER, SYN),       RULE(hs_synack_seq_changed, SENDER, SYN),
    RULE(hs_synack_after_established, SENDER, SYN), RULE(hs_tiny_window, SENDER, TINY),
    RULE(hs_tfo_partial_ack, RECEIVER, SYN),        RULE(hs_synack_data, SENDER, SYN),
    RULE(syn_est_synack_diff, SENDER, SYN),         RULE(syn_est_synack_wrong_dir, SENDER, SYN),
};

const struct family handshake_synack_family = FAMILY(rules, INTEREST_SYN | INTEREST_TINY);
