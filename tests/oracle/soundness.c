/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "soundness.h"

#include <inttypes.h>
#include <stdio.h>

static unsigned soundness_fail(const struct life *life, const char *what)
{
    printf("life %" PRIu64 " of kind %s is not sound: %s\n", life->number, kind_name(life->kind),
           what);
    return 1;
}

/* Do both blocks belong to the same connection? */
static bool soundness_pair(const struct tcb *a, const struct tcb *b)
{
    return a->open && b->open && is_synchronized(a->state) && is_synchronized(b->state) &&
           seq_eq(a->irs, b->iss) && seq_eq(b->irs, a->iss);
}

/* Nobody has received what the other has not sent, or has acknowledged what it has not received;
 * RFC 9293 3.4. */
static unsigned soundness_numbers(const struct life *life, const struct tcb *a, const struct tcb *b)
{
    if (seq_gt(a->rcv_nxt, b->nxt) || seq_gt(b->una, a->rcv_nxt))
        return soundness_fail(life, "una <= rcv.nxt <= nxt does not hold");
    if (a->received > b->written)
        return soundness_fail(life, "more octets received than written");
    if (a->peer_fin_done && a->received != b->written)
        return soundness_fail(life, "a FIN was taken before all octets");
    return 0;
}

/* Which states of the two ends go together, when each has seen what its state says it has. */
static unsigned soundness_states(const struct life *life, const struct tcb *a, const struct tcb *b)
{
    bool got_fin = a->state == STATE_CLOSE_WAIT || a->state == STATE_CLOSING ||
                   a->state == STATE_LAST_ACK || a->state == STATE_TIME_WAIT;
    bool fin_acked = a->state == STATE_FIN_WAIT_2 || a->state == STATE_TIME_WAIT;

    if (got_fin != a->peer_fin_done)
        return soundness_fail(life, "the state does not say whether a FIN was received");
    if (got_fin && !b->fin_sent)
        return soundness_fail(life, "a FIN was received that was never sent");
    if (fin_acked && !b->peer_fin_done)
        return soundness_fail(life, "a FIN was acknowledged that never arrived");
    if (a->fin_sent && (a->state == STATE_ESTABLISHED || a->state == STATE_CLOSE_WAIT))
        return soundness_fail(life, "a FIN was sent and the state did not move");
    return 0;
}

unsigned soundness_check(const struct life *life)
{
    const struct world *world = &life->world;
    const struct tcb *client = &world->hosts[END_CLIENT].tcb;
    const struct tcb *server = &world->hosts[END_SERVER].tcb;

    if (world->sent_count == WORLD_SENT_MAX || world->copy_count == WORLD_COPIES_MAX)
        return soundness_fail(life, "the ends talk without end");
    if (life->kind == KIND_FORGED || !soundness_pair(client, server))
        return 0;
    return soundness_numbers(life, client, server) + soundness_numbers(life, server, client) +
               soundness_states(life, client, server) + soundness_states(life, server, client) !=
           0;
}
