/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence.h"

#define UNANSWERED_MAX 5

/* Does the segment ask for an answer that was not asked for before? Retransmissions and keepalives
 * count only while nothing at all of the peer was captured. */
static bool demands_answer(const struct work *work)
{
    const struct step *step = work->step;

    if (work->segment->len == 0)
        return false;
    if (!work->head->end.seen)
        return true;
    return !segment_has_any(work->segment, FLAG_SYN | FLAG_FIN) &&
           (!step->seq_expected_known || seq_ge(work->segment->seq, step->seq_expected));
}

/* Has the peer been silent for longer than it ever needed to answer? */
static bool peer_is_silent(const struct work *work)
{
    const int64_t patience_ns = 200000000;
    const struct side_record *head = work->head;
    int64_t since = elapsed_ns(work->segment->has_time && head->last_known,
                               work->segment->time_ns, head->last_ns);

    if (!head->end.seen)
        return true;
    return since > patience_ns && since > 4 * head->end.turnaround_ns;
}

void evidence_note(struct work *work)
{
    struct side_record *tail = work->tail;
    struct side_record *head = work->head;

    head->unanswered = 0;
    if (tail->end.seen && head->end.seen && work->tcb->one_way && tail->last_known &&
        head->last_known && tail->unanswered == 0)
        work->tcb->one_way = false;
    if (demands_answer(work))
        tail->unanswered++;
    /* an ACK number that moves on shows that the peer talks, uncaptured */
    if (!head->end.seen && segment_has(work->segment, FLAG_ACK) && tail->last_known &&
        tail->last_had_ack && seq_gt(work->segment->ack, tail->last_ack))
        work->tcb->one_way = true;
    if (tail->unanswered >= UNANSWERED_MAX && peer_is_silent(work))
        work->tcb->one_way = true;
    if (work->tcb->one_way)
        work_observe_once(work, OBSERVED_ONE_WAY);
}

enum evidence evidence_of(const struct tcb *tcb)
{
    const struct side_record *a = &tcb->side[SIDE_A];
    const struct side_record *b = &tcb->side[SIDE_B];

    if (tcb->one_way)
        return EVIDENCE_ONE_WAY;
    if (tcb->midstream)
        return EVIDENCE_MIDSTREAM;
    if (tcb->syn_missing || tcb->segment_missing || tcb->octets_missing || tcb->limit_reached || a->end.has_hole ||
        b->end.has_hole)
        return EVIDENCE_LOSSY;
    return EVIDENCE_FULL;
}
