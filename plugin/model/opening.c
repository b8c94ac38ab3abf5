/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "opening.h"

#include "model.h"
#include "offer.h"

static void note_syn(struct opening *opening, const struct segment *segment)
{
    unsigned i = opening->syns;

    /* the last place is for the latest copy: it is the one most likely answered */
    if (i == OPENING_MAX)
        i = OPENING_MAX - 1;
    else
        opening->syns++;
    opening->syn[i].tsval =
        tcp_options_has(&segment->options, OPTION_TS) ? segment->options.tsval : 0;
    opening->syn[i].tsecr = segment->options.tsecr;
    opening->syn[i].id = segment->id;
    opening->syn[i].time_ns = segment->time_ns;
    opening->syn[i].has_time = segment->has_time;
}

/* Its place among the alternatives; opening.synacks: it is none of them. */
static unsigned find_synack(const struct opening *opening, enum side sender, struct seq seq)
{
    unsigned i = 0;

    while (i < opening->synacks &&
           (opening->synack[i].sender != sender || !seq_eq(opening->synack[i].seq, seq)))
        i++;
    return i;
}

/* Those that find no room cannot be told from one another: each counts. */
static void note_synack(struct work *work)
{
    struct opening *opening = work->tcb->opening;
    const struct segment *segment = work->segment;
    unsigned i = opening->synacks;
    unsigned place = find_synack(opening, segment->sender, segment->seq);

    if (place < opening->synacks) {
        work->step->synack_takes_back = seq_lt(segment->ack, opening->synack[place].ack);
        return;
    }
    if (opening->synack_numbers < UINT16_MAX)
        work->step->synack_numbers = ++opening->synack_numbers;
    if (i == OPENING_MAX)
        return;
    opening->synack[i].sender = (uint8_t)segment->sender;
    opening->synack[i].seq = segment->seq;
    opening->synack[i].ack = segment->ack;
    opening->synack[i].frame = segment->frame;
    opening->synack[i].has_ts = tcp_options_has(&segment->options, OPTION_TS);
    opening->synack[i].tsval = segment->options.tsval;
    opening->synacks++;
}

/* Is the echo of a SYN-ACK that of no captured SYN? A later one may have answered a copy that is
 * not captured, as soon as there may have been one (RFC 6298 2: a second). Where the SYN has an
 * echo itself, the ends negotiate by a known experimental way, and the answer is the sum of both.
 */
static bool is_echo_foreign(const struct work *work)
{
    const struct opening *opening = work->tcb->opening;
    const struct segment *segment = work->segment;
    uint32_t echo = segment->options.tsecr;

    if (!work->head->end.offered_ts || !tcp_options_has(&segment->options, OPTION_TS) ||
        opening->syns == 0 || opening->syns == OPENING_MAX)
        return false;
    for (unsigned i = 0; i < opening->syns; i++) {
        if (echo == opening->syn[i].tsval ||
            echo == (opening->syn[i].tsval ^ opening->syn[i].tsecr))
            return false;
    }
    unsigned last = opening->syns - 1U;
    int64_t since = elapsed_ns(segment->has_time && opening->syn[last].has_time, segment->time_ns,
                               opening->syn[last].time_ns);
    return echo == 0 || seq_lt(seq_of(echo), seq_of(opening->syn[last].tsval)) ||
           (since >= 0 && since < SECOND_NS);
}

void opening_note(struct work *work)
{
    struct tcb *tcb = work->tcb;
    const struct segment *segment = work->segment;
    struct opening *opening;

    if (!segment_has_any(segment, FLAG_SYN) || tcb->handshake_done)
        return;
    if (tcb->opening == NULL)
        tcb->opening = pool_take(&work->model->pool, sizeof(*tcb->opening));
    opening = tcb->opening;
    if (segment_is_syn(segment) || segment_is_syn_ack(segment))
        offer_take(work);
    if (segment_is_syn(segment) && segment->sender == work->conn->client)
        note_syn(opening, segment);
    if (!segment_is_syn_ack(segment))
        return;
    note_synack(work);
    work->step->echo_foreign = segment->sender != work->conn->client && is_echo_foreign(work);
    opening->echo_known = tcp_options_has(&segment->options, OPTION_TS);
    opening->echo = segment->options.tsecr;
}

void opening_close(struct tcb *tcb, struct pool *pool)
{
    pool_give(pool, tcb->opening, sizeof(*tcb->opening));
    tcb->opening = NULL;
}

bool opening_has_synack(const struct opening *opening, enum side sender, struct seq seq)
{
    return opening != NULL && find_synack(opening, sender, seq) < opening->synacks;
}

void opening_settle(struct work *work)
{
    const struct segment *segment = work->segment;
    struct side_record *head = work->head;
    struct seq iss = seq_sub(segment->ack, 1);
    enum side peer = side_other(segment->sender);
    unsigned chosen;

    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST) ||
        !head->end.sent_synack || head->end.sent_past_syn || seq_eq(iss, head->end.snd.iss) ||
        !opening_has_synack(work->tcb->opening, peer, iss))
        return;
    chosen = find_synack(work->tcb->opening, peer, iss);
    flight_clear(&head->flight, &work->model->pool);
    /* a block of its own, with a clock of its own (RFC 7323 5.4) */
    head->end.ts_seen = work->tcb->opening->synack[chosen].has_ts;
    head->end.ts_high = work->tcb->opening->synack[chosen].tsval;
    head->end.snd.iss = iss;
    head->end.snd.una = iss;
    head->end.snd.nxt = seq_add(iss, 1);
    head->end.snd.contiguous = head->end.snd.nxt;
    head->end.has_hole = false;
    work->conn->base[peer] = iss;
}

int64_t opening_rtt_ns(const struct work *work)
{
    const struct opening *opening = work->tcb->opening;
    int found = -1;

    if (opening == NULL)
        return -1;
    for (unsigned i = 0; i < opening->syns; i++) {
        if (!opening->echo_known || opening->syn[i].tsval == opening->echo || found < 0)
            found = (int)i;
    }
    if (found < 0 || opening->synacks == 0)
        return -1;
    return elapsed_ns(opening->syn[found].has_time && work->segment->has_time,
                      work->segment->time_ns, opening->syn[found].time_ns);
}

void opening_refused(struct work *work)
{
    const struct opening *opening = work->tcb->opening;

    for (unsigned i = 0; opening != NULL && i < opening->syns; i++) {
        work_amend(work, opening->syn[i].id, AMEND_DST_BEFORE, STATE_CLOSED);
        work_amend(work, opening->syn[i].id, AMEND_DST_STATE, STATE_CLOSED);
    }
}
