/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history.h"

#include "admission.h"
#include "conflict.h"
#include "aftermath.h"
#include "context.h"
#include "delivery.h"
#include "departure.h"
#include "evidence.h"
#include "expectation.h"
#include "former.h"
#include "lives.h"
#include "model.h"
#include "numbers.h"
#include "opening.h"
#include "outcome.h"
#include "phase.h"
#include "repeats.h"
#include "reset_class.h"
#include "standing.h"
#include "unseen.h"

#include <string.h>

struct model *model_new(const struct arena *arena, const struct model_settings *settings)
{
    struct model *model = arena_alloc(arena, sizeof(*model));

    model->arena = arena;
    model->pool.arena = arena;
    model->settings = *settings;
    copies_start(&model->copies, arena, settings->copies_mib);
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

static void step_stray(struct step *step)
{
    step->phase = PHASE_STRAY;
    step->time_wait_ns[0] = step->time_wait_ns[1] = -1;
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

void work_observe_once(struct work *work, enum observation what)
{
    if ((work->tcb->observed & what) == 0)
        work->step->observed |= (uint16_t)what;
    work->tcb->observed |= (uint16_t)what;
}

/* What the frame alone, next to the one before, shows of the capture. */
static void observe_frame(struct work *work)
{
    const int64_t jump_ns = 3600 * SECOND_NS;
    const struct segment *segment = work->segment;
    const struct step *step = work->step;
    const struct connection *conn = work->conn;

    if (step->admission == ADMIT_DUPLICATE)
        work_observe_once(work, OBSERVED_DUPLICATE);
    if (segment->payload_captured < segment->payload_len)
        work_observe_once(work, OBSERVED_TRUNCATED);
    if (segment->has_time && conn->last_ns != 0 &&
        (segment->time_ns < conn->last_ns ||
         (elapsed_ns(true, segment->time_ns, conn->last_ns) > jump_ns && segment->len > 0 &&
          step->seq_expected_known && seq_eq(segment->seq, step->seq_expected) &&
          !work->tcb->ended)))
        work_observe_once(work, OBSERVED_TIME_STEP);
}

/* What is left of TIME-WAIT at this frame. */
static int64_t time_wait_left(const struct work *work, const struct side_record *record)
{
    int64_t since = elapsed_ns(work->segment->has_time, work->segment->time_ns,
                               record->time_wait_ns);

    if (record->end.expected != STATE_TIME_WAIT || since < 0)
        return -1;
    return model_time_wait_ns(work->model) - since;
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
    if (step->admission == ADMIT_DUPLICATE && segment_has_any(work->segment, FLAG_RST) &&
        !reset_leaves_syn_sent(work, (enum tcp_state)step->src.at[0]))
        step->src.at[0] = (uint8_t)transition_next((enum tcp_state)step->src.at[0],
                                                   EVENT_SENDS_RST);
    step->dst.at[0] = work->head->end.expected;
}

static void move(struct work *work)
{
    enum side sender = work->segment->sender;

    if (numbers_disprove_fin(work))
        delivery_take_back_fin(work->tcb, sender);
    if (unseen_disprove_fin(work))
        delivery_take_back_fin(work->tcb, side_other(sender));
    numbers_infer_fin(work);
    unseen_infer_fin(work);
    departure_settle(work);
    numbers_take(work);
    delivery_expect(work);
    evidence_note(work);
    note_last(work->tail, work->segment);
}

/* A newer life was accepted, or has begun after this one was over at the receiver: nothing in the
 * numbers of this one reaches anybody any more. */
static bool is_replaced(const struct history *history, const struct work *work)
{
    const struct connection *newest = history->lives[0];

    return work->conn != newest && newest->tcb != NULL &&
           (newest->tcb->handshake_done ||
            !tcp_state_is_synchronized((enum tcp_state)work->head->end.expected));
}

static void apply(struct history *history, struct connection *conn,
                  const struct segment *segment, struct step *step)
{
    struct work work = {.model = history->model, .conn = conn, .segment = segment, .step = step};

    work.tcb = conn->tcb;
    work.tail = &conn->tcb->side[segment->sender];
    work.head = &conn->tcb->side[side_other(segment->sender)];
    work.stale = is_replaced(history, &work);
    delivery_pass_time(&work);
    step->before[SIDE_A] = conn->tcb->side[SIDE_A].end;
    step->before[SIDE_B] = conn->tcb->side[SIDE_B].end;
    step->since_reset_ns = conn->tcb->reset ? elapsed_ns(segment->has_time, segment->time_ns,
                                                         conn->tcb->ended_ns)
                                            : -1;
    note_turning_points(conn, segment);
    admission_judge(&work);
    if (step->admission == ADMIT_FULL) {
        opening_note(&work);
        opening_settle(&work);
    }
    expectation_fill(&work);
    observe_frame(&work);
    outcome_note(&work);
    step->disordered = (conn->tcb->observed & OBSERVED_REORDER) != 0;
    step->ack_known_synack = segment_has(segment, FLAG_ACK) &&
                             opening_has_synack(conn->tcb->opening, side_other(segment->sender),
                                                seq_sub(segment->ack, 1));
    reset_classify(&work);
    context_fill(&work);
    standing_note(&work);
    conflict_look(&work);
    aftermath_fill(&work);
    repeats_note(&work);
    if (step->admission == ADMIT_FULL)
        move(&work);
    else
        show_unmoved(&work);
    step->time_wait_ns[0] = time_wait_left(&work, work.tail);
    step->time_wait_ns[1] = time_wait_left(&work, work.head);
    phase_decide(&work);
    step->evidence = evidence_of(conn->tcb);
    outcome_settle(&work);
    context_note(&work);
    aftermath_note(&work);
}

/* The lone SYN of a life is taken again, now that there is more to remember than the SYN. */
static void wake(struct history *history, unsigned i)
{
    struct connection *conn = history->lives[i];
    struct segment *seed = conn->seed;
    struct step step;

    if (seed == NULL)
        return;
    conn->seed = NULL;
    outcome_restart(conn);
    lives_prepare(history, conn, i + 1 < history->lives_count ? history->lives[i + 1] : NULL, seed);
    memset(&step, 0, sizeof(step));
    step.segment = seed;
    step.conn = conn;
    apply(history, conn, seed, &step);
    pool_give(&history->model->pool, seed, sizeof(*seed));
}

static void stay(struct path *path, enum tcp_state state)
{
    memset(path, 0, sizeof(*path));
    path->at[0] = (uint8_t)state;
}

/* RFC 9293 3.5.1 Figure 9: one end has forgotten the old life and opens a new one, the other still
 * answers in the old numbers. That answer, and the RST that it provokes, find and leave the opener
 * in SYN-SENT; the RST ends the old life at the other end. */
static void show_reopening(const struct history *history, struct step *step)
{
    const struct connection *newest = history->lives[0];
    enum side sender = step->segment->sender;
    struct tcb *tcb = newest->tcb;
    const struct endpoint *tail = &tcb->side[sender].end;
    const struct endpoint *head = &tcb->side[side_other(sender)].end;

    if (step->conn == newest || tcb->forged)
        return;
    if (tail->seen && tail->shown == STATE_SYN_SENT &&
        segment_has_any(step->segment, FLAG_RST)) {
        step->src_before = STATE_SYN_SENT;
        stay(&step->src, STATE_SYN_SENT);
    }
    if (!head->seen || head->shown != STATE_SYN_SENT || head->expected != STATE_SYN_SENT)
        return;
    if (tcb->reopened_count < 2) {
        tcb->reopened_id[tcb->reopened_count] = step->segment->id;
        tcb->reopened_state[tcb->reopened_count++] = (uint8_t)path_end(&step->dst);
    }
    stay(&step->dst, STATE_SYN_SENT);
}

/* The opener of the newest life sends on in the old one: the SYN was not its own, and what the
 * other end answered to it found the old life. */
static void look_for_forgery(struct history *history, const struct connection *conn,
                             const struct segment *segment)
{
    struct work work = {.model = history->model, .segment = segment};
    struct tcb *tcb = history->lives[0]->tcb;
    const struct endpoint *tail = &tcb->side[segment->sender].end;

    if (conn == history->lives[0] || tcb->forged || !tail->seen ||
        tail->shown != STATE_SYN_SENT || segment_has_any(segment, FLAG_RST | FLAG_SYN))
        return;
    tcb->forged = true;
    for (unsigned i = 0; i < tcb->reopened_count; i++) {
        work_amend(&work, tcb->reopened_id[i], AMEND_DST_BEFORE, tcb->reopened_state[i]);
        work_amend(&work, tcb->reopened_id[i], AMEND_DST_STATE, tcb->reopened_state[i]);
    }
}

/* The segment has begun a life: what was the one before? A SYN long after it is no further try. */
static void look_back(struct history *history, const struct connection *previous,
                      struct step *step)
{
    const int64_t apart_ns = 60 * SECOND_NS;
    const struct segment *segment = step->segment;
    bool is_again = segment_is_syn(segment) && previous != NULL &&
                    previous->client == segment->sender && outcome_led_nowhere(previous);
    int64_t since = previous == NULL || previous->last_ns == 0
                        ? -1
                        : elapsed_ns(segment->has_time, segment->time_ns, previous->last_ns);

    step->previous = previous;
    if (!is_again || since < 0 || since >= apart_ns)
        history->fruitless_syns = 1;
    else
        history->fruitless_syns++;
    step->fruitless_syns = is_again ? history->fruitless_syns : 0;
}

void history_apply(struct history *history, const struct segment *segment, struct step *step)
{
    struct connection *conn;
    const struct connection *previous = history->lives_count > 0 ? history->lives[0] : NULL;
    uint32_t before = history->incarnations;

    for (unsigned i = history->lives_count; i > 0; i--)
        wake(history, i - 1);
    conn = lives_find(history, segment);
    memset(step, 0, sizeof(*step));
    step->segment = segment;
    step->conn = conn;
    step->first_of_tuple = !history->heard;
    history->heard = true;
    if (conn == NULL) {
        step_stray(step);
        return;
    }
    former_fill(history, history->incarnations != before, step);
    apply(history, conn, segment, step);
    former_note_stale(history, step);
    look_for_forgery(history, conn, segment);
    show_reopening(history, step);
    if (history->incarnations != before)
        look_back(history, previous, step);
    if (history->incarnations != before && segment_is_syn(segment))
        lives_put_to_sleep(history, conn, segment);
}

bool history_has_outlived(const struct history *history, const struct connection *conn)
{
    for (unsigned i = 0; i < history->lives_count && history->lives[i] != conn; i++)
        if (history->lives[i]->handshake_done || history->lives[i]->midstream)
            return true;
    return false;
}
