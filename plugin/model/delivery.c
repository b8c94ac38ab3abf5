/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "delivery.h"

#include "chain.h"
#include "inbox.h"
#include "model.h"

static struct seq skip_sacked(const struct side_record *tail, struct seq from)
{
    for (unsigned i = 0; i < tail->sacked_count; i++)
        if (seq_le(tail->sacked[i].left, from) && seq_lt(from, tail->sacked[i].right))
            from = tail->sacked[i].right;
    return from;
}

/* The next number that the receiver lacks, from `from` on, by its latest SACK blocks (RFC 2018).
 * False when nothing above it is reported: then nothing shows that it lacks more. */
static bool next_hole(const struct side_record *tail, struct seq from, struct seq *hole)
{
    bool above = false;

    /* blocks stand in any order: as often as there are blocks */
    for (unsigned round = 0; round < tail->sacked_count; round++)
        from = skip_sacked(tail, from);
    for (unsigned i = 0; i < tail->sacked_count; i++)
        above |= seq_gt(tail->sacked[i].left, from);
    *hole = from;
    return above;
}

/* The highest number of the sender that its receiver can have in order, once this is delivered. */
static struct seq delivered_end(struct work *work)
{
    struct side_record *tail = work->tail;
    struct seq end = segment_end(work->segment);

    if (tail->stuck && seq_le(work->segment->seq, tail->stuck_at) && seq_lt(tail->stuck_at, end))
        tail->stuck = next_hole(tail, end, &tail->stuck_at);
    return tail->stuck ? tail->stuck_at : tail->end.snd.contiguous;
}

static bool acks_syn(const struct work *work, const struct endpoint *head)
{
    return segment_has(work->segment, FLAG_ACK) && head->iss_known &&
           seq_gt(work->segment->ack, head->snd.iss) &&
           (!head->nxt_known || seq_le(work->segment->ack, head->snd.nxt));
}

/* The same for a segment that comes too late to be the third: that one, and octets of the other
 * side behind it, are not captured. RFC 9293 3.10.7.4 step 5 still bounds what it may acknowledge. */
static bool acks_syn_late(struct work *work, const struct endpoint *head)
{
    int64_t since = elapsed_ns(work->segment->has_time && work->head->last_known,
                               work->segment->time_ns, work->head->last_ns);

    if (!head->iss_known || !head->edge_known || !seq_gt(work->segment->ack, head->snd.nxt) ||
        seq_gt(work->segment->ack, seq_add(head->snd.edge, 1)) ||
        !endpoint_must_have_it(&work->tail->end, since))
        return false;
    work->tcb->segment_missing = true;
    work_observe_once(work, OBSERVED_MISSED_ACK);
    return true;
}

static void receive(struct work *work, struct chain *chain, enum event event,
                    const struct seq *proof)
{
    enum tcp_state before = chain_end(chain);
    struct arrival *arrival;

    chain_take(chain, event);
    if (chain_end(chain) != before) {
        arrival = inbox_put(work, event, proof);
        arrival->from = (uint8_t)before;
        arrival->to = (uint8_t)chain_end(chain);
    } else
        inbox_renew(work, event);
}

/* Third check and fourth check of RFC 9293 3.10.7.3 and 3.10.7.4. */
static void receive_syn(struct work *work, struct chain *chain)
{
    struct seq after_syn = seq_add(work->segment->seq, 1);

    if (segment_is_syn(work->segment))
        receive(work, chain, EVENT_RECEIVES_SYN, &after_syn);
    else if (acks_syn(work, &work->head->end))
        receive(work, chain, EVENT_RECEIVES_SYN_ACK, &after_syn);
}

/* Fifth check: what the ACK acknowledges. */
static void receive_ack(struct work *work, struct chain *chain)
{
    const struct segment *segment = work->segment;
    const struct endpoint *head = &work->head->end;
    struct seq end = segment_end(segment);
    bool is_new = segment->len > 0 && (!work->step->seq_expected_known ||
                                       seq_ge(segment->seq, work->step->seq_expected));
    const struct seq *proof = is_new ? &end : NULL;

    if (!segment_has(segment, FLAG_ACK))
        return;
    if (chain_end(chain) == STATE_SYN_RECEIVED && !segment_has_any(segment, FLAG_SYN) &&
        (acks_syn(work, head) || acks_syn_late(work, head)))
        receive(work, chain, EVENT_RECEIVES_ACK_OF_SYN, proof);
    else
        inbox_renew(work, EVENT_RECEIVES_ACK_OF_SYN);
    if (head->fin_inferred && seq_eq(segment->ack, head->fin_next)) {
        work->head->end.shown = (uint8_t)transition_next(head->shown, EVENT_SENDS_FIN);
        chain_take(chain, EVENT_SENDS_FIN);
    }
    if (head->fin_known && seq_eq(segment->ack, head->fin_next))
        receive(work, chain, EVENT_RECEIVES_ACK_OF_FIN, proof);
}

/* Eighth check: a FIN counts once everything before it has arrived. */
static void receive_fin(struct work *work, struct chain *chain)
{
    const struct endpoint *tail = &work->tail->end;
    enum tcp_state before = chain_end(chain);
    struct arrival *waiting;

    if (!tail->fin_known || tail->fin_inferred)
        return;
    if (tail->fin_frame == work->segment->frame) {
        work->tail->fin_id = work->segment->id;
        work->tail->fin_found = (uint8_t)before;
    }
    if (seq_lt(delivered_end(work), tail->fin_next))
        return;
    waiting = inbox_find(&work->head->inbox, EVENT_RECEIVES_FIN);
    if (waiting != NULL && waiting->doubtful) {
        /* what was missing is sent again: the first copy was lost (RFC 9293 3.8.1) */
        ledger_revise(work->head->ledger, work, EVENT_RECEIVES_FIN);
        inbox_remove(&work->head->inbox, EVENT_RECEIVES_FIN);
        work->head->fin_delivered = false;
    }
    if (work->head->fin_delivered) {
        if (segment_has_any(work->segment, FLAG_FIN))
            inbox_renew(work, EVENT_RECEIVES_FIN);
        return;
    }
    receive(work, chain, EVENT_RECEIVES_FIN, &tail->fin_next);
    work->head->fin_delivered = chain_end(chain) != before;
}

/* Midstream: an ACK number shows that its sender has heard the other end, which is therefore open. */
static void infer_unheard(struct work *work, struct chain *chain)
{
    struct side_record *head = work->head;

    if (!segment_has(work->segment, FLAG_ACK))
        return;
    head->end.shown = (uint8_t)transition_next(head->end.shown, EVENT_INFERRED_OPEN);
    chain_take(chain, EVENT_INFERRED_OPEN);
}

/* It left before its sender's FIN and is captured after it. Within a moment that is the capture's
 * order, and it arrives before the FIN; else it was overtaken on its way, and arrives after it. */
static bool arrives_before_fin(const struct work *work)
{
    const int64_t moment_ns = 1000000;
    const struct segment *segment = work->segment;
    const struct endpoint *tail = &work->tail->end;
    int64_t since = elapsed_ns(segment->has_time, segment->time_ns, work->tail->fin_ns);

    return work->overtaken && tail->sent_fin && since <= moment_ns && seq_lt(work->segment->seq, tail->fin_next) &&
           inbox_find(&work->head->inbox, EVENT_RECEIVES_FIN) != NULL;
}

/* What the segment brings, in the order of RFC 9293 3.10.7.4. */
static void receive_all(struct work *work, struct chain *chain)
{
    const struct segment *segment = work->segment;
    const struct endpoint *head = &work->head->end;

    if (segment_has_any(segment, FLAG_RST)) {
        if (work->step->rst_decisive)
            receive(work, chain,
                    chain->at[0] == STATE_SYN_RECEIVED && !head->sent_syn
                        ? EVENT_RECEIVES_RST_AS_LISTENER
                        : EVENT_RECEIVES_RST,
                    NULL);
        return;
    }
    if (segment_has_any(segment, FLAG_SYN))
        receive_syn(work, chain);
    if (work->tcb->midstream && !head->seen)
        infer_unheard(work, chain);
    receive_ack(work, chain);
    /* octets that were overtaken may be what the FIN waits for */
    if (!work->overtaken || (segment->payload_len > 0 && !arrives_before_fin(work)))
        receive_fin(work, chain);
}

/* A RST was not its sender's own if that goes on: what was sent to it since found it alive. */
static bool may_have_been_forged(const struct side_record *head)
{
    return head->end.sent_rst && head->end.shown == STATE_CLOSED && head->inbox.count == 0;
}

static void open_ledger(struct work *work, const struct chain *chain)
{
    struct side_record *head = work->head;
    struct ledger_entry *entry;

    if (head->ledger == NULL && may_have_been_forged(head))
        ledger_open_after(&head->ledger, &work->model->pool, (enum tcp_state)head->before_rst,
                          EVENT_SENDS_RST);
    ledger_open(&head->ledger, &work->model->pool, chain->at[0]);
    entry = ledger_add(head->ledger, work->segment);
    if (entry == NULL)
        return;
    chain_record(chain, entry);
    entry->before = (uint8_t)chain->at[0];
    entry->after = (uint8_t)chain_end(chain);
}

void delivery_expect(struct work *work)
{
    struct side_record *head = work->head;
    struct step *step = work->step;
    struct chain chain = {.count = 1};
    bool before_fin = arrives_before_fin(work);

    chain.at[0] = (enum tcp_state)head->end.expected;
    if (before_fin)
        chain.at[0] = inbox_apply_but(&head->inbox, (enum tcp_state)head->end.shown,
                                      EVENT_RECEIVES_FIN);
    if (step->admission == ADMIT_FULL)
        receive_all(work, &chain);
    chain_to_path(&chain, &step->dst);
    if ((head->inbox.count > 0 || may_have_been_forged(head)) && !before_fin)
        open_ledger(work, &chain);
    head->end.expected = (uint8_t)chain_end(&chain);
    if (before_fin)
        head->end.expected = (uint8_t)inbox_apply(&head->inbox, (enum tcp_state)head->end.shown);
    if (head->end.expected == STATE_TIME_WAIT && chain.count > 1)
        head->time_wait_ns = work->segment->time_ns;
}

static void correct(struct side_record *record, enum event event)
{
    record->end.shown = (uint8_t)transition_next((enum tcp_state)record->end.shown, event);
    record->end.expected = (uint8_t)inbox_apply(&record->inbox, (enum tcp_state)record->end.shown);
}

void delivery_take_back_fin(struct tcb *tcb, enum side side)
{
    struct side_record *record = &tcb->side[side];
    struct side_record *peer = &tcb->side[side_other(side)];

    correct(record, EVENT_TAKEN_BACK_OWN_FIN);
    correct(peer, EVENT_TAKEN_BACK_PEER_FIN);
    peer->fin_delivered = false;
    tcb->octets_missing = true;
    tcb->ended = false;
    if (tcb->fin_first_known && tcb->fin_first == side)
        tcb->fin_first_known = peer->end.fin_known;
    tcb->fin_first = side_other(side);
    if (!peer->end.fin_known)
        tcb->kind = TEARDOWN_NONE;
}

void delivery_pass_time(struct work *work)
{
    const struct segment *segment = work->segment;

    for (unsigned side = 0; side < 2; side++) {
        struct side_record *record = &work->tcb->side[side];
        struct chain chain = {.count = 1};
        int64_t since = elapsed_ns(segment->has_time, segment->time_ns, record->time_wait_ns);

        if (record->end.expected != STATE_TIME_WAIT || record->time_wait_ns == 0 ||
            since < model_time_wait_ns(work->model))
            continue;
        record->inbox.count = 0;
        chain.at[0] = STATE_TIME_WAIT;
        chain_take(&chain, EVENT_TIMER_2MSL);
        record->end.shown = (uint8_t)chain_end(&chain);
        record->end.expected = record->end.shown;
    }
}
