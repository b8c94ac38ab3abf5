/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "standing.h"

#include "evidence.h"
#include "outcome.h"
#include "reset_class.h"
#include "tcb.h"

#include <string.h>

/* ---- collecting ---- */

static bool nothing_waits(const struct endpoint *end)
{
    return !end->una_known || !end->nxt_known || seq_ge(end->snd.una, end->snd.nxt);
}

/* Something that was sent before, or a keepalive: it asks for an answer that did not come. */
static bool asks_again(const struct work *work)
{
    return work->step->seq_expected_known &&
           seq_lt(work->segment->seq, work->step->seq_expected) &&
           !segment_has_any(work->segment, FLAG_RST);
}

static int64_t heard_ns(const struct work *work)
{
    int64_t tail_ns = work->tail->last_known ? work->tail->last_ns : 0;
    int64_t head_ns = work->head->last_known ? work->head->last_ns : 0;

    return tail_ns > head_ns ? tail_ns : head_ns;
}

/* Silence counts only while nothing waits for an answer: otherwise it is the time between two
 * repetitions. Among keepalives each interval is a little longer or shorter than the one before;
 * only a much longer one begins the count anew. */
static void note_silence(struct work *work)
{
    const struct segment *segment = work->segment;
    struct tcb *tcb = work->tcb;
    int64_t gap_ns = elapsed_ns(segment->has_time && (work->tail->last_known ||
                                                      work->head->last_known),
                                segment->time_ns, heard_ns(work));

    if (tcb->idle_side != segment->sender) {
        tcb->idle_side = (uint8_t)segment->sender;
        tcb->idle_ns = 0;
        tcb->idle_repeats = 0;
    }
    if (gap_ns > tcb->idle_ns && nothing_waits(&work->tail->end)) {
        if (gap_ns / 2 > tcb->idle_ns)
            tcb->idle_repeats = 0;
        tcb->idle_ns = gap_ns;
    }
    if (asks_again(work) && tcb->idle_repeats < UINT8_MAX)
        tcb->idle_repeats++;
}

/* Since when does the oldest octet wait, and was it sent again? RFC 6298 5.3 starts its timer in
 * the same places. */
static void note_waiting(struct work *work)
{
    const struct segment *segment = work->segment;
    struct side_record *tail = work->tail;
    struct side_record *head = work->head;

    if (segment->len > 0 && nothing_waits(&tail->end))
        tail->waits_ns = tail->repeated_ns = segment->time_ns;
    else if (segment->len > 0 && asks_again(work) && seq_le(segment->seq, tail->end.snd.una) &&
             seq_gt(segment_end(segment), tail->end.snd.una))
        tail->repeated_ns = segment->time_ns;
    if (segment_has(segment, FLAG_ACK) && head->end.una_known &&
        seq_gt(segment->ack, head->end.snd.una))
        head->waits_ns = head->repeated_ns = segment->time_ns;
}

/* A window probe looks like a keepalive where it carries no octet. But a keepalive waits for
 * seconds, and the first probes come a retransmission timeout after the window was closed:
 * RFC 9293 3.8.4, 3.8.6.1. */
static void note_probe(struct work *work)
{
    const struct segment *segment = work->segment;
    struct side_record *tail = work->tail;
    const struct endpoint *end = &tail->end;
    int64_t since = elapsed_ns(segment->has_time && work->head->last_known, segment->time_ns,
                               work->head->last_ns);

    if (segment->wnd_field != 0)
        work->head->probes = false;
    if (end->edge_known && end->snd.wnd == 0 && end->una_known && segment->len <= 1 &&
        seq_eq(end->snd.una, end->snd.edge) && seq_eq(segment->seq, seq_sub(end->snd.una, 1)) &&
        segment_has(segment, FLAG_ACK) && since >= 0 && since < SECOND_NS)
        tail->probes = true;
}

/* RFC 9293 3.5.1 Figures 9 and 10: an end that has been in a synchronized state answers as one that
 * has no connection. After a FIN or a RST it has reason to, and knows what it has closed. One that
 * spoke a moment ago has not lost anything: it aborts, and leaves the ACK out. */
static void note_lost(struct work *work)
{
    const struct step *step = work->step;
    const struct endpoint *tail = step_sender(step);
    const struct endpoint *head = step_receiver(step);
    struct tcb *tcb = work->tcb;
    int64_t since = elapsed_ns(work->segment->has_time && work->tail->last_known,
                               work->segment->time_ns, work->tail->last_ns);

    if (tcb->lost || !segment_has(work->segment, FLAG_RST) || step->rst_class == RST_STALE ||
        work->tail->since_heard != 0 || !reset_has_closed_shape(work))
        return;
    if (tail->fin_known || head->fin_known || tail->sent_rst || head->sent_rst ||
        !tcp_state_is_synchronized((enum tcp_state)tail->shown))
        return;
    tcb->lost = since >= SECOND_NS;
    tcb->lost_side = (uint8_t)work->segment->sender;
    tcb->lost_ns = since;
}

void standing_note(struct work *work)
{
    const struct segment *segment = work->segment;

    if (work->step->admission != ADMIT_FULL)
        return;
    note_silence(work);
    note_waiting(work);
    note_probe(work);
    note_lost(work);
    work->tcb->last_rst = (uint8_t)work->step->rst_class;
    if (segment_is_syn_ack(segment) && !work->tail->end.sent_synack)
        work->tail->synack_ns = segment->time_ns;
}

/* ---- reading ---- */

static bool sent_only_syns(const struct connection *conn)
{
    return conn->did[conn->client] == (DEED_SEEN | DEED_FIRST_SYN | DEED_SYN) &&
           conn->did[side_other(conn->client)] == 0;
}

static int64_t rto_of(const struct side_record *a, const struct side_record *b)
{
    const int64_t longest_ns = 60 * SECOND_NS; /* RFC 6298 2.5 */
    int64_t rto_ns = 0;

    for (unsigned i = 0; i < 2; i++) {
        const struct endpoint *end = i == 0 ? &a->end : &b->end;

        if (end->turnaround_ns >= 0)
            rto_ns += end->turnaround_late_ns < longest_ns ? end->turnaround_late_ns : longest_ns;
    }
    if (rto_ns > longest_ns)
        return longest_ns;
    return rto_ns > SECOND_NS ? rto_ns : SECOND_NS; /* RFC 6298 2.4 */
}

static void read_side(const struct side_record *record, struct standing_side *side)
{
    const struct endpoint *end = &record->end;

    side->probed = record->probes ||
                   (record->probe_known && end->una_known &&
                    seq_gt(record->probe_end, end->snd.una));
    side->repeating_ns = elapsed_ns(true, record->repeated_ns, record->waits_ns);
    side->repeated = side->repeating_ns > 0;
    side->synack_ns = elapsed_ns(end->sent_synack && record->last_known, record->last_ns,
                                 record->synack_ns);
}

void standing_of(const struct connection *conn, struct standing *standing)
{
    const struct tcb *tcb = conn->tcb;

    memset(standing, 0, sizeof(*standing));
    standing->unanswered = sent_only_syns(conn);
    standing->life_ns = elapsed_ns(conn->first_ns != 0, conn->last_ns, conn->first_ns);
    standing->rto_ns = SECOND_NS;
    if (tcb == NULL)
        return;
    for (unsigned i = 0; i < 2; i++) {
        standing->end[i] = &tcb->side[i].end;
        read_side(&tcb->side[i], &standing->side[i]);
    }
    standing->evidence = evidence_of(tcb);
    standing->last_rst = (enum rst_class)tcb->last_rst;
    standing->reset = tcb->reset;
    standing->ended = tcb->ended;
    standing->lost = tcb->lost;
    standing->lost_side = (enum side)tcb->lost_side;
    standing->lost_ns = tcb->lost_ns;
    standing->idle_side = (enum side)tcb->idle_side;
    standing->idle_ns = tcb->idle_ns;
    standing->idle_repeats = tcb->idle_repeats;
    standing->rto_ns = rto_of(&tcb->side[SIDE_A], &tcb->side[SIDE_B]);
}

int64_t connection_silence_ns(const struct connection *conn, int64_t then_ns)
{
    return elapsed_ns(conn->last_ns != 0, then_ns, conn->last_ns);
}
