/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a SYN is and what it meets: data on it, its sender giving up, copies of it.
 * RFC 9293 3.5, 3.10.7.3, 3.10.7.4 step 4. */
#include "family.h"

/* RFC 9293 3.10.7.3: legal; with Fast Open (RFC 7413) it is the rule. */
static bool hs_syn_data(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    const struct tcp_options *options = &segment->options;
    if (!segment_is_syn(segment) || segment->payload_len == 0 || options->cut)
        return false;
    if (tcp_options_has(options, OPTION_TFO) || options->tfo_experimental)
        return false;
    hearing->finding.got = segment->payload_len;
    return true;
}

/* A RST of an end that waits for a SYN-ACK, so far as its own segments show. */
static bool is_abort(const struct step *step)
{
    return segment_has(step->segment, FLAG_RST) && !segment_has(step->segment, FLAG_SYN) &&
           endpoint_waits_for_synack(step_sender(step));
}

/* RFC 9293 3.10.5: an abort in SYN-SENT. The RST that answers a wrong acknowledgment takes its
 * number from that and aborts nothing (3.10.7.3 step 1). */
static bool hs_initiator_abort(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *client = step_sender(step);
    const struct endpoint *server = step_receiver(step);
    if (!is_abort(step) || endpoint_sent_any_syn(server) || server->sent_rst)
        return false;
    return seq_ge(step->segment->seq, client->snd.iss) &&
           seq_le(step->segment->seq, client->snd.nxt);
}

/* A SYN-ACK that is answered with a RST at once: nobody meant to open the connection. */
static bool hs_halfopen_probe(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *client = step_sender(step);
    const struct endpoint *server = step_receiver(step);
    if (!is_abort(step) || !server->sent_synack || server->sent_past_syn)
        return false;
    if (!client->una_known || !seq_eq(client->snd.una, client->snd.nxt))
        return false; /* the SYN-ACK was not one that it could take */
    hearing->finding.limit_frame = server->iss_frame;
    return seq_eq(step->segment->seq, client->snd.nxt);
}

/* RFC 5961 4.2: answered with a challenge ACK, otherwise without effect. */
static bool syn_est_dup(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *client = step_sender(step);
    if (!segment_is_syn(step->segment) || !client->sent_syn ||
        !seq_eq(step->segment->seq, client->snd.iss))
        return false;
    hearing->finding.limit_frame = client->iss_frame;
    return tcp_state_is_synchronized((enum tcp_state)step->dst.at[0]);
}

static const struct rule rules[] = {
    RULE(hs_halfopen_probe, SENDER, RST),
    RULE(hs_initiator_abort, SENDER, RST),
    RULE(hs_syn_data, SENDER, SYN),
    RULE(syn_est_dup, SENDER, SYN),
};

const struct family handshake_syn_family = FAMILY(rules, INTEREST_RST | INTEREST_SYN);
