/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 9293 3.10.7.4 steps 5 (ACK), 7 (data) and 8 (FIN) of an acceptable segment. */
#include "host.h"

struct seq data_end(const struct tcb *tcb)
{
    return tcb->fin_sent ? tcb->fin : seq_add(tcb->nxt, tcb->queued);
}

/* RFC 7323 4.3: the timestamp to echo is that of the oldest segment not yet acknowledged. */
void data_options(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;
    const struct tcp_options *options = &segment->options;

    if (tcb->ts_ok && tcp_options_has(options, OPTION_TS) && seq_le(segment->seq, tcb->last_ack) &&
        (int32_t)(options->tsval - tcb->ts_recent) >= 0)
        tcb->ts_recent = options->tsval;
    for (unsigned i = 0; i < options->sack_blocks && tcb->sack_ok; i++)
        if (seq_ge(options->sack[i].left, tcb->una) && seq_le(options->sack[i].right, tcb->nxt))
            spans_add(&tcb->sacked, options->sack[i].left, options->sack[i].right);
}

/* RFC 6298 2 */
void data_measure(struct host *host)
{
    struct tcb *tcb = &host->tcb;
    int64_t took = host->now - tcb->timed_at;
    int64_t gap;

    tcb->timing = false;
    if (tcb->srtt == 0) {
        tcb->srtt = took;
        tcb->rttvar = took / 2;
    } else {
        gap = tcb->srtt > took ? tcb->srtt - took : took - tcb->srtt;
        tcb->rttvar += (gap - tcb->rttvar) / 4;
        tcb->srtt += (took - tcb->srtt) / 8;
    }
    tcb->rto = tcb->srtt + 4 * tcb->rttvar;
    if (tcb->rto < host->habits.rto_min)
        tcb->rto = host->habits.rto_min;
}

/* The SYN or SYN-ACK is on its way. */
void data_time_syn(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    tcb->nxt = tcb->resend = tcb->timed = seq_add(tcb->iss, 1);
    tcb->timing = true;
    tcb->timed_at = host->now;
    timer_arm_rtx(host);
}

static void data_window(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (segment_has(segment, FLAG_SYN))
        return;
    if (seq_lt(tcb->wl1, segment->seq) ||
        (seq_eq(tcb->wl1, segment->seq) && seq_le(tcb->wl2, segment->ack))) {
        tcb->wnd = (uint32_t)segment->wnd_field << tcb->peer_scale;
        tcb->wl1 = segment->seq;
        tcb->wl2 = segment->ack;
        if (tcb->wnd > tcb->max_wnd)
            tcb->max_wnd = tcb->wnd;
    }
    if (tcb->wnd == 0)
        tcb->tries = 0; /* RFC 9293 3.8.6.1: a peer that answers probes is alive */
}

/* RFC 5681 3.2 and RFC 6582: the third duplicate ACK means a loss. */
static void data_duplicate_ack(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (segment->len != 0 || !seq_eq(segment->ack, tcb->una) || seq_eq(tcb->una, tcb->nxt) ||
        (uint32_t)segment->wnd_field << tcb->peer_scale != tcb->wnd)
        return;
    if (++tcb->dupacks == 3 && !tcb->recovering) {
        tcb->recovering = true;
        tcb->recover = tcb->nxt;
        tcb->cwnd = tcb->cwnd / 2 < 2U * tcb->mss ? 2U * tcb->mss : tcb->cwnd / 2;
        output_at(host, tcb->una);
    }
}

static void data_advance(struct host *host, struct seq ack)
{
    struct tcb *tcb = &host->tcb;

    tcb->una = ack;
    tcb->resend = seq_max(tcb->resend, ack);
    spans_cut(&tcb->sacked, ack);
    tcb->tries = 0;
    tcb->dupacks = 0;
    if (tcb->cwnd < 64U * tcb->mss)
        tcb->cwnd += tcb->mss;
    if (tcb->timing && seq_ge(ack, tcb->timed))
        data_measure(host);
    tcb->rtx_at = NEVER;
    if (seq_lt(ack, tcb->nxt))
        timer_arm_rtx(host);
    if (tcb->recovering && seq_ge(ack, tcb->recover))
        tcb->recovering = false;
    if (tcb->recovering && seq_eq(tcb->resend, tcb->nxt))
        output_at(host, ack); /* RFC 6582: the next hole */
}

/* Our FIN is acknowledged. */
static void data_fin_acked(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    if (tcb->state == STATE_FIN_WAIT_1) {
        tcb->state = STATE_FIN_WAIT_2;
        if (tcb->deaf && host->habits.orphan != NEVER)
            tcb->orphan_at = host->now + host->habits.orphan;
    } else if (tcb->state == STATE_CLOSING) {
        host_time_wait(host);
    } else if (tcb->state == STATE_LAST_ACK) {
        host_forget(host);
    }
}

void data_acked(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (seq_gt(segment->ack, tcb->nxt) || tcb->state == STATE_TIME_WAIT)
        return;
    if (seq_le(segment->ack, tcb->una))
        data_duplicate_ack(host, segment);
    else
        data_advance(host, segment->ack);
    data_window(host, segment);
    if (tcb->fin_sent && seq_gt(tcb->una, tcb->fin))
        data_fin_acked(host);
}

static void data_fin(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    tcb->rcv_nxt = seq_add(tcb->rcv_nxt, 1);
    tcb->rcv_edge = seq_max(tcb->rcv_edge, tcb->rcv_nxt);
    tcb->peer_fin_done = true;
    if (tcb->state == STATE_ESTABLISHED) {
        tcb->state = STATE_CLOSE_WAIT;
        if (host->habits.close_after_fin != NEVER)
            host->close_at = host->now + host->habits.close_after_fin;
    } else if (tcb->state == STATE_FIN_WAIT_1) {
        tcb->crossed = true;
        tcb->state = STATE_CLOSING; /* an acknowledged FIN has made it FIN-WAIT-2 already */
    } else if (tcb->state == STATE_FIN_WAIT_2) {
        host_time_wait(host);
    }
}

/* Takes in what the window allows; the rest will come again. */
static bool data_take(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;
    struct seq start = seq_max(segment->seq, tcb->rcv_nxt);
    struct seq end = seq_add(segment->seq, segment->payload_len);
    bool whole = seq_le(end, tcb->rcv_edge);
    struct seq before = tcb->rcv_nxt;

    end = seq_min(end, tcb->rcv_edge);
    if (segment_has(segment, FLAG_FIN) && whole && !tcb->peer_fin_known) {
        tcb->peer_fin_known = true;
        tcb->peer_fin = end;
    }
    if (seq_lt(start, end))
        spans_add(&tcb->above, start, end);
    tcb->rcv_nxt = spans_skip(&tcb->above, tcb->rcv_nxt);
    spans_cut(&tcb->above, tcb->rcv_nxt);
    tcb->received += seq_span(tcb->rcv_nxt, before);
    if (!host->reading)
        tcb->unread += seq_span(tcb->rcv_nxt, before);
    return !seq_eq(before, tcb->rcv_nxt);
}

void data_arrives(struct host *host, const struct segment *segment)
{
    struct tcb *tcb = &host->tcb;
    bool late = seq_lt(segment->seq, tcb->rcv_nxt);
    bool above = seq_gt(segment->seq, tcb->rcv_nxt);
    bool fin;

    if (segment->len == 0 || tcb->peer_fin_done)
        return;
    /* RFC 9293 3.6.1: new data after CLOSE is lost for the user, and the peer is told so. */
    if (tcb->deaf && segment->payload_len > 0 &&
        seq_gt(seq_add(segment->seq, segment->payload_len), tcb->rcv_nxt)) {
        host_vanish(host, false);
        if (host->has_shadow) /* else this is a shadow itself */
            host_tell_shadow(host, segment, data_arrives);
        output_reset_reply(host, segment);
        return;
    }
    data_take(host, segment);
    fin = tcb->peer_fin_known && seq_eq(tcb->rcv_nxt, tcb->peer_fin);
    if (fin)
        data_fin(host);
    output_ack_soon(host, late || above || tcb->above.count > 0 ||
                              (fin && !host->habits.fin_ack_delayed));
}
