/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

/* RFC 7323 5.4: one tick per millisecond, from a start of each host's own. */
uint32_t output_clock(const struct host *host)
{
    return host->ts_offset + (uint32_t)(host->now / MS);
}

/* The window field; the right edge never moves left (RFC 9293 3.8.6). */
static uint16_t output_window(struct host *host, bool syn)
{
    struct tcb *tcb = &host->tcb;
    uint8_t shift = tcb->ws_ok && !syn ? host->habits.scale : 0;
    uint32_t held = tcb->unread < host->habits.buffer ? host->habits.buffer - tcb->unread : 0;
    uint32_t wnd = seq_gt(tcb->rcv_edge, tcb->rcv_nxt) ? seq_span(tcb->rcv_edge, tcb->rcv_nxt) : 0;
    uint32_t field;

    /* RFC 9293 3.8.6.2.2: a slightly larger window is not worth telling. */
    if (held >= wnd + tcb->mss || held >= wnd + host->habits.buffer / 2)
        wnd = held;
    field = (wnd + (1U << shift) - 1) >> shift;
    if (field > 0xffff)
        field = 0xffff;
    tcb->rcv_edge = seq_max(tcb->rcv_edge, seq_add(tcb->rcv_nxt, field << shift));
    return (uint16_t)field;
}

static void output_timestamp(const struct host *host, struct segment *segment)
{
    if (!host->tcb.ts_ok)
        return;
    segment->options.count[OPTION_TS] = 1;
    segment->options.tsval = output_clock(host);
    segment->options.tsecr = host->tcb.ts_recent;
}

static void output_sack(const struct tcb *tcb, struct segment *segment)
{
    unsigned n = tcb->above.count < 3 ? tcb->above.count : 3;

    if (!tcb->sack_ok || n == 0)
        return;
    segment->options.count[OPTION_SACK] = 1;
    segment->options.sack_blocks = (uint8_t)n;
    for (unsigned i = 0; i < n; i++)
        segment->options.sack[i] =
            (struct sack_block){tcb->above.at[i].start, tcb->above.at[i].end};
}

static void output_send(struct host *host, struct segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (host->world == NULL) /* a shadow: it is told what arrives and sends nothing */
        return;
    if (host->doubt_alive || segment_has(segment, FLAG_FIN))
        host->doubt = STATES;
    segment->ip_id = host->ip_id++;
    segment->has_ip_id = true;
    segment->ttl = 64;
    segment->len =
        segment->payload_len + segment_has(segment, FLAG_SYN) + segment_has(segment, FLAG_FIN);
    if (tcb->open && segment_has(segment, FLAG_ACK) && !segment_has(segment, FLAG_RST)) {
        tcb->last_ack = segment->ack;
        tcb->ack_owed = 0;
        tcb->ack_at = NEVER;
    }
    world_send(host->world, host, segment);
}

/* An ACK with `payload` octets from `start` on, ready but for further flags. */
static struct segment output_plain(struct host *host, struct seq start, uint32_t payload)
{
    struct segment segment = {.seq = start, .payload_len = payload, .flags = FLAG_ACK};

    segment.ack = host->tcb.rcv_nxt;
    segment.wnd_field = output_window(host, false);
    output_timestamp(host, &segment);
    if (payload == 0)
        output_sack(&host->tcb, &segment);
    return segment;
}

/* SYN in SYN-SENT, SYN-ACK in every other state. What the peer's SYN did not offer is left out. */
void output_syn(struct host *host)
{
    struct tcb *tcb = &host->tcb;
    const struct habits *habits = &host->habits;
    bool answer = tcb->state != STATE_SYN_SENT;
    struct segment segment = {.seq = tcb->iss, .flags = FLAG_SYN};

    segment.options.count[OPTION_MSS] = 1;
    segment.options.mss = habits->mss;
    if (answer) {
        segment.flags |= FLAG_ACK;
        segment.ack = tcb->rcv_nxt;
    }
    if (answer ? tcb->ws_ok : habits->offers_ws) {
        segment.options.count[OPTION_WS] = 1;
        segment.options.ws = habits->scale;
    }
    if (answer ? tcb->sack_ok : habits->offers_sack)
        segment.options.count[OPTION_SACK_PERM] = 1;
    if (answer ? tcb->ts_ok : habits->offers_ts) {
        segment.options.count[OPTION_TS] = 1;
        segment.options.tsval = output_clock(host);
        segment.options.tsecr = answer ? tcb->ts_recent : 0;
    }
    segment.wnd_field = output_window(host, true);
    output_send(host, &segment);
}

void output_ack(struct host *host)
{
    struct segment segment = output_plain(host, host->tcb.nxt, 0);

    output_send(host, &segment);
}

void output_ack_soon(struct host *host, bool at_once)
{
    struct tcb *tcb = &host->tcb;

    tcb->ack_owed++;
    if (at_once || host->habits.delayed_ack == 0 || tcb->ack_owed >= 2) {
        output_ack(host);
        return;
    }
    if (tcb->ack_at == NEVER)
        tcb->ack_at = host->now + host->habits.delayed_ack;
}

/* Sends the FIN with this segment? Then CLOSE-WAIT moves on (3.10.4), as does SYN-RECEIVED. */
static void output_mark_fin(struct tcb *tcb, struct segment *segment, struct seq number)
{
    segment->flags |= FLAG_FIN;
    tcb->fin = number;
    tcb->fin_sent = true;
    if (tcb->state == STATE_CLOSE_WAIT)
        tcb->state = STATE_LAST_ACK;
    if (tcb->state == STATE_SYN_RECEIVED)
        tcb->state = STATE_FIN_WAIT_1;
}

/* Sends `payload` octets from `start`, and the FIN behind them. */
static void output_data(struct host *host, struct seq start, uint32_t payload, bool fin)
{
    struct tcb *tcb = &host->tcb;
    struct seq end = seq_add(start, payload + fin);
    struct segment segment;

    if (fin) {
        struct segment marked = {.flags = 0};

        output_mark_fin(tcb, &marked, seq_add(start, payload));
    }
    segment = output_plain(host, start, payload);
    if (fin)
        segment.flags |= FLAG_FIN;
    if (payload > 0 && (tcb->queued <= payload || fin))
        segment.flags |= FLAG_PSH;
    if (seq_gt(end, tcb->nxt)) {
        uint32_t fresh = seq_span(end, tcb->nxt) - (fin ? 1 : 0);

        tcb->queued -= fresh < tcb->queued ? fresh : tcb->queued;
        if (!tcb->timing && seq_ge(start, tcb->nxt)) {
            tcb->timing = true;
            tcb->timed = end;
            tcb->timed_at = host->now;
        }
        tcb->nxt = end;
    } else {
        tcb->timing = false; /* RFC 6298 3: Karn's algorithm */
    }
    output_send(host, &segment);
    timer_arm_rtx(host);
}

/* One segment again, from `start`, whatever the congestion window says. */
void output_at(struct host *host, struct seq start)
{
    struct tcb *tcb = &host->tcb;
    struct seq end = data_end(tcb);
    uint32_t left = seq_lt(start, end) ? seq_span(end, start) : 0;
    uint32_t n = left < tcb->mss ? left : tcb->mss;
    uint32_t old = seq_span(tcb->nxt, start) - (tcb->fin_sent && seq_lt(tcb->fin, tcb->nxt));

    if (seq_eq(tcb->una, tcb->iss)) { /* the SYN itself is not acknowledged */
        output_syn(host);
        return;
    }
    if (n > old) {
        uint32_t room = seq_lt(start, seq_add(tcb->una, tcb->wnd))
                            ? seq_span(seq_add(tcb->una, tcb->wnd), start)
                            : 0;

        if (!host->habits.merges || room < old)
            n = old;
        else if (n > room)
            n = room;
    }
    output_data(host, start, n, tcb->fin_sent && n == left);
}

static bool output_may_send(const struct tcb *tcb)
{
    if (tcb->state == STATE_SYN_RECEIVED)
        return tcb->passive && tcb->fin_wanted && tcb->queued == 0;
    return tcb->state >= STATE_ESTABLISHED && tcb->state != STATE_FIN_WAIT_2 &&
           tcb->state != STATE_TIME_WAIT;
}

/* One segment, old or new, as the windows allow. false: nothing more can go. */
static bool output_next(struct host *host)
{
    struct tcb *tcb = &host->tcb;
    struct seq start, end = data_end(tcb);
    uint32_t open = tcb->wnd < tcb->cwnd ? tcb->wnd : tcb->cwnd;
    uint32_t room, left, n;
    bool fin;

    tcb->resend = seq_lt(tcb->resend, tcb->nxt) ? spans_skip(&tcb->sacked, tcb->resend) : tcb->nxt;
    start = tcb->resend;
    if (seq_eq(tcb->una, tcb->iss))
        open++; /* the SYN takes a number of its own */
    room = seq_lt(start, seq_add(tcb->una, open)) ? seq_span(seq_add(tcb->una, open), start) : 0;
    left = seq_lt(start, end) ? seq_span(end, start) : 0;
    n = left < tcb->mss ? left : tcb->mss;
    if (n > room)
        n = room;
    if (seq_lt(start, tcb->nxt) && n > seq_span(tcb->nxt, start) && !host->habits.merges)
        n = seq_span(tcb->nxt, start);
    fin = tcb->fin_wanted && n == left && room > n && seq_le(start, end) &&
          (n == 0 || host->habits.fin_rides);
    if (n == 0 && !fin)
        return false;
    /* RFC 9293 3.8.6.2.1: no small pieces while much is in flight. */
    if (n < tcb->mss && n < left && seq_eq(start, tcb->nxt) && seq_lt(tcb->una, tcb->nxt))
        return false;
    output_data(host, start, n, fin);
    if (seq_lt(start, tcb->nxt))
        tcb->resend = seq_add(start, n + fin);
    return true;
}

void output_more(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    if (!tcb->open || !output_may_send(tcb))
        return;
    while (output_next(host))
        ;
    /* Nothing in flight and no room: only probes find out when there is some (3.8.6.1). */
    if (seq_eq(tcb->una, tcb->nxt) && (tcb->queued > 0 || (tcb->fin_wanted && !tcb->fin_sent))) {
        if (tcb->probe_at == NEVER)
            tcb->probe_at = host->now + tcb->rto;
    } else {
        tcb->probe_at = NEVER;
        tcb->probes = 0;
    }
}

void output_probe(struct host *host)
{
    struct tcb *tcb = &host->tcb;
    struct segment segment;

    if (host->habits.probe_octet && tcb->queued > 0) {
        output_data(host, tcb->nxt, 1, false);
        return;
    }
    segment = output_plain(host, seq_sub(tcb->una, 1), 0);
    output_send(host, &segment);
}

void output_alive(struct host *host)
{
    struct segment segment =
        output_plain(host, seq_sub(host->tcb.nxt, 1), host->habits.keepalive_octet);

    output_send(host, &segment);
}

/* ABORT: the block is gone already, its numbers are still there. */
void output_reset(struct host *host)
{
    struct segment segment = {.seq = host->tcb.nxt, .flags = FLAG_RST};

    if (host->habits.rst_has_ack) {
        segment.flags |= FLAG_ACK;
        segment.ack = host->tcb.rcv_nxt;
    }
    output_send(host, &segment);
}

/* RFC 9293 3.10.7.1: numbers that make the reset acceptable to whom it answers. */
void output_reset_reply(struct host *host, const struct segment *segment)
{
    struct segment reset = {.flags = FLAG_RST};

    if (segment_has(segment, FLAG_ACK)) {
        reset.seq = segment->ack;
    } else {
        reset.flags |= FLAG_ACK;
        reset.ack = segment_end(segment);
    }
    output_send(host, &reset);
}
