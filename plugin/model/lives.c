/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lives.h"

#include "admission.h"
#include "aftermath.h"
#include "model.h"
#include "opening.h"
#include "repeats.h"
#include "unseen.h"

#include <string.h>

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
    record->end.turnaround_ns = -1;
}

/* RFC 6191 2 and RFC 9293 3.6.1 MAY-2: may the SYN replace the life that waits in TIME-WAIT? */
static bool may_replace(const struct endpoint *old_sender, const struct segment *segment)
{
    if (old_sender->ts_seen && tcp_options_has(&segment->options, OPTION_TS) &&
        seq_lt(seq_of(old_sender->ts_high), seq_of(segment->options.tsval)))
        return true;
    return !old_sender->nxt_known || seq_gt(segment->seq, old_sender->snd.nxt);
}

/* RFC 9293 3.5.1 Figure 9, 3.10.7.4 step 4: is the SYN's receiver still in the old life, so that
 * it answers with an ACK in the old numbers? */
static bool holds_old_life(const struct history *history, const struct connection *before,
                           const struct segment *segment)
{
    const struct side_record *old = &before->tcb->side[side_other(segment->sender)];
    enum tcp_state state = (enum tcp_state)old->end.expected;

    if (state == STATE_TIME_WAIT)
        return !may_replace(&before->tcb->side[segment->sender].end, segment) &&
               elapsed_ns(segment->has_time, segment->time_ns, old->time_wait_ns) <
                   model_time_wait_ns(history->model);
    return old->end.seen && !before->tcb->ended && tcp_state_is_synchronized(state);
}

/* Where the two ends stand before anything of this life is seen. */
static void set_initial_states(const struct history *history, struct connection *conn,
                               const struct connection *before,
                               const struct segment *segment)
{
    struct tcb *tcb = conn->tcb;
    struct side_record *client = &tcb->side[conn->client];
    struct side_record *server = &tcb->side[side_other(conn->client)];

    if (tcb->midstream) {
        set_state(client, STATE_UNKNOWN);
        set_state(server, STATE_UNKNOWN);
        return;
    }
    set_state(client, segment_is_syn(segment) ? STATE_CLOSED : STATE_SYN_SENT);
    set_state(server, STATE_LISTEN);
    if (before == NULL || before->tcb == NULL || !segment_is_syn(segment))
        return;
    tcb->borrowed = holds_old_life(history, before, segment);
    if (tcb->borrowed)
        set_state(server, (enum tcp_state)before->tcb->side[side_other(conn->client)].end.expected);
}

/* The old life has ended meanwhile: the SYN that is sent again finds a listener. */
static void give_back_borrowed(struct history *history, const struct connection *conn)
{
    struct tcb *tcb = conn->tcb;

    for (unsigned i = 0; i + 1 < history->lives_count; i++) {
        if (history->lives[i] != conn || !tcb->borrowed ||
            tcp_state_is_synchronized(
                (enum tcp_state)history->lives[i + 1]->tcb->side[side_other(conn->client)].end.expected))
            continue;
        tcb->borrowed = false;
        if (!tcb->side[side_other(conn->client)].end.seen)
            set_state(&tcb->side[side_other(conn->client)], STATE_LISTEN);
    }
}

static void drop_tcb(struct model *model, struct connection *conn)
{
    struct tcb *tcb = conn->tcb;

    if (tcb == NULL)
        return;
    for (unsigned side = 0; side < 2; side++) {
        flight_clear(&tcb->side[side].flight, &model->pool);
        ledger_close(&tcb->side[side].ledger, &model->pool);
        aftermath_close(&tcb->side[side], &model->pool);
        unseen_close(&tcb->side[side], &model->pool);
        repeats_close(&tcb->side[side], &model->pool);
    }
    opening_close(tcb, &model->pool);
    pool_give(&model->pool, tcb, sizeof(*tcb));
    conn->tcb = NULL;
}

void lives_prepare(struct history *history, struct connection *conn,
                   const struct connection *before, const struct segment *segment)
{
    struct tcb *tcb = pool_take(&history->model->pool, sizeof(*tcb));

    conn->tcb = tcb;
    tcb->midstream = !segment_has_any(segment, FLAG_SYN);
    tcb->handshake_done = tcb->midstream;
    tcb->syn_missing = segment_is_syn_ack(segment);
    set_initial_states(history, conn, before, segment);
}

void lives_put_to_sleep(struct history *history, struct connection *conn,
                        const struct segment *segment)
{
    struct model *model = history->model;

    conn->seed = pool_take(&model->pool, sizeof(*conn->seed));
    *conn->seed = *segment;
    conn->seed->octets = NULL; /* they go away with the frame */
    drop_tcb(model, conn);
}

static struct connection *start_life(struct history *history, const struct segment *segment)
{
    struct model *model = history->model;
    struct connection *conn = arena_alloc(model->arena, sizeof(*conn));
    const struct connection *before = history->lives_count > 0 ? history->lives[0] : NULL;
    unsigned kept = history->lives_count < LIVES_MAX ? history->lives_count : LIVES_MAX - 1;

    conn->owner = history->owner;
    conn->id = ++model->connections;
    conn->incarnation = ++history->incarnations;
    conn->stream = segment->stream;
    conn->client = guess_client(segment);
    conn->roles_inferred = !segment_has_any(segment, FLAG_SYN);
    conn->first_frame = segment->frame;
    conn->handshake_rtt_ns = -1;
    lives_prepare(history, conn, before, segment);
    if (conn->tcb->borrowed) {
        /* the answer will come from the old life */
        struct side_record *old =
            &history->lives[0]->tcb->side[side_other(segment->sender)];

        old->challenged = true;
        old->challenge_frame = segment->frame;
        old->challenge_ns = segment->time_ns;
    }

    if (history->lives_count == LIVES_MAX)
        drop_tcb(model, history->lives[LIVES_MAX - 1]);
    memmove(&history->lives[1], &history->lives[0], kept * sizeof(history->lives[0]));
    history->lives[0] = conn;
    history->lives_count = (uint16_t)(kept + 1);
    return conn;
}

/* ---- to which life does a segment belong? ---- */

#define FAR UINT32_MAX

static uint32_t distance(struct seq number, struct seq at)
{
    int32_t d = seq_diff(number, at);

    return d < 0 ? 0U - (uint32_t)d : (uint32_t)d;
}

/* A life that sends on may be far ahead of what was captured. One that closes has an end, and one
 * window is as far as anything of it can lie from there. */
static uint32_t reach_of(const struct connection *conn)
{
    const struct endpoint *a = &conn->tcb->side[SIDE_A].end;
    const struct endpoint *b = &conn->tcb->side[SIDE_B].end;
    uint32_t window = a->snd.mwnd > b->snd.mwnd ? a->snd.mwnd : b->snd.mwnd;

    if (!conn->tcb->ended && !(a->fin_known && b->fin_known))
        return 1U << 20;
    return window < 65536 ? 65536 : window;
}

/* How far the segment's numbers lie from what this life uses; FAR when farther than any window that
 * is common. What is not known does not count. */
static uint32_t misfit(const struct connection *conn, const struct segment *segment)
{
    const uint32_t reach = reach_of(conn);
    const uint32_t unknown = 65535;
    const struct endpoint *tail = &conn->tcb->side[segment->sender].end;
    const struct endpoint *head = &conn->tcb->side[side_other(segment->sender)].end;
    bool has_ack = segment_has(segment, FLAG_ACK);
    uint32_t seq_off = 0;
    uint32_t ack_off = 0;

    if (tail->nxt_known && tail->una_known)
        seq_off = distance(segment->seq, seq_max(tail->snd.nxt, tail->snd.una));
    else if (tail->nxt_known || tail->una_known)
        seq_off = distance(segment->seq, tail->nxt_known ? tail->snd.nxt : tail->snd.una);
    else /* nothing speaks against this life, and only an ACK for it */
        seq_off = has_ack ? 1 : unknown;
    if (has_ack && head->nxt_known)
        ack_off = distance(segment->ack, head->snd.nxt);
    if (has_ack && segment_has_any(segment, FLAG_RST))
        seq_off = 0; /* it may be 0, whatever was sent before (RFC 9293 3.5.2) */
    if (seq_off >= reach || ack_off >= reach)
        return FAR;
    return seq_off + ack_off;
}

static bool has_iss(const struct connection *conn, enum side side, struct seq iss)
{
    const struct endpoint *end = &conn->tcb->side[side].end;

    return end->iss_exact && seq_eq(end->snd.iss, iss);
}

static bool syn_repeats(const struct connection *conn, const struct segment *segment)
{
    const int64_t late_copy_ns = SECOND_NS;
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

static struct connection *life_of_syn(struct history *history, const struct segment *segment)
{
    for (unsigned i = 0; i < history->lives_count; i++)
        if (syn_repeats(history->lives[i], segment)) {
            give_back_borrowed(history, history->lives[i]);
            return history->lives[i];
        }
    if (history->lives_count > 0 && (opens_simultaneously(history->lives[0], segment) ||
                                     completes_missing_syn(history->lives[0], segment)))
        return history->lives[0];
    return NULL;
}

/* A SYN-ACK with numbers of its own: a wrong answer to the SYN that waits, an alternative within the
 * handshake, or strange in this life; otherwise it is the first sign of a life whose SYN is missing. */
static bool may_belong(const struct connection *conn, const struct segment *segment)
{
    const uint32_t near = 65536;
    const struct endpoint *tail = &conn->tcb->side[segment->sender].end;
    const struct endpoint *head = &conn->tcb->side[side_other(segment->sender)].end;

    if (conn->tcb->ended)
        return false;
    if ((head->sent_syn && !head->sent_past_syn) || !tail->sent_past_syn)
        return true;
    return head->nxt_known && distance(segment->ack, head->snd.nxt) < near;
}

static struct connection *life_of_syn_ack(const struct history *history,
                                          const struct segment *segment)
{
    for (unsigned i = 0; i < history->lives_count; i++) {
        const struct endpoint *head =
            &history->lives[i]->tcb->side[side_other(segment->sender)].end;

        if (head->iss_known && head->nxt_known && seq_gt(segment->ack, head->snd.iss) &&
            seq_le(segment->ack, head->snd.nxt) &&
            misfit(history->lives[i], segment) != FAR)
            return history->lives[i];
        if (has_iss(history->lives[i], segment->sender, segment->seq))
            return history->lives[i];
        if (head->sent_syn && !head->sent_past_syn && seq_gt(segment->ack, head->snd.iss) &&
            seq_le(segment->ack, head->snd.nxt))
            return history->lives[i];
    }
    if (history->lives_count > 0 && may_belong(history->lives[0], segment))
        return history->lives[0];
    return NULL;
}

/* One end has closed, and this goes on with strange numbers for the second time: the SYN of the
 * next life is not captured. */
static bool dies_and_is_followed(const struct connection *conn, const struct segment *segment)
{
    const struct side_record *tail = &conn->tcb->side[segment->sender];

    return (conn->tcb->side[SIDE_A].end.fin_known || conn->tcb->side[SIDE_B].end.fin_known) &&
           admission_continues_alien(tail, segment);
}

static struct connection *life_of_other(const struct history *history,
                                        const struct segment *segment)
{
    uint32_t least = FAR;
    struct connection *nearest = NULL;

    for (unsigned i = 0; i < history->lives_count; i++) {
        uint32_t off = misfit(history->lives[i], segment);

        if (off < least) {
            least = off;
            nearest = history->lives[i];
        }
    }
    if (nearest != NULL || history->lives_count == 0)
        return nearest;
    /* it fits nowhere: strange numbers in a life that goes on, or a new one, seen midstream */
    if (segment_has(segment, FLAG_ACK) && !segment_has_any(segment, FLAG_RST) &&
        (history->lives[0]->tcb->ended || dies_and_is_followed(history->lives[0], segment)))
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

struct connection *lives_find(struct history *history, const struct segment *segment)
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
