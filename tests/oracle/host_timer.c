/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

int64_t timer_next(const struct host *host)
{
    const struct tcb *tcb = &host->tcb;
    int64_t at[] = {tcb->rtx_at,    tcb->ack_at,  tcb->probe_at, tcb->alive_at,
                    tcb->orphan_at, tcb->wait_at, host->close_at};
    int64_t next = host->up_at;

    if (!tcb->open)
        return next;
    for (unsigned i = 0; i < sizeof at / sizeof *at; i++)
        if (at[i] < next)
            next = at[i];
    return next;
}

void timer_arm_rtx(struct host *host)
{
    host->tcb.rtx_at = host->now + host->tcb.rto;
}

static int64_t timer_backoff(int64_t rto)
{
    return rto * 2 > 60 * SECOND ? 60 * SECOND : rto * 2;
}

/* RFC 6298 5.4 to 5.6; RFC 9293 3.8.3 (R2). */
static void timer_retransmit(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    tcb->rtx_at = NEVER;
    if (seq_eq(tcb->una, tcb->nxt))
        return;
    if (tcb->tries++ >= host->habits.tries) {
        host_vanish(host, false);
        return;
    }
    tcb->rto = timer_backoff(tcb->rto);
    tcb->cwnd = tcb->mss;
    tcb->recovering = false;
    tcb->dupacks = 0;
    tcb->timing = false;
    if (tcb->state == STATE_SYN_SENT || seq_eq(tcb->una, tcb->iss)) {
        output_syn(host);
    } else {
        tcb->resend = tcb->una;
        output_at(host, tcb->una);
        tcb->resend = seq_min(seq_add(tcb->una, tcb->mss), tcb->nxt);
    }
    timer_arm_rtx(host);
}

static void timer_probe(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    tcb->probe_at = NEVER;
    if (tcb->wnd > 0) {
        output_more(host);
        return;
    }
    if (tcb->probes++ > 12) { /* the user's patience ends */
        host_vanish(host, false);
        return;
    }
    tcb->rto = timer_backoff(tcb->rto);
    output_probe(host);
    if (seq_eq(tcb->una, tcb->nxt))
        tcb->probe_at = host->now + tcb->rto;
}

/* RFC 9293 3.8.4 */
static void timer_alive(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    if (!is_synchronized(tcb->state) || tcb->state == STATE_TIME_WAIT) {
        tcb->alive_at = NEVER;
        return;
    }
    if (!seq_eq(tcb->una, tcb->nxt)) { /* retransmission finds out */
        tcb->alive_at = host->now + host->habits.keepalive;
        return;
    }
    if (tcb->alive_tries++ >= host->habits.keepalive_tries) {
        host_abort(host);
        return;
    }
    output_alive(host);
    tcb->alive_at = host->now + host->habits.keepalive_gap;
}

static bool timer_due(int64_t *at, int64_t now)
{
    if (*at > now)
        return false;
    *at = NEVER;
    return true;
}

void timer_run(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    if (timer_due(&host->up_at, host->now)) {
        host->down = false;
        host->ts_offset = rng_bits(host->rng);
    }
    if (tcb->open && tcb->ack_at <= host->now)
        output_ack(host);
    if (tcb->open && tcb->rtx_at <= host->now)
        timer_retransmit(host);
    if (tcb->open && tcb->probe_at <= host->now)
        timer_probe(host);
    if (tcb->open && tcb->alive_at <= host->now)
        timer_alive(host);
    if (tcb->open && timer_due(&host->close_at, host->now)) {
        if (host->habits.half_only)
            host_shutdown(host);
        else
            host_close(host);
    }
    if (tcb->open && (tcb->orphan_at <= host->now || tcb->wait_at <= host->now))
        host_vanish(host, tcb->wait_at <= host->now);
}
