/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase.h"

#include "model.h"
#include "opening.h"

/* With Fast Open a FIN may leave SYN-RECEIVED before the SYN is acknowledged (RFC 7413 4.2.2). */
static bool past_handshake(const struct endpoint *end)
{
    bool syn_waits = end->expected == STATE_FIN_WAIT_1 && end->iss_exact && end->una_known &&
                     seq_eq(end->snd.una, end->snd.iss);

    return tcp_state_is_synchronized((enum tcp_state)end->expected) && !syn_waits;
}

/* ---- handshake ---- */

/* The ACK that answers a SYN-ACK which was no news any more. */
static bool answers_repeated_synack(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *head = work->head;

    return segment_is_pure_ack(segment) && head->synack_repeated && head->end.iss_known &&
           seq_eq(segment->ack, seq_add(head->end.snd.iss, 1));
}

static void complete_handshake(struct work *work)
{
    struct connection *conn = work->conn;
    const struct segment *segment = work->segment;

    work->tcb->handshake_done = true;
    conn->established_frame = segment->frame;
    if (segment_has_any(segment, FLAG_SYN))
        return; /* a simultaneous open has no third segment to measure */
    if (segment->sender == conn->client) {
        work->step->handshake_step = 3;
        conn->handshake_rtt_ns = opening_rtt_ns(work);
        conn->handshake_rtt_frame = segment->frame;
    } else if (work->tail->end.sent_syn) {
        work->step->handshake_step = 3; /* split handshake: the roles of the two SYNs reverse */
    }
}

/* Fills the step and says whether the segment belongs to the handshake. */
static bool decide_handshake(struct work *work)
{
    const struct segment *segment = work->segment;
    struct step *step = work->step;
    struct tcb *tcb = work->tcb;
    bool was_done = tcb->handshake_done;
    bool belongs = !was_done;

    if (step->admission == ADMIT_FULL && !segment_has_any(segment, FLAG_RST)) {
        if (!was_done && past_handshake(&work->tail->end) && past_handshake(&work->head->end)) {
            complete_handshake(work);
            opening_close(tcb, &work->model->pool);
        }
    }
    if (segment_is_syn(segment) && seq_eq(segment->seq, work->tail->end.snd.iss)) {
        step->handshake_step = 1;
        belongs = true;
    } else if (segment_is_syn_ack(segment)) {
        step->handshake_step = 2;
        belongs = true;
        if (step->admission == ADMIT_FULL)
            work->tail->synack_repeated = was_done || tcb->handshake_done;
    } else if (answers_repeated_synack(work)) {
        step->handshake_step = 3;
        work->head->synack_repeated = false;
        belongs = true;
    }
    return belongs;
}

/* ---- teardown ---- */

static bool fin_acked(const struct endpoint *end)
{
    return end->fin_known && end->una_known && seq_ge(end->snd.una, end->fin_next);
}

static bool carries_fin(const struct work *work)
{
    const struct endpoint *tail = &work->tail->end;

    return segment_has_any(work->segment, FLAG_FIN) && tail->fin_known &&
           seq_eq(segment_end(work->segment), tail->fin_next);
}

static void decide_teardown_steps(struct work *work)
{
    const struct segment *segment = work->segment;
    struct step *step = work->step;
    struct tcb *tcb = work->tcb;
    bool tail_first;
    bool acks_fin = (step->covers & COVERS_FIN) != 0;

    if (step->admission == ADMIT_DUPLICATE && carries_fin(work)) /* the same FIN, captured twice */
        step->teardown_steps |=
            tcb->fin_first == segment->sender ? TEARDOWN_FIN : TEARDOWN_SECOND_FIN;
    if (step->admission != ADMIT_FULL || segment_has_any(segment, FLAG_RST))
        return;
    if (acks_fin && !tcb->fin_first_known) {
        tcb->fin_first_known = true; /* that FIN itself is not captured */
        tcb->fin_first = side_other(segment->sender);
    }
    if (carries_fin(work)) {
        if (!tcb->fin_first_known) {
            tcb->fin_first_known = true;
            tcb->fin_first = segment->sender;
        }
        tail_first = tcb->fin_first == segment->sender;
        step->teardown_steps |= tail_first ? TEARDOWN_FIN : TEARDOWN_SECOND_FIN;
        work->tail->fin_repeated = fin_acked(&work->tail->end);
    }
    if (!tcb->fin_first_known)
        return;
    tail_first = tcb->fin_first == segment->sender;
    if (!acks_fin && segment_is_pure_ack(segment) && work->head->fin_repeated &&
        seq_eq(segment->ack, work->head->end.fin_next)) {
        acks_fin = true;
        work->head->fin_repeated = false;
    }
    if (acks_fin)
        step->teardown_steps |= tail_first ? TEARDOWN_SECOND_ACK : TEARDOWN_ACK;
}

static void decide_kind(struct work *work)
{
    struct step *step = work->step;
    struct tcb *tcb = work->tcb;
    const struct endpoint *tail = &work->tail->end;
    const struct endpoint *head = &work->head->end;

    if (tcb->kind == TEARDOWN_NONE && (step->teardown_steps & TEARDOWN_ACK) != 0)
        tcb->kind = (step->teardown_steps & TEARDOWN_SECOND_FIN) != 0 ? TEARDOWN_THREE_SEGMENT
                                                                      : TEARDOWN_FOUR_WAY;
    if (tcb->kind == TEARDOWN_NONE && (step->teardown_steps & TEARDOWN_SECOND_FIN) != 0 &&
        !fin_acked(head) && tail->fin_frame == step->segment->frame)
        tcb->kind = TEARDOWN_SIMULTANEOUS;
    step->kind = tcb->kind;
}

/* ---- the end ---- */

static void end_life(struct work *work)
{
    work->tcb->ended = true;
    work->tcb->ended_ns = work->segment->time_ns;
    if (work->conn->closed_frame == 0)
        work->conn->closed_frame = work->segment->frame;
}

/* 2 MSL have passed since the last sign of TIME-WAIT. */
static bool time_wait_is_over(const struct work *work)
{
    const struct tcb *tcb = work->tcb;
    int64_t since = tcb->ended_ns;

    for (unsigned side = 0; side < 2; side++)
        if (tcb->side[side].time_wait_ns > since)
            since = tcb->side[side].time_wait_ns;
    return elapsed_ns(work->segment->has_time, work->segment->time_ns, since) >=
           model_time_wait_ns(work->model);
}

static enum phase reset_phase(struct work *work, enum tcp_state tail_before)
{
    struct tcb *tcb = work->tcb;
    struct step *step = work->step;
    bool refused = step->rst_class == RST_SYNSENT_OK ||
                   (tail_before == STATE_SYN_RECEIVED &&
                    work->segment->sender != work->conn->client);

    tcb->cut_off = !refused && !(fin_acked(&work->tail->end) && fin_acked(&work->head->end));
    if (tcb->cut_off && tcb->handshake_done)
        tcb->kind = TEARDOWN_RESET;
    step->kind = tcb->kind;
    tcb->reset = true;
    tcb->refused = refused;
    end_life(work);
    return refused ? PHASE_REFUSED : PHASE_RESET;
}

static enum phase closing_phase(struct work *work, bool was_half_closed, bool was_ended)
{
    const struct tcb *tcb = work->tcb;
    bool acked = fin_acked(&work->tail->end) && fin_acked(&work->head->end);

    if (was_ended)
        return time_wait_is_over(work) ? PHASE_CLOSED : PHASE_TIME_WAIT;
    if (acked)
        end_life(work);
    if (was_half_closed && (work->step->teardown_steps & TEARDOWN_SECOND_FIN) == 0 &&
        !tcb->side[side_other(tcb->fin_first)].end.fin_known)
        return PHASE_HALF_CLOSED;
    return PHASE_TEARDOWN;
}

void phase_decide(struct work *work)
{
    struct tcb *tcb = work->tcb;
    struct step *step = work->step;
    bool was_ended = tcb->ended;
    bool was_reset = tcb->reset;
    const struct endpoint *first = tcb->fin_first_known ? &step->before[tcb->fin_first] : NULL;
    bool was_half_closed = first != NULL && fin_acked(first);
    bool handshake;

    if (step->rst_decisive) {
        step->phase = was_reset ? PHASE_RESET : reset_phase(work, step->src_before);
        step->kind = tcb->kind;
        return;
    }
    step->kind = tcb->kind;
    if (was_reset) {
        step->phase = PHASE_CLOSED;
        return;
    }
    handshake = decide_handshake(work);
    decide_teardown_steps(work);
    decide_kind(work);
    if (handshake) {
        step->phase = PHASE_HANDSHAKE;
        return;
    }
    step->phase = tcb->fin_first_known ? closing_phase(work, was_half_closed, was_ended)
                                       : PHASE_ESTABLISHED;
}
