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

/* From the SYN that the SYN-ACK acknowledges (a keepalive repeats its number) to a window behind
 * it: the capture may lack what came between. */
static bool goes_on_at(const struct segment *segment, struct seq first)
{
    const uint32_t unscaled_window = 65535;
    struct seq syn = seq_sub(first, 1);

    if (segment_has(segment, FLAG_SYN))
        return seq_eq(segment->seq, syn);
    return seq_span(segment->seq, syn) <= unscaled_window;
}

/* The other end tells: with other numbers, that it never sent what this acknowledges. In numbers
 * that fit, a SYN of it may be missing, and the open be simultaneous. That is no more than a note
 * where it answers with a RST or has answered as a server, and silent otherwise. */
static enum settlement settle_wrong_dir(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (segment->sender == waiting->sender)
        return CASE_WAITS;
    if (!goes_on_at(segment, waiting->ack))
        return segment_has(segment, FLAG_RST) ? CASE_FALLS : CASE_STANDS;
    waiting->finding.severity = SEVERITY_NOTE;
    if (segment_has(segment, FLAG_RST))
        return CASE_STANDS;
    return waiting->finding.limit_frame != 0 && !segment_is_syn(segment) ? CASE_STANDS : CASE_FALLS;
}

/* RFC 9293 3.10.7.3: only a SYN is answered with a SYN-ACK. */
static bool hs_synack_wrong_dir(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *client = step_sender(step);
    const struct endpoint *server = step_receiver(step);
    if (!segment_is_syn_ack(segment) || step->conn == NULL ||
        segment->sender != step->conn->client || !endpoint_waits_for_synack(client))
        return false;
    hearing->must_wait = true;
    hearing->finding.limit_frame = server->iss_frame;
    return !server->sent_syn;
}

/* RFC 9293 3.10.7.3: RCV.NXT never goes back. A server may take none of the data after all (RFC
 * 7413 4.2.2), or more of it when the SYN comes again; less than the first time is no late copy of
 * an earlier answer. */
static bool hs_synack_ack_changed(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *server = step_sender(step);
    const struct endpoint *client = step_receiver(step);
    if (!segment_is_syn_ack(segment) || !server->sent_synack || server->sent_past_syn ||
        !client->iss_known || !client->sent_syn || client->sent_past_syn || !client->una_known)
        return false;
    if (!seq_eq(segment->seq, server->snd.iss) || seq_gt(client->snd.una, client->snd.nxt))
        return false;
    hearing_compare(hearing, segment->ack, client->snd.una, client->una_frame);
    return step->synack_takes_back && seq_gt(segment->ack, seq_add(client->snd.iss, 1)) &&
           seq_lt(segment->ack, client->snd.una);
}

/* RFC 4987 3.6. Told once. */
static bool hs_synack_flood(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    uint32_t limit = hearing->limits->hs_synack_flood_limit;
    hearing->finding.got = step->synack_numbers;
    hearing->finding.limit = limit;
    hearing->finding.limit_known = true;
    return step->synack_numbers > 1 && step->synack_numbers - 1U == limit &&
           step_receiver(step)->sent_syn;
}

/* RFC 9293 3.5: B answers a SYN with a SYN, and leaves the only SYN-ACK to A. In a simultaneous
 * open both send one. */
static bool hs_split_handshake(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *server = step_sender(step);
    const struct endpoint *client = step_receiver(step);
    if (!segment_is_pure_ack(segment) || step->conn == NULL ||
        segment->sender == step->conn->client || step->dst.at[0] != STATE_SYN_RECEIVED)
        return false;
    if (!endpoint_waits_for_synack(server) || !client->sent_syn || !client->sent_synack)
        return false;
    hearing->finding.limit_frame = step->conn->synack_frame;
    return seq_eq(segment->ack, seq_add(client->snd.iss, 1));
}

/* In which numbers does it go on? In those of the SYN-ACK it had sent a newer SYN, which the capture
 * lacks. */
static enum settlement settle_seq_not_syn(struct docket_case *waiting, const struct step *step)
{
    const uint32_t near = 65536;
    const struct segment *segment = step->segment;
    struct seq iss = seq_of(waiting->finding.limit);

    if (segment->sender != waiting->sender || segment_has(segment, FLAG_SYN))
        return CASE_WAITS;
    return step->conn == waiting->conn && seq_span(segment->seq, iss) < near &&
                   seq_span(segment->seq, waiting->seq) >= near
               ? CASE_STANDS
               : CASE_FALLS;
}

/* Fig 7: the SYN-ACK of a simultaneous open repeats the SYN's own number. A newer SYN comes no
 * sooner than a second after the first (RFC 6298 2.1). */
static bool hs_synack_seq_not_syn(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    if (!segment_is_syn_ack(step->segment) || !sender->sent_syn || sender->sent_past_syn ||
        !step_receiver(step)->sent_syn)
        return false;
    hearing->must_wait = step->since_own_ns < 0 || step->since_own_ns >= SECOND_NS;
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

/* Two servers behind one address both answer, and one is slower. Counted from the first SYN. */
static bool is_soon_after_opening(const struct step *step)
{
    const struct segment *segment = step->segment;
    int64_t since_ns = elapsed_ns(segment->has_time, segment->time_ns, step->conn->first_ns);
    return since_ns >= 0 && since_ns < SECOND_NS;
}

static bool syn_est_synack_diff(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *server = step_sender(step);
    /* not step->src_before: a SYN-ACK with the old number shows its sender as it was then */
    if (!is_late_synack(step) || !server->sent_past_syn ||
        !tcp_state_is_synchronized((enum tcp_state)server->shown))
        return false;
    if (is_soon_after_opening(step))
        hearing->finding.severity = SEVERITY_NOTE;
    hearing_compare(hearing, step->segment->seq, server->snd.iss, server->iss_frame);
    if (!seq_eq(step->segment->seq, server->snd.iss))
        return true;
    hearing->finding.by_ack = true; /* that number is right: it is the other one */
    hearing_compare(hearing, step->segment->ack, seq_add(step_receiver(step)->snd.iss, 1),
                    server->iss_frame);
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
    if (segment_has_any(segment, FLAG_SYN | FLAG_FIN | FLAG_RST) ||
        window > hearing->limits->hs_tiny_window_limit)
        return false;
    hearing->finding.got = (uint32_t)window;
    return true;
}

static const struct rule rules[] = {
    RULE_THAT_WAITS(hs_synack_wrong_dir, SENDER, SYN, settle_wrong_dir),
    RULE(hs_split_handshake, SENDER, EARLY),        RULE(hs_synack_flood, RECEIVER, SYN),
    RULE(hs_synack_ack_changed, RECEIVER, SYN),
    RULE_THAT_WAITS(hs_synack_seq_not_syn, SENDER, SYN, settle_seq_not_syn),
    RULE(hs_synack_seq_changed, SENDER, SYN),
    RULE(hs_synack_after_established, SENDER, SYN), RULE(hs_tiny_window, SENDER, TINY),
    RULE(hs_tfo_partial_ack, RECEIVER, SYN),        RULE(hs_synack_data, SENDER, SYN),
    RULE(syn_est_synack_diff, SENDER, SYN),         RULE(syn_est_synack_wrong_dir, SENDER, SYN),
};

const struct family handshake_synack_family =
    FAMILY(rules, INTEREST_SYN | INTEREST_TINY | INTEREST_EARLY);
