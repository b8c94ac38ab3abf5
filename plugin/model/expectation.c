/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expectation.h"

#include "numbers.h"

static void expect_seq(struct work *work)
{
    const struct endpoint *tail = &work->tail->end;
    struct step *step = work->step;

    if (!tail->seen || !tail->nxt_known || numbers_new_iss(work))
        return;
    step->seq_expected_known = true;
    step->seq_expected = tail->snd.nxt;
    if (tail->una_known)
        step->seq_expected = seq_max(tail->snd.nxt, tail->snd.una);
}

/* What the segment acknowledges for the first time; `una` is the peer's SND.UNA before it. */
static void expect_covers(struct work *work, const struct endpoint *head)
{
    struct step *step = work->step;
    struct seq una = head->snd.una;
    uint32_t rest = step->ack_new;

    if (rest == 0)
        return;
    if (head->iss_known && seq_eq(una, head->snd.iss)) {
        step->covers |= COVERS_SYN;
        rest--;
    }
    if (head->fin_known && rest > 0 && seq_lt(una, head->fin_next) &&
        seq_ge(work->segment->ack, head->fin_next)) {
        step->covers |= COVERS_FIN;
        rest--;
    }
    if (rest > 0)
        step->covers |= COVERS_DATA;
}

static void expect_ack(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct endpoint *head = &work->head->end;
    const struct flight_entry *entry;
    struct step *step = work->step;

    if (!segment_has(segment, FLAG_ACK) || !head->seen || !head->nxt_known)
        return;
    step->ack_expected_known = true;
    step->ack_expected = head->snd.contiguous;
    if (!head->una_known) {
        /* midstream: how much is new cannot be told, but a captured FIN is */
        if (step->admission == ADMIT_FULL && head->sent_fin &&
            seq_ge(segment->ack, head->fin_next))
            step->covers |= COVERS_FIN;
        return;
    }
    step->ack_new_known = true;
    if (step->admission != ADMIT_FULL || seq_le(segment->ack, head->snd.una))
        return;
    step->ack_new = seq_span(segment->ack, head->snd.una);
    expect_covers(work, head);
    entry = flight_find(&work->head->flight, seq_sub(segment->ack, 1));
    step->ack_frame = entry != NULL ? entry->frame : 0;
}

static void expect_window(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;
    struct step *step = work->step;

    if (tail->synack_window && segment_has_any(segment, FLAG_SYN)) {
        /* the window of the peer's SYN counts from the number after this side's ISS */
        step->window_known = true;
        step->window_left = seq_add(segment->seq, 1);
        step->window_right = seq_add(step->window_left, tail->syn_window);
        return;
    }
    if (!tail->end.edge_known || !tail->end.nxt_known)
        return;
    step->window_known = true;
    step->window_left = tail->end.snd.contiguous;
    step->window_right = tail->end.snd.edge;
}

void expectation_fill(struct work *work)
{
    expect_seq(work);
    expect_ack(work);
    expect_window(work);
}
