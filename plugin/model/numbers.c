/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "numbers.h"

#include "clock.h"
#include "model.h"
#include "reneging.h"

/* A shift above 14 means 14 (RFC 7323 2.3). */
#define SCALE_MAX 14

/* ---- the sender's own numbers ---- */

bool numbers_new_iss(const struct work *work)
{
    const struct endpoint *tail = &work->tail->end;

    return segment_has_any(work->segment, FLAG_SYN) &&
           !(tail->iss_exact && seq_eq(tail->snd.iss, work->segment->seq));
}

static void base_set(struct work *work, enum side side, struct seq base)
{
    if (work->conn->base_known[side])
        return;
    work->conn->base_known[side] = true;
    work->conn->base[side] = base;
}

static void take_options(struct work *work)
{
    const struct tcp_options *options = &work->segment->options;
    struct endpoint *tail = &work->tail->end;
    struct endpoint *head = &work->head->end;

    if (tail->options_known && (tail->offered_ts != tcp_options_has(options, OPTION_TS) ||
                                tail->offered_sack != tcp_options_has(options, OPTION_SACK_PERM)))
        tail->offers_vary = true; /* which one counted is not known */
    tail->options_known = !options->cut;
    tail->mss = tcp_options_has(options, OPTION_MSS) ? options->mss : 0;
    tail->offered_ws = tcp_options_has(options, OPTION_WS);
    tail->offered_ts = tcp_options_has(options, OPTION_TS);
    tail->offered_sack = tcp_options_has(options, OPTION_SACK_PERM);
    tail->offered_tfo = tcp_options_has(options, OPTION_TFO) || options->tfo_experimental;
    tail->mptcp = options->mptcp;
    tail->scale = tail->offered_ws ? options->ws : 0;
    if (tail->scale > SCALE_MAX)
        tail->scale = SCALE_MAX;
    if (!tail->options_known || !head->options_known)
        return;
    /* RFC 7323 2.2: in force only when both SYNs carried it */
    if (!tail->offered_ws || !head->offered_ws)
        tail->scale = head->scale = 0;
    tail->scale_known = head->scale_known = true;
}

static void take_syn(struct work *work)
{
    const struct segment *segment = work->segment;
    struct endpoint *tail = &work->tail->end;

    tail->iss_exact = tail->iss_known = true;
    tail->snd.iss = segment->seq;
    if (tail->iss_frame == 0)
        tail->iss_frame = segment->frame;
    if (segment_is_syn(segment) && segment->sender == work->conn->client &&
        work->tcb->syn_missing) {
        work->tcb->syn_missing = false; /* it was only stored late */
        work_observe_once(work, OBSERVED_REORDER);
    }
    work->conn->base_known[segment->sender] = true;
    work->conn->base[segment->sender] = segment->seq;
    if (!tail->una_known) {
        tail->una_known = true;
        tail->snd.una = segment->seq;
    }
    if (!tail->nxt_known) {
        tail->nxt_known = true;
        tail->snd.nxt = segment->seq;
        tail->snd.contiguous = tail->snd.una;
    }
    take_options(work);
    if (work->tail->synack_window) {
        work->tail->synack_window = false;
        tail->edge_known = true;
        tail->snd.edge = seq_add(segment->seq, 1U + work->tail->syn_window);
        tail->snd.wnd = work->tail->syn_window;
        tail->edge_frame = work->head->end.iss_frame;
    }
}

bool numbers_is_probe(const struct work *work)
{
    const struct endpoint *tail = &work->tail->end;

    return work->segment->payload_len == 1 && work->segment->len == 1 && tail->edge_known &&
           tail->snd.wnd == 0 && seq_eq(work->segment->seq, tail->snd.edge);
}

static uint32_t fins_apart_us(const struct work *work)
{
    int64_t since_ns =
        elapsed_ns(work->segment->has_time, work->segment->time_ns, work->head->fin_ns);

    if (since_ns < 0 || since_ns / 1000 >= FINS_APART_UNKNOWN)
        return FINS_APART_UNKNOWN;
    return (uint32_t)(since_ns / 1000);
}

bool numbers_fin_is_refuted(const struct work *work)
{
    const struct endpoint *tail = &work->tail->end;

    return segment_has_any(work->segment, FLAG_FIN) && tail->una_known &&
           seq_lt(segment_end(work->segment), tail->snd.una);
}

static void take_fin(struct work *work)
{
    const struct segment *segment = work->segment;
    struct endpoint *tail = &work->tail->end;
    struct seq end = segment_end(segment);

    if (numbers_fin_is_refuted(work))
        return;
    if (tail->fin_known && !(tail->fin_inferred && seq_eq(end, tail->fin_next)))
        return; /* a copy, or one that moved: the first counts */
    tail->fin_known = tail->sent_fin = true;
    tail->fin_inferred = false;
    tail->fin_next = end;
    tail->fin_frame = segment->frame;
    work->tail->fin_ns = segment->time_ns;
    work->tail->fin_has_ts = tcp_options_has(&segment->options, OPTION_TS);
    work->tail->fin_tsval = segment->options.tsval;
    work->tail->fin_ip_id = segment->has_ip_id ? segment->ip_id : 0;
    tail->fin_ack = segment->ack;
    tail->fin_ack_known = segment_has(segment, FLAG_ACK);
    work->conn->fin_frame[segment->sender] = segment->frame;
    if (work->head->end.sent_fin)
        work->conn->fins_apart_us = fins_apart_us(work);
}

/* Is the one number before the acknowledgment a FIN that the capture lacks? One beyond everything
 * that the peer sent; or a hole of one number at its very end while the other side has closed. */
static bool acks_unseen_fin(const struct work *work)
{
    const struct endpoint *head = &work->head->end;
    struct seq ack = work->segment->ack;

    /* the octet of a window probe is accepted like any other (RFC 9293 3.8.6.1) */
    if (work->head->probe_known && seq_eq(work->head->probe_end, ack))
        return false;
    if (seq_eq(ack, seq_add(head->snd.nxt, 1)))
        return true;
    return seq_eq(ack, head->snd.nxt) && seq_eq(head->snd.contiguous, seq_sub(ack, 1)) &&
           work->tail->end.fin_known;
}

void numbers_infer_fin(struct work *work)
{
    const struct segment *segment = work->segment;
    struct endpoint *head = &work->head->end;

    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST) ||
        head->fin_known || !head->seen || !head->nxt_known || !work->tcb->handshake_done ||
        !acks_unseen_fin(work))
        return;
    head->fin_known = head->fin_inferred = true;
    head->fin_next = segment->ack;
    head->fin_ack_known = false;
    work->tcb->segment_missing = true;
    work->step->observed |= OBSERVED_MISSED_FIN;
}

bool numbers_disprove_fin(struct work *work)
{
    const struct segment *segment = work->segment;
    struct endpoint *tail = &work->tail->end;

    if (!tail->fin_inferred || segment->payload_len == 0 || segment_has_any(segment, FLAG_RST) ||
        seq_le(segment_end(segment), tail->fin_next))
        return false;
    tail->fin_known = tail->fin_inferred = false;
    return true;
}

/* X-REO: it fills a hole that is younger than any request to send again could be. */
static bool was_overtaken(const struct work *work, const struct flight_entry *entry)
{
    const int64_t young_ns = 3000000;
    const struct segment *segment = work->segment;
    const struct endpoint *tail = &work->tail->end;
    const struct flight_entry *above;
    int64_t since;

    if (!tail->has_hole || !seq_eq(entry->start, tail->snd.contiguous) || !segment->has_time ||
        work->head->end.turnaround_ns < 0)
        return false;
    above = flight_above(&work->tail->flight, entry->start);
    if (above == NULL || seq_lt(above->start, entry->end))
        return false;
    if (tcp_options_has(&segment->options, OPTION_TS) && tail->ts_seen &&
        seq_gt(seq_of(segment->options.tsval), seq_of(tail->ts_high)))
        return false; /* stamped later than what overtook it: sent again */
    since = elapsed_ns(true, segment->time_ns, above->time_ns);
    return since >= 0 && since < work->head->end.turnaround_ns &&
           (since <= young_ns || since <= work->head->end.turnaround_ns / 4);
}

static void take_sent(struct work *work)
{
    const struct segment *segment = work->segment;
    struct side_record *record = work->tail;
    struct endpoint *tail = &record->end;
    const struct flight_entry *before = flight_find(&record->flight, segment->seq);
    struct flight_entry entry = {.start = segment->seq, .end = segment_end(segment)};

    if (!tail->nxt_known) {
        tail->nxt_known = true;
        tail->snd.nxt = segment->seq;
        tail->snd.contiguous =
            tail->una_known ? seq_max(tail->snd.una, segment->seq) : segment->seq;
    }
    if (seq_gt(entry.end, tail->snd.nxt)) {
        tail->snd.nxt = entry.end;
        tail->nxt_frame = segment->frame;
    }
    entry.id = segment->id;
    entry.frame = segment->frame;
    entry.time_ns = segment->time_ns;
    entry.older = before != NULL ? before->id + 1 : 0;
    if (was_overtaken(work, &entry))
        work_observe_once(work, OBSERVED_REORDER);
    /* octets that the peer has acknowledged need no memory */
    if (tail->una_known && seq_lt(entry.start, tail->snd.una))
        entry.start = tail->snd.una;
    flight_add(&record->flight, &work->model->pool, &entry);
    tail->snd.contiguous = flight_contiguous(&record->flight, tail->snd.contiguous);
    tail->has_hole = seq_lt(tail->snd.contiguous, tail->snd.nxt);
    if (record->flight.overflowed)
        work->tcb->limit_reached = true;
}

static void restart(struct work *work, struct side_record *record, struct seq next)
{
    struct endpoint *end = &record->end;

    flight_clear(&record->flight, &work->model->pool);
    end->snd.nxt = end->snd.contiguous = next;
    end->una_known = end->edge_known = end->fin_known = end->fin_inferred = end->has_hole = false;
    end->ts_seen = end->ts_recent_known = false; /* another life may keep another clock */
    record->stuck = false;
    record->copies = 0;
}

void numbers_resync(struct work *work)
{
    restart(work, work->tail, work->segment->seq);
    if (segment_has(work->segment, FLAG_ACK))
        restart(work, work->head, work->segment->ack);
    work->tcb->octets_missing = true;
    work->step->observed |= OBSERVED_RESYNC;
}

/* ---- what the sender acknowledges ---- */

static void acked(void *context, const struct flight_entry *entry)
{
    const struct work *work = context;

    work_amend(work, entry->id, AMEND_ACKED_IN, work->segment->frame);
    if (entry->older != 0)
        work_amend(work, entry->older - 1, AMEND_ACKED_IN, work->segment->frame);
}

static void learn_turnaround(struct work *work)
{
    const struct segment *segment = work->segment;
    struct endpoint *tail = &work->tail->end;
    const struct flight_entry *entry = flight_find(&work->head->flight, seq_sub(segment->ack, 1));
    int64_t sample;

    if (entry == NULL || entry->older != 0) /* Karn: an answer to which copy? */
        return;
    sample = elapsed_ns(segment->has_time, segment->time_ns, entry->time_ns);
    if (sample < 0)
        return;
    if (tail->turnaround_ns < 0) {
        work->tail->smoothed_ns = sample;
        work->tail->deviation_ns = sample / 4;
    } else {
        int64_t off = sample - work->tail->smoothed_ns;

        work->tail->deviation_ns += ((off < 0 ? -off : off) - work->tail->deviation_ns) / 4;
        work->tail->smoothed_ns += off / 8;
    }
    tail->turnaround_late_ns = work->tail->smoothed_ns + 4 * work->tail->deviation_ns;
    if (tail->turnaround_ns < 0 || sample < tail->turnaround_ns)
        tail->turnaround_ns = sample;
}

/* The Fast Open data was not taken: it will be sent again (RFC 7413 4.2.2). */
static void roll_back_syn_data(struct work *work)
{
    struct endpoint *head = &work->head->end;

    flight_clear(&work->head->flight, &work->model->pool);
    head->snd.nxt = head->snd.contiguous = work->segment->ack;
    head->has_hole = false;
}

/* Is what the sender still asks for long past the capture point? Then it was lost on the way. */
static void look_for_loss(struct work *work)
{
    const struct segment *segment = work->segment;
    struct side_record *head = work->head;
    const struct flight_entry *entry = flight_find(&head->flight, segment->ack);
    int64_t since;

    if (seq_lt(segment->ack, head->end.snd.una))
        return; /* an old acknowledgment tells nothing new */
    if (head->sacked_count != 0)
        reneging_look(work);
    head->sacked_count = segment->options.sack_blocks;
    for (unsigned i = 0; i < head->sacked_count; i++)
        head->sacked[i] = segment->options.sack[i];
    if (head->stuck && seq_gt(segment->ack, head->stuck_at))
        head->stuck = false;
    if (entry == NULL || seq_ge(segment->ack, head->end.snd.contiguous))
        return;
    since = elapsed_ns(segment->has_time, segment->time_ns, entry->time_ns);
    if (endpoint_must_have_it(&work->tail->end, since)) {
        head->stuck = true;
        head->stuck_at = segment->ack;
    }
}

/* Further than any window could reach from what was acknowledged: not of this numbering. */
static bool ack_is_absurd(const struct endpoint *head, struct seq ack)
{
    const int32_t reach = 1 << 30;

    return head->nxt_known && seq_diff(ack, head->snd.nxt) > reach;
}

/* Its receiver has kept the octet of a window probe, like any other (RFC 9293 3.8.6.1). */
static void take_probe_in(struct work *work)
{
    struct endpoint *head = &work->head->end;
    struct seq end = work->head->probe_end;

    if (!work->head->probe_known || !seq_eq(work->segment->ack, end) || !head->nxt_known ||
        !seq_eq(head->snd.nxt, seq_sub(end, 1)) || head->has_hole)
        return;
    head->snd.nxt = head->snd.contiguous = end;
}

static void take_ack(struct work *work)
{
    const struct segment *segment = work->segment;
    struct endpoint *head = &work->head->end;

    if (ack_is_absurd(head, segment->ack))
        return;
    take_probe_in(work);
    base_set(work, side_other(segment->sender), seq_sub(segment->ack, 1));
    if (!head->una_known) {
        head->una_known = true;
        head->snd.una = segment->ack;
        head->una_frame = segment->frame;
        if (!head->iss_known && !work->tcb->midstream) {
            head->iss_known = true; /* inferred: the SYN is not captured */
            head->snd.iss = seq_sub(segment->ack, 1);
        }
        if (head->nxt_known)
            head->snd.contiguous = seq_max(head->snd.contiguous, segment->ack);
    } else if (seq_gt(segment->ack, head->snd.una)) {
        learn_turnaround(work);
        if (segment_is_syn_ack(segment) && seq_gt(segment->ack, seq_add(head->snd.iss, 1)))
            work->tcb->tfo = true;
        if (segment_is_syn_ack(segment) && head->nxt_known && seq_lt(segment->ack, head->snd.nxt) &&
            seq_eq(segment->ack, seq_add(head->snd.iss, 1)))
            roll_back_syn_data(work);
        work->head->acked_data |= seq_gt(segment->ack, seq_add(head->snd.una, 1)) ||
                                  (work->step->covers & COVERS_SYN) == 0;
        work->step->probe_taken =
            work->head->probe_known && seq_eq(segment->ack, work->head->probe_end);
        if (work->step->covers & COVERS_FIN)
            work->head->fin_acked_ns = segment->time_ns;
        head->snd.una = segment->ack;
        head->una_frame = segment->frame;
        flight_ack(&work->head->flight, segment->ack, acked, work);
    }
    if (!head->nxt_known)
        return;
    if (seq_gt(head->snd.una, head->snd.contiguous)) {
        work->acked_a_gap = !head->fin_inferred || !seq_eq(head->snd.una, head->fin_next);
        if (work->acked_a_gap) {
            work->tcb->octets_missing = true;
            work->step->observed |= OBSERVED_LOSS_ACKED;
            work->step->loss_octets = seq_span(head->snd.una, head->snd.contiguous);
        }
        head->snd.contiguous = flight_contiguous(&work->head->flight, head->snd.una);
        head->has_hole = seq_lt(head->snd.contiguous, head->snd.nxt);
    }
    look_for_loss(work);
}

static void take_window(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct endpoint *tail = &work->tail->end;
    struct endpoint *head = &work->head->end;
    bool syn = segment_has_any(segment, FLAG_SYN);
    uint32_t wnd = segment->wnd_field;
    struct seq edge;

    if (!segment_has(segment, FLAG_ACK)) {
        if (syn && !head->seen) {
            work->head->synack_window = true;
            work->head->syn_window = segment->wnd_field;
        }
        return;
    }
    if (!syn) {
        if (!tail->scale_known)
            return;
        wnd <<= tail->scale; /* RFC 7323 2.3: the window of a SYN is never scaled */
    }
    edge = seq_add(segment->ack, wnd);
    if (tail->nxt_known && seq_lt(segment_end(segment), tail->snd.nxt))
        head->edge_loose = true;
    head->snd.wnd = wnd;
    if (wnd > head->snd.mwnd)
        head->snd.mwnd = wnd;
    if (head->edge_known && seq_le(edge, head->snd.edge))
        return;
    head->edge_known = true;
    head->snd.edge = edge;
    head->edge_frame = segment->frame;
}

static void take_urgent(struct work *work)
{
    const struct segment *segment = work->segment;
    struct endpoint *tail = &work->tail->end;
    struct seq urgent = seq_add(segment->seq, segment->urgent);

    if (!segment_has_any(segment, FLAG_URG) || segment_has_any(segment, FLAG_RST))
        return;
    if (!tail->urg_known || seq_lt(tail->urg_high, urgent))
        tail->urg_high = urgent;
    tail->urg_known = true;
}

void numbers_take(struct work *work)
{
    const struct segment *segment = work->segment;
    struct endpoint *tail = &work->tail->end;

    if (segment_has_any(segment, FLAG_SYN))
        work->tail->syn_ip_id = segment->ip_id;
    tail->sent_syn |= segment_is_syn(segment);
    tail->sent_synack |= segment_is_syn_ack(segment);
    tail->seen = true;
    tail->sent_rst |= segment_has_any(segment, FLAG_RST);
    tail->sent_past_syn |= !segment_has_any(segment, FLAG_SYN | FLAG_RST);
    /* another ISS than the one in use waits in the opening until the peer has chosen */
    if (!segment_has_any(segment, FLAG_SYN) || !tail->iss_exact || !numbers_new_iss(work)) {
        if (segment_has_any(segment, FLAG_SYN))
            take_syn(work);
        if (numbers_is_probe(work)) {
            work->tail->probe_known = true;
            work->tail->probe_end = segment_end(segment);
        } else if (!segment_has_any(segment, FLAG_RST)) {
            if (segment_has_any(segment, FLAG_FIN))
                take_fin(work);
            take_sent(work);
        }
    }
    base_set(work, segment->sender, seq_sub(segment->seq, 1));
    if (segment_has_any(segment, FLAG_RST) && !work->step->rst_decisive)
        return; /* its receiver drops it; whose numbers these are is anybody's guess */
    if (segment_has(segment, FLAG_ACK))
        take_ack(work);
    take_window(work);
    take_urgent(work);
    clock_take(work);
    if (work->head->end.mss != 0 && segment->payload_len > work->head->end.mss &&
        !work->tail->offload_told) {
        work->tail->offload_told = true;
        work->step->observed |= OBSERVED_OFFLOAD;
    }
}
