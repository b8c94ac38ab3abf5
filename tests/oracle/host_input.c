/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 9293 3.10.7: a segment arrives. The numbered steps below are that section's. */
#include "host.h"

static void input_learn_syn(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;
    const struct tcp_options *options = &segment->options;

    tcb->irs = segment->seq;
    tcb->rcv_nxt = tcb->rcv_edge = tcb->last_ack = seq_add(segment->seq, 1);
    tcb->ws_ok = host->habits.offers_ws && tcp_options_has(options, OPTION_WS);
    tcb->ts_ok = host->habits.offers_ts && tcp_options_has(options, OPTION_TS);
    tcb->sack_ok = host->habits.offers_sack && tcp_options_has(options, OPTION_SACK_PERM);
    tcb->peer_scale = tcb->ws_ok ? options->ws : 0;
    if (tcb->ts_ok)
        tcb->ts_recent = options->tsval;
    if (tcp_options_has(options, OPTION_MSS) && options->mss < tcb->mss)
        tcb->mss = options->mss;
    tcb->wnd = tcb->max_wnd = segment->wnd_field; /* never scaled on a SYN (RFC 7323 2.2) */
    tcb->wl1 = segment->seq;
    tcb->wl2 = segment->ack;
    tcb->cwnd = host->habits.cwnd * tcb->mss;
}

static void input_established(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    tcb->state = tcb->fin_wanted ? STATE_FIN_WAIT_1 : STATE_ESTABLISHED;
    if (tcb->timing)
        data_measure(host);
    else if (tcb->tries > 0)
        tcb->rto = host->habits.rto_first; /* RFC 6298 5.7 */
    tcb->tries = 0;
    if (host->habits.keepalive != NEVER)
        tcb->alive_at = host->now + host->habits.keepalive;
}

/* 3.10.7.2 step 3 */
static void input_new_passive(struct host *host, const struct segment *segment)
{
    struct tcb *tcb;

    if (rng_chance(host->rng, host->habits.ignores_syn)) {
        host->ignored = true;
        return;
    }
    tcb = host_new_tcb(host, true);
    tcb->state = STATE_SYN_RECEIVED;
    input_learn_syn(host, segment);
    output_syn(host);
    data_time_syn(host);
}

/* 3.10.7.1 and 3.10.7.2 */
static void input_without_block(struct host *host, const struct segment *segment)
{
    if (segment_has(segment, FLAG_RST))
        return;
    if (segment_has(segment, FLAG_ACK) || !host->habits.listens) {
        output_reset_reply(host, segment);
        return;
    }
    if (segment_is_syn(segment))
        input_new_passive(host, segment);
}

/* 3.10.7.3 step 4, with an acceptable SYN */
static void input_syn_in_syn_sent(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    input_learn_syn(host, segment);
    if (!segment_has(segment, FLAG_ACK)) {
        tcb->state = STATE_SYN_RECEIVED; /* simultaneous open */
        output_syn(host);
        timer_arm_rtx(host);
        return;
    }
    tcb->una = segment->ack;
    tcb->rtx_at = NEVER;
    input_established(host);
    if (tcb->queued > 0 && tcb->wnd > 0)
        output_more(host); /* the third segment carries data */
    else
        output_ack(host);
}

/* 3.10.7.3 */
static void input_syn_sent(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;
    bool acks = segment_has(segment, FLAG_ACK);

    if (acks && (seq_le(segment->ack, tcb->iss) || seq_gt(segment->ack, tcb->nxt))) {
        if (!segment_has(segment, FLAG_RST))
            output_reset_reply(host, segment);
        return;
    }
    if (segment_has(segment, FLAG_RST)) {
        if (acks)
            host_forget(host);
        return;
    }
    if (segment_has(segment, FLAG_SYN))
        input_syn_in_syn_sent(host, segment);
}

/* An ACK that tells the peer where we are; RFC 5961 7: not too many of them. */
static void input_challenge(struct host *host, const struct segment *segment)
{
    if (segment->payload_len == 0 && host->now - host->challenged_at < host->habits.challenge_gap)
        return;
    host->challenged_at = host->now;
    output_ack(host);
}

/* RFC 7323 5.3 R1: a timestamp from the past. */
static bool input_paws_rejects(const struct tcb *tcb, const struct segment *segment)
{
    return tcb->ts_ok && tcp_options_has(&segment->options, OPTION_TS) &&
           !segment_has(segment, FLAG_RST) &&
           (int32_t)(segment->options.tsval - tcb->ts_recent) < 0;
}

/* Step 1: is any of it inside the receive window? */
static bool input_in_window(const struct tcb *tcb, const struct segment *segment)
{
    struct seq first = segment->seq;
    struct seq last = seq_sub(segment_end(segment), 1);

    if (seq_eq(tcb->rcv_nxt, tcb->rcv_edge))
        return segment->len == 0 && seq_eq(first, tcb->rcv_nxt);
    if (segment->len == 0)
        return seq_le(tcb->rcv_nxt, first) && seq_lt(first, tcb->rcv_edge);
    return (seq_le(tcb->rcv_nxt, first) && seq_lt(first, tcb->rcv_edge)) ||
           (seq_le(tcb->rcv_nxt, last) && seq_lt(last, tcb->rcv_edge));
}

/* TIME-WAIT may end early for a SYN that is surely new (RFC 6191; MAY-2). */
static bool input_reopens(const struct host *host, const struct segment *segment)
{
    const struct tcb *tcb = &host->tcb;

    if (tcb->state != STATE_TIME_WAIT || !segment_is_syn(segment) || !host->habits.listens)
        return false;
    if (tcb->ts_ok && tcp_options_has(&segment->options, OPTION_TS) &&
        (int32_t)(segment->options.tsval - tcb->ts_recent) > 0)
        return true;
    return seq_gt(segment->seq, tcb->rcv_nxt) && !input_paws_rejects(tcb, segment);
}

/* Step 2, with the three cases of RFC 5961 3.2. */
static void input_reset(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (!seq_eq(segment->seq, tcb->rcv_nxt)) {
        input_challenge(host, segment);
        return;
    }
    if (tcb->state == STATE_SYN_RECEIVED && tcb->passive) {
        host_forget(host);
        host->was_open = false; /* back to LISTEN */
        return;
    }
    host_forget(host);
}

/* A RST that was sent before its sender heard that its FIN arrived. RFC 9293 3.10.7.4 step 1 drops
 * it, Linux obeys it; nobody can tell until the end sends again. */
static void input_old_reset(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (!tcb->peer_fin_done || !seq_eq(segment->seq, seq_sub(tcb->rcv_nxt, 1)))
        return;
    host->doubt = STATE_CLOSED;
    host->doubt_alive = true;
    if (!host->habits.obeys_old_reset)
        return;
    host->doubt = (uint8_t)tcb->state;
    host_forget(host);
}

/* RFC 9293 drops a segment that ends at RCV.NXT with all that it says. Linux heeds its ACK, which
 * matters when that acknowledges the FIN. */
static void input_old_ack(struct host *host, const struct segment *segment)
{
    static const uint8_t next[STATES] = {[STATE_FIN_WAIT_1] = STATE_FIN_WAIT_2,
                                         [STATE_CLOSING] = STATE_TIME_WAIT,
                                         [STATE_LAST_ACK] = STATE_CLOSED};
    struct tcb *tcb = &host->tcb;
    uint8_t before = (uint8_t)tcb->state;

    if (segment->len == 0 || !segment_has(segment, FLAG_ACK) || segment_has(segment, FLAG_SYN) ||
        !seq_eq(segment_end(segment), tcb->rcv_nxt) || !is_synchronized(tcb->state))
        return;
    if (tcb->fin_sent && seq_gt(segment->ack, tcb->fin) && next[before] != STATE_UNKNOWN) {
        host->doubt = host->habits.hears_old_ack ? before : next[before];
        host->doubt_alive = false;
    }
    if (host->habits.hears_old_ack)
        data_acked(host, segment);
}

/* What is outside of the window is answered and dropped; also the second SYN of a simultaneous
 * open comes by here, and a repeated SYN in SYN-RECEIVED. */
static void input_outside(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (segment_has(segment, FLAG_RST)) {
        input_old_reset(host, segment);
        return;
    }
    if (tcb->state == STATE_SYN_RECEIVED && segment_is_syn(segment) &&
        seq_eq(segment->seq, tcb->irs) && host->habits.synack_again) {
        output_syn(host);
        return;
    }
    /* A closed window still takes valid ACKs (step 1, last paragraph). */
    if (segment_has(segment, FLAG_ACK) && !segment_has(segment, FLAG_SYN) &&
        seq_eq(segment->seq, tcb->rcv_nxt) && is_synchronized(tcb->state))
        data_acked(host, segment);
    input_old_ack(host, segment);
    if (tcb->open)
        input_challenge(host, segment);
}

/* Step 4: a SYN inside the window of a connection. false: the segment is done with. */
static bool input_syn_again(struct host *host, const struct segment *segment)
{
    if (!segment_has(segment, FLAG_SYN))
        return true;
    if (host->tcb.state == STATE_SYN_RECEIVED && host->tcb.passive) {
        host_forget(host);
        host->was_open = false;
        return false;
    }
    input_challenge(host, segment); /* RFC 5961 4.2 */
    return false;
}

/* Step 5 for SYN-RECEIVED. false: the segment is done with. */
static bool input_ack_of_syn(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (seq_le(segment->ack, tcb->una) || seq_gt(segment->ack, tcb->nxt)) {
        output_reset_reply(host, segment);
        return false;
    }
    if (tcb->passive && segment->len == 0 && rng_chance(host->rng, host->habits.ignores_ack)) {
        host->ignored = true;
        return false;
    }
    input_established(host);
    tcb->wnd = (uint32_t)segment->wnd_field
               << (segment_has(segment, FLAG_SYN) ? 0 : tcb->peer_scale);
    tcb->max_wnd = tcb->wnd > tcb->max_wnd ? tcb->wnd : tcb->max_wnd;
    tcb->wl1 = segment->seq;
    tcb->wl2 = segment->ack;
    return true;
}

/* RFC 9293 3.5 Figure 7: the SYN-ACK of a simultaneous open repeats the SYN's number, so it lies
 * left of the window and counts for its ACK. */
static bool input_crossing_synack(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (tcb->state != STATE_SYN_RECEIVED || tcb->passive || !segment_is_syn_ack(segment) ||
        !seq_eq(segment->seq, tcb->irs) || !seq_eq(segment->ack, seq_add(tcb->iss, 1)))
        return false;
    if (input_ack_of_syn(host, segment)) {
        data_acked(host, segment);
        output_ack(host);
        output_more(host);
    }
    return true;
}

/* Step 5 for the synchronized states, RFC 5961 5.2: an ACK number far from anything sent. */
static bool input_ack_plausible(struct host *host, const struct segment *segment)
{
    const struct tcb *tcb = &host->tcb;

    if (seq_gt(segment->ack, tcb->nxt) || seq_lt(segment->ack, seq_sub(tcb->una, tcb->max_wnd))) {
        input_challenge(host, segment);
        return false;
    }
    return true;
}

/* 3.10.7.4 */
static void input_other_states(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (input_reopens(host, segment)) {
        host_forget(host);
        host->reopening = true;
        input_new_passive(host, segment);
        host->reopening = false;
        return;
    }
    if (input_crossing_synack(host, segment))
        return;
    if (input_paws_rejects(tcb, segment)) {
        input_challenge(host, segment);
        return;
    }
    if (!input_in_window(tcb, segment)) {
        /* RFC 9293 3.10.7.4 step 8 for TIME-WAIT: only the FIN again restarts the 2 MSL. */
        if (tcb->state == STATE_TIME_WAIT && segment_has(segment, FLAG_FIN))
            host_time_wait(host);
        input_outside(host, segment);
        return;
    }
    if (segment_has(segment, FLAG_RST)) {
        input_reset(host, segment);
        return;
    }
    if (!input_syn_again(host, segment) || !segment_has(segment, FLAG_ACK))
        return;
    if (tcb->state == STATE_SYN_RECEIVED) {
        if (!input_ack_of_syn(host, segment))
            return;
    } else if (!input_ack_plausible(host, segment)) {
        return;
    }
    data_options(host, segment);
    data_acked(host, segment);
    if (!tcb->open)
        return;
    data_arrives(host, segment);
    output_more(host);
}

static void input_block(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (!tcb->open) {
        input_without_block(host, segment);
        return;
    }
    if (tcb->alive_at != NEVER) {
        tcb->alive_at = host->now + host->habits.keepalive;
        tcb->alive_tries = 0;
    }
    if (tcb->state == STATE_SYN_SENT)
        input_syn_sent(host, segment);
    else
        input_other_states(host, segment);
}

void host_deliver(struct host *host, const struct segment *segment)
{
    host->ignored = false;
    if (host->has_shadow && host->shadow.open && !host->tcb.open)
        host_tell_shadow(host, segment, input_block);
    input_block(host, segment);
}
