/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events.h"

#include "inbox.h"
#include "model.h"
#include "opening.h"
#include "reset_class.h"

#include <string.h>

/* The states that an endpoint passes through on one segment. */
#define CHAIN_MAX 8
struct chain {
    unsigned count; /* of states, at least 1 */
    enum tcp_state at[CHAIN_MAX];
    unsigned news; /* bit i: the change from at[i] is to be listed */
    unsigned events_count;
    uint8_t events[CHAIN_MAX]; /* what the endpoint did itself, or was inferred to do */
};

static enum tcp_state chain_end(const struct chain *chain)
{
    return chain->at[chain->count - 1];
}

static bool chain_move(struct chain *chain, enum event event, bool news)
{
    enum tcp_state next = transition_next(chain_end(chain), event);

    if (next == chain_end(chain))
        return false;
    if (chain->count < CHAIN_MAX) {
        if (news)
            chain->news |= 1U << (chain->count - 1);
        chain->count++;
    }
    chain->at[chain->count - 1] = next;
    return true;
}

static void chain_take(struct chain *chain, enum event event)
{
    unsigned i = chain->events_count;

    if (!chain_move(chain, event, true) || i >= CHAIN_MAX)
        return;
    chain->events[i] = (uint8_t)event;
    chain->events_count = i + 1;
}

/* What its segment listed when it passed is not listed again, unless it changes something else
 * than was expected then. */
static void chain_take_arrival(struct chain *chain, const struct arrival *arrival)
{
    enum event event = (enum event)arrival->event;
    bool told = !arrival->doubtful && arrival->from == (uint8_t)chain_end(chain) &&
                arrival->to == (uint8_t)transition_next(chain_end(chain), event);

    chain_move(chain, event, !told);
}

/* A correction is not a transition: the chain starts anew at the corrected state. */
static void chain_correct(struct chain *chain, enum event event)
{
    chain->at[0] = transition_next(chain_end(chain), event);
    chain->count = 1;
    chain->news = 0;
}

/* Remembers the events for hindsight; more than an entry holds are not taken back. */
static void chain_record(const struct chain *chain, struct ledger_entry *entry)
{
    unsigned count = chain->events_count < LEDGER_EVENTS ? chain->events_count : LEDGER_EVENTS;

    memcpy(entry->events, chain->events, count);
    entry->count = (uint8_t)count;
}

static void path_set(struct path *path, const struct chain *chain)
{
    unsigned count = chain->count;
    unsigned skip = count > PATH_MAX_CHANGES + 1 ? count - PATH_MAX_CHANGES - 1 : 0;

    memset(path, 0, sizeof(*path));
    path->count = (uint8_t)(count - skip - 1);
    path->listed = (uint8_t)(chain->news >> skip);
    for (unsigned i = 0; i <= path->count; i++)
        path->at[i] = (uint8_t)chain->at[skip + i];
}

/* Takes out of the sender's inbox what its segment proves or lets assume; leaves the rest. */
static void settle_inbox(struct work *work, struct chain *chain)
{
    struct inbox *inbox = &work->tail->inbox;
    unsigned kept = 0;
    bool unheard = false;

    for (unsigned i = 0; i < inbox->count; i++) {
        struct arrival arrival = inbox->items[i];

        switch (inbox_judge(work, &arrival)) {
        case ARRIVAL_ASSUMED:
            work->tail->assumed = true;
            chain_take_arrival(chain, &arrival);
            break;
        case ARRIVAL_PROVED:
            chain_take_arrival(chain, &arrival);
            break;
        case ARRIVAL_NOT_YET:
            inbox->items[kept++] = arrival;
            break;
        case ARRIVAL_DOUBTFUL:
            arrival.doubtful = true;
            inbox->items[kept++] = arrival;
            break;
        case ARRIVAL_LOST:
            ledger_revise(work->tail->ledger, work, (enum event)arrival.event);
            unheard |= arrival.event == EVENT_RECEIVES_SYN_ACK;
            break;
        }
    }
    if (unheard) {
        /* still in SYN-SENT: it dropped whatever came behind the SYN-ACK (3.10.7.3 step 5) */
        kept = 0;
        work->tail->fin_delivered = false;
    }
    inbox->count = (uint8_t)kept;
}

/* Its retransmission shows that an ACK which was taken as received had not arrived. */
static void take_back(struct work *work, struct chain *chain)
{
    const struct segment *segment = work->segment;
    const struct endpoint *end = &work->tail->end;

    if (segment_is_syn_ack(segment) && end->sent_synack && seq_eq(segment->seq, end->snd.iss) &&
        !end->sent_past_syn) {
        chain_correct(chain, EVENT_TAKEN_BACK_ACK_OF_SYN);
        ledger_revise(work->tail->ledger, work, EVENT_RECEIVES_ACK_OF_SYN);
    }
    if (segment_has_any(segment, FLAG_FIN) && end->sent_fin &&
        seq_eq(segment_end(segment), end->fin_next) && chain_end(chain) != STATE_CLOSED &&
        transition_next(chain_end(chain), EVENT_TAKEN_BACK_ACK_OF_FIN) != chain_end(chain)) {
        chain_correct(chain, EVENT_TAKEN_BACK_ACK_OF_FIN);
        ledger_revise(work->tail->ledger, work, EVENT_RECEIVES_ACK_OF_FIN);
    }
}

/* The peer's FIN is not captured. Had this side's own FIN been with the peer for long enough, the
 * missing segment acknowledged it; only a FIN that crossed did not. */
static bool fin_was_answerable(const struct work *work)
{
    const struct side_record *tail = work->tail;
    int64_t since = elapsed_ns(work->segment->has_time, work->segment->time_ns, tail->fin_ns);

    return tail->end.sent_fin && since >= 0 &&
           endpoint_must_have_it(&work->head->end, since);
}

/* Which segment of the handshake the capture lacks, told by the state its absence left behind. */
static void observe_missing(struct work *work, enum tcp_state state)
{
    if (work->tcb->midstream)
        return;
    work->tcb->segment_missing = true;
    if (state == STATE_SYN_SENT && !work->head->end.sent_synack && !work->head->end.sent_syn)
        work_observe_once(work, OBSERVED_MISSED_SYNACK);
    else if (state == STATE_SYN_RECEIVED)
        work_observe_once(work, OBSERVED_MISSED_ACK);
    else if (state == STATE_CLOSED)
        work_observe_once(work, OBSERVED_RESYNC); /* it goes on after a RST */
}

/* SYN-RECEIVED allows an ACK that acknowledges no more than the SYN (the answer to a copy of it),
 * and with Fast Open data as well (RFC 7413 4.2.2). */
static bool may_be_syn_received(const struct work *work)
{
    const struct endpoint *peer = &work->head->end;

    return work->tcb->tfo || (segment_is_pure_ack(work->segment) && peer->iss_known &&
                              seq_eq(work->segment->ack, seq_add(peer->snd.iss, 1)));
}

/* What the sender must have received though the capture does not show it. */
static void infer(struct work *work, struct chain *chain)
{
    const struct segment *segment = work->segment;
    const struct endpoint *peer = &work->head->end;
    bool past_syn = !segment_has_any(segment, FLAG_SYN | FLAG_RST) && segment_has(segment, FLAG_ACK);

    if (past_syn && !tcp_state_is_synchronized(chain_end(chain)) &&
        !(chain_end(chain) == STATE_SYN_RECEIVED && may_be_syn_received(work))) {
        observe_missing(work, chain_end(chain));
        chain_take(chain, EVENT_INFERRED_OPEN);
    }
    if (past_syn && work->tcb->syn_missing && segment->sender == work->conn->client)
        work_observe_once(work, OBSERVED_MISSED_SYN);
    if (work->tail->end.fin_inferred && chain_end(chain) != STATE_CLOSED)
        chain_take(chain, EVENT_SENDS_FIN);
    if (segment_has(segment, FLAG_ACK) && peer->fin_known && !work->tail->fin_delivered &&
        seq_ge(segment->ack, peer->fin_next)) {
        if (peer->fin_inferred && fin_was_answerable(work))
            chain_take(chain, EVENT_RECEIVES_ACK_OF_FIN);
        work->tail->fin_delivered = true;
        /* the hole below the FIN was the capture's alone: the FIN moved this side at once */
        if (peer->sent_fin)
            work_amend(work, work->head->fin_id, AMEND_DST_STATE,
                       transition_next((enum tcp_state)work->head->fin_found,
                                       EVENT_RECEIVES_FIN));
        chain_take(chain, EVENT_RECEIVES_FIN);
    }
}

static void own_events(struct work *work, struct chain *chain)
{
    const struct segment *segment = work->segment;

    if (segment_has_any(segment, FLAG_RST)) {
        if (!reset_leaves_syn_sent(work, chain_end(chain)))
            chain_take(chain, EVENT_SENDS_RST);
        return;
    }
    if (segment_is_syn(segment))
        chain_take(chain, EVENT_SENDS_SYN);
    else if (segment_is_syn_ack(segment))
        chain_take(chain, EVENT_SENDS_SYN_ACK);
    if (segment_has_any(segment, FLAG_FIN))
        chain_take(chain, EVENT_SENDS_FIN);
}

/* Nobody listened: the receiver of the SYN was CLOSED all along (RFC 9293 3.10.7.1). */
static void refuse(struct work *work)
{
    struct side_record *tail = work->tail;

    tail->inbox.count = 0;
    tail->end.shown = (uint8_t)transition_next(tail->end.shown, EVENT_INFERRED_REFUSAL);
    opening_refused(work);
}

/* Where the sender stood before this segment, by its own segments alone. */
static enum tcp_state starting_state(struct work *work)
{
    struct side_record *tail = work->tail;
    const struct segment *segment = work->segment;

    work->step->src_before = (enum tcp_state)tail->end.shown;
    if (tail->end.seen)
        return (enum tcp_state)tail->end.shown;
    /* RFC 9293 3.10.1: a bare SYN comes from an active OPEN, whatever was taken for granted */
    if (segment_is_syn(segment))
        tail->end.shown = STATE_CLOSED;
    else if (segment_is_syn_ack(segment) && tail->end.shown != STATE_LISTEN)
        tail->end.shown = STATE_LISTEN;
    else if (segment_has_any(segment, FLAG_RST) && work->step->rst_class == RST_SYNSENT_OK)
        refuse(work);
    work->step->src_before = (enum tcp_state)tail->end.shown;
    if (work->tcb->midstream)
        work->step->src_before = STATE_UNKNOWN;
    else if (tail->end.shown == STATE_SYN_SENT)
        work->step->src_before = STATE_CLOSED; /* its SYN is not captured: an active opener */
    return (enum tcp_state)tail->end.shown;
}

/* Left before the RST that the capture shows first, or proof that the RST was not its own. */
static bool from_before_its_rst(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;
    int64_t since = elapsed_ns(segment->has_time, segment->time_ns, tail->rst_ns);

    if (!tail->end.sent_rst || segment_has_any(segment, FLAG_RST | FLAG_SYN))
        return false;
    return seq_le(segment_end(segment), tail->rst_seq) &&
           !endpoint_must_have_it(&tail->end, since);
}

/* While anything is unproved, each of its segments may have to be amended. */
static void keep_ledger(struct work *work, const struct chain *chain)
{
    struct side_record *tail = work->tail;
    struct ledger_entry *entry;

    if (tail->inbox.count == 0 && !tail->assumed) {
        ledger_close(&tail->ledger, &work->model->pool);
        return;
    }
    entry = ledger_add_own(tail->ledger, &tail->inbox, work->segment->id);
    if (entry == NULL)
        return;
    chain_record(chain, entry);
    entry->after = (uint8_t)chain_end(chain);
    if (tail->inbox.count > 0)
        ledger_replay(tail->ledger, work);
}

/* A copy of the SYN or SYN-ACK that its sender cannot have sent now: it has gone on since, or the
 * path doubled the packet (a retransmission has a new timestamp, and an IP ID of its own). */
static bool is_late_syn(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;

    if (!tail->end.iss_exact || !seq_eq(segment->seq, tail->end.snd.iss))
        return false;
    if (tail->end.sent_past_syn)
        return true;
    if (!segment_is_syn_ack(segment) || !tail->end.sent_synack)
        return false;
    if (tcp_options_has(&segment->options, OPTION_TS) && tail->end.ts_seen)
        return segment->options.tsval == tail->end.ts_high;
    return segment->has_ip_id && segment->ip_id != 0 && segment->ip_id == tail->syn_ip_id;
}

/* Stored or delivered after segments that its sender sent later: RCV.NXT and SND.NXT never recede
 * (RFC 9293 3.4), and a pure ACK carries SND.NXT. A keepalive one below comes much later. */
static bool is_overtaken(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;
    const struct endpoint *peer = &work->head->end;
    int64_t since = elapsed_ns(segment->has_time, segment->time_ns, tail->fin_ns);

    if (segment_has_any(segment, FLAG_SYN))
        return is_late_syn(work);
    if (!tail->end.seen || !segment_has(segment, FLAG_ACK) ||
        segment_has_any(segment, FLAG_FIN | FLAG_RST))
        return false;
    if (peer->una_known && tail->last_had_ack && seq_lt(segment->ack, peer->snd.una))
        return true;
    return segment_is_pure_ack(segment) && tail->end.sent_fin &&
           seq_lt(segment->seq, tail->end.fin_next) &&
           !endpoint_must_have_it(&tail->end, since);
}

/* Its sender stood where it was before it sent, or had received, what the numbers lack. */
static void show_overtaken(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;
    const struct endpoint *peer = &work->head->end;
    struct chain chain = {.count = 1};

    chain.at[0] = (enum tcp_state)tail->end.shown;
    if (segment_has_any(segment, FLAG_SYN))
        chain.at[0] = segment_is_syn(segment) ? STATE_SYN_SENT : STATE_SYN_RECEIVED;
    else if (tail->end.sent_fin && seq_lt(segment->seq, tail->end.fin_next) &&
        segment->payload_len == 0)
        chain_correct(&chain, EVENT_TAKEN_BACK_OWN_FIN);
    if (!segment_has_any(segment, FLAG_SYN) && peer->fin_known &&
        seq_lt(segment->ack, peer->fin_next))
        chain_correct(&chain, EVENT_TAKEN_BACK_PEER_FIN);
    work->step->src_before = chain.at[0];
    path_set(&work->step->src, &chain);
}

void events_of_sender(struct work *work)
{
    struct side_record *tail = work->tail;
    struct chain chain = {.count = 1};

    chain.at[0] = starting_state(work);
    if (tail->end.shown == STATE_CLOSED && from_before_its_rst(work)) {
        chain.at[0] = (enum tcp_state)tail->before_rst;
        work->step->src_before = chain.at[0];
        path_set(&work->step->src, &chain);
        return;
    }
    if (is_overtaken(work)) {
        show_overtaken(work);
        return;
    }
    take_back(work, &chain);
    settle_inbox(work, &chain);
    infer(work, &chain);
    if (segment_has_any(work->segment, FLAG_RST))
        tail->before_rst = (uint8_t)chain_end(&chain);
    own_events(work, &chain);

    path_set(&work->step->src, &chain);
    keep_ledger(work, &chain);
    tail->end.shown = (uint8_t)chain_end(&chain);
    tail->end.expected = (uint8_t)inbox_apply(&tail->inbox, chain_end(&chain));
    if (tail->end.expected == STATE_TIME_WAIT && segment_has(work->segment, FLAG_ACK))
        tail->time_wait_ns = work->segment->time_ns; /* 3.10.8: restarts with each ACK it sends */
}

/* ---- the receiver ---- */

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
        acks_syn(work, head))
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

void events_of_receiver(struct work *work)
{
    struct side_record *head = work->head;
    struct step *step = work->step;
    struct chain chain = {.count = 1};

    chain.at[0] = (enum tcp_state)head->end.expected;
    if (step->admission == ADMIT_FULL) {
        if (segment_has_any(work->segment, FLAG_RST)) {
            if (step->rst_decisive)
                receive(work, &chain,
                        chain.at[0] == STATE_SYN_RECEIVED && !head->end.sent_syn
                            ? EVENT_RECEIVES_RST_AS_LISTENER
                            : EVENT_RECEIVES_RST,
                        NULL);
        } else {
            if (segment_has_any(work->segment, FLAG_SYN))
                receive_syn(work, &chain);
            if (work->tcb->midstream && !head->end.seen)
                infer_unheard(work, &chain);
            receive_ack(work, &chain);
            receive_fin(work, &chain);
        }
    }
    path_set(&step->dst, &chain);
    if (head->inbox.count > 0) {
        struct ledger_entry *entry;

        ledger_open(&head->ledger, &work->model->pool, chain.at[0]);
        entry = ledger_add(head->ledger, work->segment->id);
        if (entry != NULL) {
            chain_record(&chain, entry);
            entry->before = (uint8_t)chain.at[0];
            entry->after = (uint8_t)chain_end(&chain);
        }
    }
    head->end.expected = (uint8_t)chain_end(&chain);
    if (chain_end(&chain) == STATE_TIME_WAIT && chain.count > 1)
        head->time_wait_ns = work->segment->time_ns;
}

static void correct(struct side_record *record, enum event event)
{
    record->end.shown = (uint8_t)transition_next((enum tcp_state)record->end.shown, event);
    record->end.expected = (uint8_t)inbox_apply(&record->inbox, (enum tcp_state)record->end.shown);
}

void events_take_back_fin(struct work *work)
{
    struct tcb *tcb = work->tcb;

    correct(work->tail, EVENT_TAKEN_BACK_OWN_FIN);
    correct(work->head, EVENT_TAKEN_BACK_PEER_FIN);
    work->head->fin_delivered = false;
    tcb->octets_missing = true;
    tcb->ended = false;
    if (tcb->fin_first_known && tcb->fin_first == work->segment->sender)
        tcb->fin_first_known = work->head->end.fin_known;
    tcb->fin_first = side_other(work->segment->sender);
    if (!work->head->end.fin_known)
        tcb->kind = TEARDOWN_NONE;
}

void events_of_time(struct work *work)
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
