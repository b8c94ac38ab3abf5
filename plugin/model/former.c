/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "former.h"

#include "model.h"

#include <string.h>

/* RFC 9293 3.6.1: who closed first waits; after a simultaneous close both do. */
static bool held_time_wait(const struct tcb *old, enum side side)
{
    return old->fin_first_known &&
           (old->fin_first == side || old->kind == TEARDOWN_SIMULTANEOUS);
}

/* One side has closed; or both, one after the other, and the last ACK is missing. */
static bool is_half_closed(const struct tcb *old)
{
    bool a = old->side[SIDE_A].end.fin_known;
    bool b = old->side[SIDE_B].end.fin_known;

    return !old->ended && (a || b) && !(a && b && old->kind == TEARDOWN_SIMULTANEOUS);
}

/* Each ACK of a repeated FIN starts TIME-WAIT anew (RFC 9293 3.10.7.4 step 8). */
static int64_t last_ack_ns(const struct tcb *old)
{
    int64_t last = old->ended_ns;

    for (unsigned side = 0; side < 2; side++)
        if (old->side[side].time_wait_ns > last)
            last = old->side[side].time_wait_ns;
    return last;
}

void former_fill(const struct history *history, bool first, struct step *step)
{
    const struct segment *segment = step->segment;
    struct former *former = &history->model->former;
    const struct connection *conn;
    const struct tcb *old;

    if (history->lives_count < 2 || step->conn != history->lives[0])
        return;
    if (!(first && segment_is_syn(segment)) &&
        !(segment_is_syn_ack(segment) && !step->conn->tcb->side[segment->sender].end.seen))
        return;
    conn = history->lives[1];
    old = conn->tcb;
    memset(former, 0, sizeof(*former));
    former->sender = &old->side[segment->sender].end;
    former->receiver = &old->side[side_other(segment->sender)].end;
    former->one_way = old->one_way;
    former->reset = old->reset && !old->refused;
    former->closed = old->ended && !old->reset;
    former->half_closed = is_half_closed(old);
    former->sender_waited = held_time_wait(old, segment->sender);
    former->closed_frame = conn->closed_frame;
    former->syn_ip_id = old->side[segment->sender].syn_ip_id;
    former->since_ns = elapsed_ns(segment->has_time, segment->time_ns, last_ack_ns(old));
    step->former = former;
}

static bool is_in_window(const struct endpoint *end, struct seq seq)
{
    return end->edge_known && end->una_known && seq_ge(seq, end->snd.una) &&
           seq_lt(seq, end->snd.edge);
}

void former_note_stale(const struct history *history, struct step *step)
{
    const struct tcb *newest = history->lives[0]->tcb;
    const struct segment *segment = step->segment;

    if (step->conn == history->lives[0] || !newest->side[SIDE_A].end.iss_exact ||
        !newest->side[SIDE_B].end.iss_exact)
        return;
    step->stale = !is_in_window(&newest->side[segment->sender].end, segment->seq);
}
