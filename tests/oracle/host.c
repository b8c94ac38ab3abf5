/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

void host_begin(struct host *host)
{
    host->up_at = NEVER;
    host->close_at = NEVER;
    host->reading = true;
    host->challenged_at = -SECOND;
    host->doubt = STATES;
    host->ts_offset = rng_bits(host->rng);
    host->ip_id = (uint16_t)rng_bits(host->rng);
    host->last_end = seq_of(rng_bits(host->rng));
}

/* RFC 9293 3.4.1: a clock that never goes back over the numbers of the life before; or any number,
 * in one life of four right below a wrap of 2^31 or 2^32. */
static struct seq host_iss(struct host *host)
{
    if (host->reopening || (host->habits.iss_rises && host->was_open))
        return seq_add(host->last_end, (uint32_t)rng_between(host->rng, 64000, 900000));
    if (!host->was_open && rng_chance(host->rng, 250))
        return seq_of((rng_chance(host->rng, 500) ? 0xffffffffU : 0x7fffffffU) -
                      rng_below(host->rng, 3000));
    return seq_of(rng_bits(host->rng));
}

struct tcb *host_new_tcb(struct host *host, bool passive)
{
    struct tcb *tcb = &host->tcb;

    *tcb = (struct tcb){.open = true, .passive = passive, .serial = ++host->serials};
    tcb->iss = host_iss(host);
    tcb->una = tcb->nxt = tcb->resend = tcb->recover = tcb->iss;
    tcb->mss = host->habits.mss;
    tcb->cwnd = host->habits.cwnd * tcb->mss;
    tcb->rto = host->habits.rto_first;
    tcb->rtx_at = tcb->ack_at = tcb->probe_at = NEVER;
    tcb->alive_at = tcb->orphan_at = tcb->wait_at = NEVER;
    host->was_open = true;
    host->has_shadow = false;
    host->doubt = STATES;
    host->close_at = NEVER;
    return tcb;
}

/* The control block goes as everybody can see: the RFC's own way to CLOSED or LISTEN. */
void host_forget(struct host *host)
{
    if (seq_gt(host->tcb.nxt, host->last_end) || host->tcb.open)
        host->last_end = host->tcb.nxt;
    host->tcb.open = false;
    host->close_at = NEVER;
}

/* The control block goes and nothing on the wire says so: what a live end would do from here on is
 * kept as a shadow. */
void host_vanish(struct host *host, bool expired)
{
    host->shadow = host->tcb;
    host->shadow.deaf = false;
    host->has_shadow = host->tcb.open;
    host->shadow_expired = expired;
    host->shadow_at = host->now;
    host->shadow_since = host->world != NULL ? world_sent(host->world) : 0;
    host_forget(host);
}

void host_tell_shadow(struct host *host, const struct segment *segment,
                      void (*step)(struct host *host, const struct segment *segment))
{
    struct host shadow = *host;

    shadow.tcb = host->shadow;
    shadow.has_shadow = false;
    shadow.world = NULL;
    step(&shadow, segment);
    host->shadow = shadow.tcb;
}

void host_time_wait(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    tcb->state = STATE_TIME_WAIT;
    tcb->rtx_at = tcb->probe_at = tcb->alive_at = tcb->orphan_at = NEVER;
    tcb->wait_at = host->now + host->habits.msl2;
}

static enum tcp_state host_state(const struct host *host)
{
    if (host->tcb.open)
        return host->tcb.state;
    return host->habits.listens && !host->was_open && !host->down ? STATE_LISTEN : STATE_CLOSED;
}

void host_truth(const struct host *host, struct truth *truth)
{
    *truth = (struct truth){.state = (uint8_t)host_state(host),
                            .shadow = STATES,
                            .normal = STATES,
                            .doubt = host->doubt,
                            .serial = host->serials};
    truth->fin_begun = host->tcb.open && host->tcb.fin_wanted;
    truth->syn_open = host->tcb.open && seq_eq(host->tcb.una, host->tcb.iss);
    truth->crossed = host->tcb.open && host->tcb.crossed;
    truth->peer_fin = seq_add(host->tcb.peer_fin, 1);
    truth->may_listen = !host->tcb.open && host->habits.listens;
    if (!host->tcb.open && host->has_shadow) {
        truth->shadow = (uint8_t)(host->shadow.open ? host->shadow.state : STATE_CLOSED);
        truth->expired = host->shadow_expired;
        truth->gone_sent = host->shadow_since;
        truth->gone_at = host->shadow_at;
        truth->fin_begun = host->shadow.fin_wanted;
        truth->crossed = host->shadow.crossed;
    }
    if (!host->tcb.open && host->doubt != STATES)
        truth->fin_begun = host->tcb.fin_wanted;
    if (host->ignored)
        truth->normal = (uint8_t)(host->tcb.open ? STATE_ESTABLISHED : STATE_SYN_RECEIVED);
}
