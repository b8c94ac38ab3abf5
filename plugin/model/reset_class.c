/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reset_class.h"

static bool acknowledges_syn(const struct segment *segment, const struct endpoint *head)
{
    return segment_has(segment, FLAG_ACK) && head->iss_known && head->nxt_known &&
           seq_gt(segment->ack, head->snd.iss) && seq_le(segment->ack, head->snd.nxt);
}

/* RFC 5961 3.2 (2): exactly what the receiver expects next, as far as a passer-by can tell: with
 * data in flight the receiver may stand at any boundary between SND.UNA and SND.NXT. */
static bool is_exact(const struct work *work)
{
    const struct endpoint *tail = &work->tail->end;
    struct seq seq = work->segment->seq;

    return (tail->una_known && seq_eq(seq, tail->snd.una)) ||
           (tail->nxt_known && seq_eq(seq, tail->snd.contiguous)) ||
           flight_has_boundary(&work->tail->flight, seq);
}

bool reset_has_closed_shape(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *head = work->head;

    if (!head->last_known)
        return false;
    if (!segment_has(segment, FLAG_ACK))
        return head->last_had_ack && seq_eq(segment->seq, head->last_ack);
    return seq_eq(segment->seq, seq_of(0)) && seq_eq(segment->ack, head->last_end);
}

static enum rst_class place_in_window(const struct endpoint *tail, struct seq seq)
{
    if (!tail->edge_known || !tail->una_known)
        return RST_UNKNOWN;
    if (seq_gt(seq, tail->snd.una) && seq_lt(seq, tail->snd.edge))
        return RST_IN_WINDOW;
    return RST_OUT_OF_WINDOW;
}

void reset_classify(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct endpoint *head = &work->head->end;
    struct step *step = work->step;

    if (!segment_has_any(segment, FLAG_RST))
        return;
    if (head->expected == STATE_SYN_SENT)
        step->rst_class = acknowledges_syn(segment, head) ? RST_SYNSENT_OK : RST_SYNSENT_BAD;
    else if (work->stale)
        step->rst_class = RST_STALE;
    else if (is_exact(work))
        step->rst_class = RST_EXACT;
    else if (reset_has_closed_shape(work))
        step->rst_class = RST_CLOSED_REPLY;
    else
        step->rst_class = place_in_window(&work->tail->end, segment->seq);
    step->rst_decisive =
        step->admission == ADMIT_FULL &&
        (step->rst_class == RST_SYNSENT_OK || step->rst_class == RST_EXACT ||
         step->rst_class == RST_UNKNOWN);
}

bool reset_leaves_syn_sent(const struct work *work, enum tcp_state state)
{
    const struct segment *segment = work->segment;
    const struct side_record *head = work->head;
    const struct endpoint *tail = &work->tail->end;

    return state == STATE_SYN_SENT && head->last_known && head->last_had_ack &&
           !segment_has(segment, FLAG_ACK) && seq_eq(segment->seq, head->last_ack) &&
           tail->iss_known && tail->nxt_known &&
           !(seq_gt(head->last_ack, tail->snd.iss) && seq_le(head->last_ack, tail->snd.nxt));
}
