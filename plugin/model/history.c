/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history.h"

#include "admission.h"
#include "events.h"
#include "evidence.h"
#include "model.h"
#include "numbers.h"
#include "opening.h"
#include "phase.h"
#include "reset_class.h"

#include <string.h>

/* Lives of a tuple that a segment may still belong to. */
#define LIVES_MAX 4

struct history {
    struct model *model;
    void *owner;
    uint32_t incarnations;
    uint32_t lives_count;
    struct connection *lives[LIVES_MAX]; /* newest first */
};

struct model *model_new(const struct arena *arena, const struct model_settings *settings)
{
    struct model *model = arena_alloc(arena, sizeof(*model));

    model->arena = arena;
    model->pool.arena = arena;
    model->settings = *settings;
    return model;
}

struct history *history_new(struct model *model, void *owner)
{
    struct history *history = arena_alloc(model->arena, sizeof(*history));

    history->model = model;
    history->owner = owner;
    return history;
}

void work_amend(const struct work *work, uint32_t id, enum amendment what, uint32_t value)
{
    const struct model_settings *settings = &work->model->settings;

    if (settings->amend != NULL && id != work->segment->id)
        settings->amend(settings->amend_context, id, what, value);
}

/* ---- a new life ---- */

static enum side guess_client(const struct segment *segment)
{
    if (segment_is_syn(segment))
        return segment->sender;
    if (segment_is_syn_ack(segment))
        return side_other(segment->sender);
    /* nothing but the ports: the lower one is the service */
    if (segment->src_port < segment->dst_port)
        return side_other(segment->sender);
    return segment->sender;
}

static void set_state(struct side_record *record, enum tcp_state state)
{
    record->end.shown = (uint8_t)state;
    record->end.expected = (uint8_t)state;
    record->listed = (uint8_t)state;
    record->end.turnaround_ns = -1;
}

/* Where the two ends stand before anything of this life is seen. */
static void set_initial_states(const struct history *history, struct connection *conn,
                               const struct segment *segment)
{
    struct tcb *tcb = conn->tcb;
    struct side_record *client = &tcb->side[conn->client];
    struct side_record *server = &tcb->side[side_other(conn->client)];
    const struct connection *before = history->lives_count > 0 ? history->lives[0] : NULL;

    if (tcb->midstream) {
        set_state(client, STATE_UNKNOWN);
        set_state(server, STATE_UNKNOWN);
        return;
    }
    set_state(client, segment_is_syn(segment) ? STATE_CLOSED : STATE_SYN_SENT);
    set_state(server, STATE_LISTEN);
    /* RFC 9293 3.5.1 Figure 9: the other end may still be in the old life */
    if (before != NULL && !before->tcb->ended && segment_is_syn(segment)) {
        const struct side_record *old = &before->tcb->side[side_other(conn->client)];

        if (tcp_state_is_synchronized((enum tcp_state)old->end.expected))
            set_state(server, (enum tcp_state)old->end.expected);
    }
}

static struct connection *start_life(struct history *history, const struct segment *segment)
{
    struct model *model = history->model;
    struct connection *conn = arena_alloc(model->arena, sizeof(*conn));
    unsigned kept = history->lives_count < LIVES_MAX ? history->lives_count : LIVES_MAX - 1;

    conn->tcb = pool_take(&model->pool, sizeof(*conn->tcb));
    conn->owner = history->owner;
    conn->id = ++model->connections;
    conn->incarnation = ++history->incarnations;
    conn->stream = segment->stream;
    conn->client = guess_client(segment);
    conn->roles_inferred = !segment_has_any(segment, FLAG_SYN);
    conn->first_frame = segment->frame;
    conn->handshake_rtt_ns = -1;
    conn->tcb->midstream = !segment_has_any(segment, FLAG_SYN);
    conn->tcb->handshake_done = conn->tcb->midstream;
    conn->tcb->syn_missing = segment_is_syn_ack(segment);
    conn->tcb->segment_missing = conn->tcb->syn_missing;
    set_initial_states(history, conn, segment);

    if (history->lives_count == LIVES_MAX) {
        struct connection *oldest = history->lives[LIVES_MAX - 1];

        for (unsigned side = 0; side < 2; side++)
            flight_clear(&oldest->tcb->side[side].flight, &model->pool);
        pool_give(&model->pool, oldest->tcb, sizeof(*oldest->tcb));
        oldest->tcb = NULL;
    }
    memmove(&history->lives[1], &history->lives[0], kept * sizeof(history->lives[0]));
    history->lives[0] = conn;
    history->lives_count = kept + 1;
    return conn;
}

/* ---- to which life does a segment belong? ---- */

static bool is_near(bool known, struct seq number, struct seq at)
{
    const int32_t reach = 1 << 20;
    int32_t distance = seq_diff(number, at);

    return !known || (distance < reach && distance > -reach);
}

/* Both numbers lie near what this life uses. Says nothing where nothing is known. */
static bool fits(const struct connection *conn, const struct segment *segment)
{
    const struct endpoint *tail = &conn->tcb->side[segment->sender].end;
    const struct endpoint *head = &conn->tcb->side[side_other(segment->sender)].end;
    bool seq_known = tail->nxt_known || tail->una_known;
    struct seq seq_at = tail->nxt_known ? tail->snd.nxt : tail->snd.una;

    if (tail->nxt_known && tail->una_known)
        seq_at = seq_max(tail->snd.nxt, tail->snd.una);
    if (segment_has_any(segment, FLAG_RST) && !segment_has(segment, FLAG_ACK))
        return is_near(seq_known, segment->seq, seq_at);
    if (segment_has_any(segment, FLAG_RST)) /* SEQ may be 0 (RFC 9293 3.5.2) */
        return is_near(head->nxt_known, segment->ack, head->snd.nxt);
    return is_near(seq_known, segment->seq, seq_at) &&
           (!segment_has(segment, FLAG_ACK) ||
            is_near(head->nxt_known, segment->ack, head->snd.nxt));
}

static bool has_iss(const struct connection *conn, enum side side, struct seq iss)
{
    const struct endpoint *end = &conn->tcb->side[side].end;

    return end->iss_exact && seq_eq(end->snd.iss, iss);
}

static bool syn_repeats(const struct connection *conn, const struct segment *segment)
{
    const int64_t late_copy_ns = 1000000000;
    const struct tcb *tcb = conn->tcb;

    if (!has_iss(conn, segment->sender, segment->seq))
        return false;
    if (!tcb->ended)
        return true;
    /* after the end only a copy that was under way can be meant (catalogue, tw_same_isn) */
    if (tcb->reset)
        return elapsed_ns(segment->has_time, segment->time_ns, tcb->ended_ns) < 2000000;
    return elapsed_ns(segment->has_time, segment->time_ns, tcb->ended_ns) < late_copy_ns;
}

/* Only A has spoken, with a bare SYN, and now B sends one of its own: RFC 9293 3.5 Figure 7. */
static bool opens_simultaneously(const struct connection *conn, const struct segment *segment)
{
    const struct endpoint *tail = &conn->tcb->side[segment->sender].end;
    const struct endpoint *head = &conn->tcb->side[side_other(segment->sender)].end;

    return !conn->tcb->ended && !tail->iss_exact && !tail->sent_past_syn && head->sent_syn &&
           !head->sent_past_syn;
}

/* The SYN that the SYN-ACK before it answered was stored too late. */
static bool completes_missing_syn(const struct connection *conn, const struct segment *segment)
{
    const struct endpoint *tail = &conn->tcb->side[segment->sender].end;

    return conn->tcb->syn_missing && segment->sender == conn->client && !tail->iss_exact &&
           tail->iss_known && seq_eq(tail->snd.iss, segment->seq);
}

static struct connection *life_of_syn(const struct history *history,
                                      const struct segment *segment)
{
    for (unsigned i = 0; i < history->lives_count; i++)
        if (syn_repeats(history->lives[i], segment))
            return history->lives[i];
    if (history->lives_count > 0 && (opens_simultaneously(history->lives[0], segment) ||
                                     completes_missing_syn(history->lives[0], segment)))
        return history->lives[0];
    return NULL;
}

static struct connection *life_of_syn_ack(const struct history *history,
                                          const struct segment *segment)
{
    for (unsigned i = 0; i < history->lives_count; i++) {
        const struct endpoint *head =
            &history->lives[i]->tcb->side[side_other(segment->sender)].end;

        if (head->iss_known && seq_gt(segment->ack, head->snd.iss) &&
            seq_le(segment->ack, head->snd.nxt) && fits(history->lives[i], segment))
            return history->lives[i];
        if (has_iss(history->lives[i], segment->sender, segment->seq))
            return history->lives[i];
        if (head->sent_syn && !head->sent_past_syn && seq_gt(segment->ack, head->snd.iss) &&
            seq_le(segment->ack, head->snd.nxt))
            return history->lives[i];
    }
    /* a wrong answer to a SYN that waits, or the first sign of a life whose SYN is missing */
    if (history->lives_count > 0 && !history->lives[0]->tcb->ended)
        return history->lives[0];
    return NULL;
}

static struct connection *life_of_other(const struct history *history,
                                        const struct segment *segment)
{
    for (unsigned i = 0; i < history->lives_count; i++)
        if (fits(history->lives[i], segment))
            return history->lives[i];
    if (history->lives_count == 0)
        return NULL;
    /* it fits nowhere: strange numbers in a life that goes on, or a new one, seen midstream */
    if (history->lives[0]->tcb->ended && segment_has(segment, FLAG_ACK) &&
        !segment_has_any(segment, FLAG_RST))
        return NULL;
    return history->lives[0];
}

static bool can_start(const struct segment *segment)
{
    if (admission_flags_impossible(segment) || segment->checksum_status == CHECKSUM_BAD)
        return false;
    return segment_has_any(segment, FLAG_SYN) ||
           (segment_has(segment, FLAG_ACK) && !segment_has_any(segment, FLAG_RST));
}

static struct connection *find_life(struct history *history, const struct segment *segment)
{
    struct connection *conn;

    if (admission_flags_impossible(segment))
        return history->lives_count > 0 ? history->lives[0] : NULL;
    if (segment_is_syn(segment))
        conn = life_of_syn(history, segment);
    else if (segment_is_syn_ack(segment))
        conn = life_of_syn_ack(history, segment);
    else
        conn = life_of_other(history, segment);
    if (conn != NULL)
        return conn;
    return can_start(segment) ? start_life(history, segment) : NULL;
}

/* ---- one segment ---- */

static void step_stray(struct step *step)
{
    step->phase = PHASE_STRAY;
    step->evidence = EVIDENCE_MIDSTREAM;
    if (admission_flags_impossible(step->segment))
        step->admission = ADMIT_IMPOSSIBLE;
    if (segment_has_any(step->segment, FLAG_RST))
        step->src.at[0] = STATE_CLOSED;
    if (segment_has_any(step->segment, FLAG_RST))
        step->rst_class = RST_UNKNOWN;
}

static void note_turning_points(struct connection *conn, const struct segment *segment)
{
    conn->last_frame = segment->frame;
    if (segment_is_syn(segment) && conn->syn_frame == 0)
        conn->syn_frame = segment->frame;
    if (segment_is_syn_ack(segment) && conn->synack_frame == 0)
        conn->synack_frame = segment->frame;
}

static void note_last(struct side_record *tail, const struct segment *segment)
{
    tail->last_known = true;
    tail->last_had_ack = segment_has(segment, FLAG_ACK);
    tail->last_end = segment_end(segment);
    tail->last_ack = segment->ack;
    tail->last_ns = segment->time_ns;
    if (segment_has_any(segment, FLAG_RST)) {
        tail->rst_seq = segment->seq;
        tail->rst_ns = segment->time_ns;
    }
}

/* A segment that moves nothing still shows where both ends stand. */
static void show_unmoved(struct work *work)
{
    struct step *step = work->step;

    step->src_before = (enum tcp_state)work->tail->end.shown;
    step->src.at[0] = work->tail->end.shown;
    if (!work->tail->end.seen)
        step->src.at[0] = work->tail->end.expected;
    step->dst.at[0] = work->head->end.expected;
}

static void move(struct work *work)
{
    if (numbers_disprove_fin(work))
        events_take_back_fin(work);
    numbers_infer_fin(work);
    events_of_sender(work);
    numbers_take(work);
    events_of_receiver(work);
    evidence_note(work);
    note_last(work->tail, work->segment);
}

void history_apply(struct history *history, const struct segment *segment, struct step *step)
{
    struct connection *conn = find_life(history, segment);
    struct work work = {.model = history->model, .conn = conn, .segment = segment, .step = step};

    memset(step, 0, sizeof(*step));
    step->segment = segment;
    step->conn = conn;
    if (conn == NULL) {
        step_stray(step);
        return;
    }
    work.tcb = conn->tcb;
    work.tail = &conn->tcb->side[segment->sender];
    work.head = &conn->tcb->side[side_other(segment->sender)];
    events_of_time(&work);
    step->before[SIDE_A] = conn->tcb->side[SIDE_A].end;
    step->before[SIDE_B] = conn->tcb->side[SIDE_B].end;
    note_turning_points(conn, segment);
    admission_judge(&work);
    if (step->admission == ADMIT_FULL) {
        opening_note(&work);
        opening_settle(&work);
    }
    numbers_expect(&work);
    reset_classify(&work);
    if (step->admission == ADMIT_FULL)
        move(&work);
    else
        show_unmoved(&work);
    phase_decide(&work);
    step->evidence = evidence_of(conn->tcb);
}
