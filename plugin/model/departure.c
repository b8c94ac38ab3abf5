/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "departure.h"

#include "chain.h"
#include "inbox.h"
#include "model.h"
#include "numbers.h"
#include "opening.h"
#include "reset_class.h"

/* The sender lacked the FIN when this left: what had reached it by then found it without the FIN,
 * though the capture shows the FIN first (hindsight). What was sent a late turnaround before had;
 * with the FIN itself above a hole (RFC 2018) the rest of the path is quick. */
static void delay_fin(struct work *work, const struct arrival *arrival)
{
    const struct segment *segment = work->segment;
    const struct tcp_options *options = &segment->options;
    const struct side_record *tail = work->tail;
    bool held = inbox_is_held(work, arrival);
    struct reached reached = {.now_ns = segment->time_ns, .least_ns = INT64_MAX};

    if (arrival->event != EVENT_RECEIVES_FIN)
        return;
    if (segment->has_time && tail->end.turnaround_ns >= 0)
        reached.least_ns = held ? tail->end.turnaround_ns : tail->end.turnaround_late_ns;
    reached.twice = options->sack_blocks > 0 && seq_le(options->sack[0].right, segment->ack);
    reached.octets = options->sack[0];
    ledger_delay(tail->ledger, work, EVENT_RECEIVES_FIN, &reached, held);
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
            delay_fin(work, &arrival);
            inbox->items[kept++] = arrival;
            break;
        case ARRIVAL_DOUBTFUL:
            delay_fin(work, &arrival);
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
 * missing segment acknowledged it; only a FIN that crossed did not. Where the peer is not seen at
 * all nobody knows how long that is: most FINs answer one. */
static bool fin_was_answerable(const struct work *work)
{
    const struct side_record *tail = work->tail;
    int64_t since = elapsed_ns(work->segment->has_time, work->segment->time_ns, tail->fin_ns);

    return tail->end.sent_fin && since >= 0 &&
           (!work->head->end.seen || endpoint_must_have_it(&work->head->end, since));
}

/* Without any SYN towards an end that still waits for one: its sender holds an older connection (RFC
 * 5961 4.2, RFC 9293 3.5.1). Nothing has to be missing. */
static bool may_be_challenge(const struct work *work)
{
    const struct endpoint *peer = &work->head->end;
    struct seq ack = work->segment->ack;
    bool acks_syn = seq_gt(ack, peer->snd.iss) && seq_le(ack, peer->snd.nxt);

    return endpoint_waits_for_synack(peer) && !endpoint_sent_any_syn(&work->tail->end) &&
           (segment_is_pure_ack(work->segment) || !acks_syn);
}

/* Which segment of the handshake the capture lacks, told by the state its absence left behind. */
static void observe_missing(struct work *work, enum tcp_state state)
{
    if (work->tcb->midstream || may_be_challenge(work))
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
        if (work->tail->end.sent_rst)
            ledger_revise(work->tail->ledger, work, EVENT_SENDS_RST);
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
    if (segment_has_any(segment, FLAG_FIN) && !numbers_fin_is_refuted(work))
        chain_take(chain, EVENT_SENDS_FIN);
}

/* Nobody listened: the receiver of the SYN was CLOSED all along (RFC 9293 3.10.7.1). */
static void refuse(struct work *work)
{
    struct side_record *tail = work->tail;

    tail->inbox.count = 0;
    tail->end.shown = (uint8_t)transition_next(tail->end.shown, EVENT_INFERRED_REFUSAL);
    if (work->step->rst_class == RST_SYNSENT_OK)
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
    else if (segment_has_any(segment, FLAG_RST) && !work->tcb->borrowed)
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

    if (tail->inbox.count == 0 && !tail->assumed && chain_end(chain) != STATE_CLOSED) {
        ledger_close(&tail->ledger, &work->model->pool);
        return;
    }
    /* whoever sent a RST, it is shown as CLOSED */
    entry = ledger_add_own(tail->ledger, &tail->inbox,
                           segment_has_any(work->segment, FLAG_RST) ? LEDGER_NO_ID
                                                                    : work->segment->id);
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

/* Its timestamp, or where clocks are too coarse the IP identification, is older than the FIN's: a
 * clock never runs back (RFC 7323 5.4), and stacks count the identifications of a connection up. */
static bool is_older_than_fin(const struct work *work)
{
    const uint16_t near = 32;
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;
    uint16_t behind = (uint16_t)(tail->fin_ip_id - segment->ip_id);

    if (tail->fin_has_ts && tcp_options_has(&segment->options, OPTION_TS) &&
        segment->options.tsval != tail->fin_tsval)
        return seq_lt(seq_of(segment->options.tsval), seq_of(tail->fin_tsval));
    return tail->fin_ip_id != 0 && segment->has_ip_id && segment->ip_id != 0 && behind > 0 &&
           behind < near;
}

/* It carries a number below its sender's FIN: was it sent before that? A retransmission was not, and
 * a keepalive one below comes much later (RFC 9293 3.8.4). */
static bool left_before_fin(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;
    int64_t since = elapsed_ns(segment->has_time, segment->time_ns, tail->fin_ns);

    if (!tail->end.sent_fin || !seq_lt(segment->seq, tail->end.fin_next))
        return false;
    return is_older_than_fin(work) ||
           (segment_is_pure_ack(segment) && !endpoint_must_have_it(&tail->end, since));
}

/* Stored or delivered after segments that its sender sent later: RCV.NXT and SND.NXT never recede
 * (RFC 9293 3.4), and a pure ACK carries SND.NXT. */
static bool is_overtaken(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;
    const struct endpoint *peer = &work->head->end;

    if (segment_has_any(segment, FLAG_SYN))
        return is_late_syn(work);
    if (!tail->end.seen || !segment_has(segment, FLAG_ACK) ||
        segment_has_any(segment, FLAG_FIN | FLAG_RST))
        return false;
    if (peer->una_known && tail->last_had_ack && seq_lt(segment->ack, peer->snd.una))
        return true;
    return left_before_fin(work);
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
    else if (left_before_fin(work))
        chain_correct(&chain, EVENT_TAKEN_BACK_OWN_FIN);
    if (!segment_has_any(segment, FLAG_SYN) && peer->fin_known &&
        seq_lt(segment->ack, peer->fin_next))
        chain_correct(&chain, EVENT_TAKEN_BACK_PEER_FIN);
    work->step->src_before = chain.at[0];
    chain_to_path(&chain, &work->step->src);
}

/* An end resets with the number it sends next, or answers in the shape of RFC 9293 3.5.2. A RST with
 * another number is shown as what it claims to be, but does not move the model of its sender. */
static bool is_doubtful_reset(const struct work *work)
{
    enum rst_class class = work->step->rst_class;

    return class == RST_IN_WINDOW || class == RST_OUT_OF_WINDOW || class == RST_STALE;
}

void departure_settle(struct work *work)
{
    struct side_record *tail = work->tail;
    struct chain chain = {.count = 1};

    chain.at[0] = starting_state(work);
    if (tail->end.seen && is_doubtful_reset(work)) {
        chain_correct(&chain, EVENT_SENDS_RST);
        chain_to_path(&chain, &work->step->src);
        return;
    }
    if (tail->end.shown == STATE_CLOSED && from_before_its_rst(work)) {
        chain.at[0] = (enum tcp_state)tail->before_rst;
        work->step->src_before = chain.at[0];
        chain_to_path(&chain, &work->step->src);
        return;
    }
    if (is_overtaken(work)) {
        work->overtaken = true;
        if (!segment_has_any(work->segment, FLAG_SYN)) /* such a copy may have been doubled */
            work_observe_once(work, OBSERVED_REORDER);
        show_overtaken(work);
        return;
    }
    take_back(work, &chain);
    settle_inbox(work, &chain);
    infer(work, &chain);
    if (segment_has_any(work->segment, FLAG_RST))
        tail->before_rst = (uint8_t)chain_end(&chain);
    own_events(work, &chain);

    chain_to_path(&chain, &work->step->src);
    keep_ledger(work, &chain);
    tail->end.shown = (uint8_t)chain_end(&chain);
    tail->end.expected = (uint8_t)inbox_apply(&tail->inbox, chain_end(&chain));
    if (tail->end.expected == STATE_TIME_WAIT && segment_has(work->segment, FLAG_ACK))
        tail->time_wait_ns = work->segment->time_ns; /* 3.10.8: restarts with each ACK it sends */
}
