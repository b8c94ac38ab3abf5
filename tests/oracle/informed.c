/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "informed.h"

#include "party.h"

#include <stdlib.h>
#include <string.h>

/* Something that happened at one end. */
struct event {
    uint32_t order;
    uint32_t frame; /* index */
    bool sends;
    unsigned end;
    int64_t at;
};

struct watch {
    const struct view *view;
    struct informed *out;
    uint32_t count, at;
    struct event *events;
    struct party party[2];
};

static const struct segment *watch_segment(const struct watch *watch, uint32_t i)
{
    return &watch->view->frames[watch->events[i].frame].segment;
}

/* When a TIME-WAIT that begins now is over. */
static int64_t watch_wait(const struct watch *watch)
{
    return watch->events[watch->at].at + 2 * (int64_t)watch->view->life->msl_seconds * SECOND;
}

/* The next thing that the end sends from here on; NULL: nothing more. */
static const struct segment *watch_next(const struct watch *watch, unsigned end, uint32_t *at)
{
    for (*at = watch->at + 1; *at < watch->count; ++*at)
        if (watch->events[*at].sends && watch->events[*at].end == end)
            return watch_segment(watch, *at);
    return NULL;
}

/* Does the end send its SYN-ACK again, from here on? */
static bool watch_repeats_synack(const struct watch *watch, unsigned end)
{
    for (uint32_t i = watch->at + 1; i < watch->count; i++)
        if (watch->events[i].sends && watch->events[i].end == end &&
            segment_is_syn_ack(watch_segment(watch, i)) &&
            seq_eq(watch_segment(watch, i)->seq, watch->party[end].iss))
            return true;
    return false;
}

/* Where does the life that the end leads now end its stream? From a FIN that is captured later, or
 * from one number at the end of the stream that no captured octet explains. */
static void watch_find_fin(struct watch *watch, unsigned end)
{
    struct party *party = &watch->party[end];
    struct seq top = party->nxt;
    bool lone = false;

    for (uint32_t i = watch->at; i < watch->count && party->iss_known; i++) {
        const struct segment *segment = watch_segment(watch, i);
        bool own = watch->events[i].end == end;
        struct seq tip = own ? segment_end(segment) : segment->ack;

        if (!watch->events[i].sends || segment_has(segment, FLAG_RST) ||
            !near_by(party->iss, top, tip))
            continue;
        if (own && segment_has(segment, FLAG_FIN)) {
            party->fin_known = true;
            party->fin = tip;
            return;
        }
        if (seq_gt(tip, top) && (own || segment_has(segment, FLAG_ACK))) {
            lone = seq_span(tip, top) == 1 && (!own || segment->len == 0);
            top = tip;
        }
    }
    party->fin_known = lone;
    party->fin = top;
}

static void party_begin(struct watch *watch, unsigned end, enum tcp_state state)
{
    struct party old = watch->party[end];

    watch->party[end] = (struct party){.alive = true, .state = state};
    watch->party[end].had_other = old.alive && old.iss_known;
    watch->party[end].other_iss = old.iss;
    watch->party[end].other_nxt = old.nxt;
}

static void party_set_iss(struct watch *watch, unsigned end, struct seq iss)
{
    struct party *party = &watch->party[end];

    party->iss_known = true;
    party->iss = iss;
    party->nxt = seq_add(iss, 1);
    watch_find_fin(watch, end);
}

/* What an ACK number proves of the end that it speaks to: what that end has sent. `opening`: the
 * sender of the ACK was in SYN-SENT. */
static void peer_proved(struct watch *watch, unsigned end, const struct segment *segment,
                        bool opening)
{
    struct party *party = &watch->party[end];

    if (!segment_has(segment, FLAG_ACK))
        return;
    if (party_foreign(party, segment->ack)) {
        party_begin(watch, end,
                    segment_is_syn_ack(segment) ? STATE_SYN_SENT
                    : opening                   ? STATE_SYN_RECEIVED
                                                : STATE_ESTABLISHED);
        party->passive = opening;
        party_set_iss(watch, end, seq_sub(segment->ack, 1));
        if (!segment_has(segment, FLAG_SYN))
            party_set_rcv(party, segment->seq);
    } else if (!party->iss_known) {
        party_set_iss(watch, end, seq_sub(segment->ack, 1));
    }
    if (!near_by(party->iss, party->nxt, segment->ack))
        return;
    party->nxt = seq_max(party->nxt, segment->ack);
    if (party->fin_known && seq_ge(segment->ack, party->fin) && party->state >= STATE_SYN_RECEIVED)
        party_fin_sent(party);
}

static void sends_syn(struct watch *watch, unsigned end, const struct segment *segment, bool gone)
{
    struct party *party = &watch->party[end];
    bool answer = segment_has(segment, FLAG_ACK);

    if (!party->alive || (gone && !answer) ||
        (party->iss_known && !seq_eq(party->iss, segment->seq))) {
        party_begin(watch, end, answer ? STATE_SYN_RECEIVED : STATE_SYN_SENT);
        party->passive = answer;
    } else if (answer && party->state == STATE_SYN_SENT) {
        party->state = STATE_SYN_RECEIVED;
    }
    if (!party->iss_known)
        party_set_iss(watch, end, segment->seq);
    if (answer && !party->rcv_known)
        party_set_rcv(party, segment->ack);
}

static void sends_reset(struct party *party, const struct segment *segment)
{
    /* RFC 9293 3.10.7.3 and 3.10.7.4 step 5: a reset that answers a wrong ACK number. */
    if ((party->state == STATE_SYN_SENT || party->state == STATE_SYN_RECEIVED) &&
        party->iss_known && !seq_eq(segment->seq, party->nxt))
        return;
    party->state = STATE_CLOSED;
    party->alive = true;
}

/* What the segment proves that its sender has received, or sent, without our seeing it. */
static void sends_other(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];
    const struct party *peer = &watch->party[!end];

    if (party_foreign(party, segment->seq)) {
        party_begin(watch, end, STATE_ESTABLISHED);
        party_set_iss(watch, end, seq_sub(segment->seq, 1));
    }
    if (party->state == STATE_SYN_SENT ||
        (party->state == STATE_SYN_RECEIVED &&
         (segment->payload_len > 0 ||
          (segment_has(segment, FLAG_ACK) && seq_gt(segment->ack, party->rcv_nxt)))))
        party->state = STATE_ESTABLISHED;
    if (segment_has(segment, FLAG_ACK)) {
        if (!party->rcv_known || seq_gt(segment->ack, party->rcv_nxt))
            party_set_rcv(party, segment->ack);
        spans_cut(&party->above, party->rcv_nxt);
        if (peer->fin_known && seq_ge(segment->ack, peer->fin) &&
            near_by(peer->iss, peer->nxt, segment->ack))
            party_fin_received(party, watch_wait(watch));
    }
    if (segment_has(segment, FLAG_FIN)) {
        party->fin_known = true;
        party->fin = segment_end(segment);
    }
    if (segment_has(segment, FLAG_FIN) ||
        (party->fin_known && segment->len == 0 && seq_eq(segment->seq, party->fin)))
        party_fin_sent(party);
    party->nxt = seq_max(party->nxt, segment_end(segment));
}

static void watch_send(struct watch *watch, const struct event *event)
{
    const struct segment *segment = watch_segment(watch, watch->at);
    struct party *party = &watch->party[event->end];
    bool gone = party_expired(party, event->at);
    bool opening = party->state == STATE_SYN_SENT && segment_is_pure_ack(segment);

    if (segment_has(segment, FLAG_RST)) {
        sends_reset(party, segment);
    } else {
        peer_proved(watch, !event->end, segment, opening);
        if (segment_has(segment, FLAG_SYN))
            sends_syn(watch, event->end, segment, gone);
        else
            sends_other(watch, event->end, segment);
    }
    watch->out->tail[event->frame] = (uint8_t)party->state;
}

/* Does the end answer the SYN by opening? If so `iss` is its ISS, where the capture tells. */
static bool watch_opens(const struct watch *watch, unsigned end, struct seq next, bool unless_told,
                        struct seq *iss, bool *iss_known)
{
    *iss_known = true;
    for (uint32_t i = watch->at + 1; i < watch->count; i++) {
        const struct segment *segment = watch_segment(watch, i);

        if (!watch->events[i].sends)
            continue;
        if (watch->events[i].end != end) {
            *iss = seq_sub(segment->ack, 1);
            if (segment_has(segment, FLAG_ACK) && !segment_has_any(segment, FLAG_SYN | FLAG_RST) &&
                near_by(next, next, segment->seq))
                return true;
            continue;
        }
        *iss = segment_is_syn_ack(segment) ? segment->seq : seq_sub(segment->seq, 1);
        if (!segment_has(segment, FLAG_ACK) || !near_by(next, next, segment->ack))
            continue;
        /* RFC 9293 3.10.7.1: an end without a block refuses with SEQ 0. */
        return !segment_has(segment, FLAG_RST) || !seq_eq(segment->seq, seq_of(0));
    }
    *iss_known = false;
    return unless_told;
}

static void receives_syn(struct watch *watch, unsigned end, const struct segment *segment,
                         bool unless_told)
{
    struct seq next = seq_add(segment->seq, 1);
    struct seq iss;
    bool known;

    if (!watch_opens(watch, end, next, unless_told, &iss, &known)) {
        watch->party[end].state =
            watch->party[end].state == STATE_TIME_WAIT ? STATE_TIME_WAIT : STATE_CLOSED;
        return;
    }
    party_begin(watch, end, STATE_SYN_RECEIVED);
    watch->party[end].passive = true;
    party_set_rcv(&watch->party[end], next);
    if (known)
        party_set_iss(watch, end, iss);
}

/* An end of which no life is known, or whose life has ended. */
static void receives_unopened(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];
    uint32_t at;
    const struct segment *next = watch_next(watch, end, &at);

    if (segment_is_syn(segment)) {
        receives_syn(watch, end, segment, true);
        return;
    }
    if (segment_has(segment, FLAG_RST) || !segment_has(segment, FLAG_ACK))
        return;
    if (!party_foreign(party, segment->ack) || next == NULL || segment_has(next, FLAG_RST))
        return;
    party_begin(watch, end, segment_has(segment, FLAG_SYN) ? STATE_SYN_SENT : STATE_ESTABLISHED);
    party_set_iss(watch, end, seq_sub(segment->ack, 1));
    if (!segment_has(segment, FLAG_SYN))
        party_set_rcv(party, segment->seq);
}

static void receives_in_syn_sent(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];
    bool good = segment_has(segment, FLAG_ACK) && seq_eq(segment->ack, party->nxt);

    if (segment_has(segment, FLAG_ACK) && !good)
        return;
    if (segment_has(segment, FLAG_RST)) {
        if (good)
            party->state = STATE_CLOSED;
        return;
    }
    if (!segment_has(segment, FLAG_SYN))
        return;
    party->state = good ? STATE_ESTABLISHED : STATE_SYN_RECEIVED;
    party_set_rcv(party, seq_add(segment->seq, 1));
}

/* Did octets that are not captured fill the hole before this segment? Then its receiver
 * acknowledges it next, and nothing captured can have filled the hole until then. */
static bool hole_was_filled(const struct watch *watch, unsigned end, const struct segment *segment)
{
    const struct party *party = &watch->party[end];
    uint32_t until;
    const struct segment *next = watch_next(watch, end, &until);

    if (next == NULL || !segment_has(next, FLAG_ACK) ||
        segment_has_any(next, FLAG_SYN | FLAG_RST) || seq_lt(next->ack, segment_end(segment)))
        return false;
    for (uint32_t i = watch->at + 1; i < until; i++)
        if (!watch->events[i].sends && watch->events[i].end == end &&
            seq_le(watch_segment(watch, i)->seq, party->rcv_nxt) &&
            seq_gt(segment_end(watch_segment(watch, i)), party->rcv_nxt))
            return false;
    return true;
}

static void receives_data(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];
    const struct party *peer = &watch->party[!end];
    struct seq stop = segment_end(segment);

    if (!party->rcv_known)
        party_set_rcv(party, segment->seq);
    if (segment->len > 0 && seq_gt(segment->seq, party->rcv_nxt) &&
        hole_was_filled(watch, end, segment))
        party->rcv_nxt = segment->seq;
    if (seq_gt(stop, party->rcv_nxt))
        spans_add(&party->above, seq_max(segment->seq, party->rcv_nxt), stop);
    party->rcv_nxt = spans_skip(&party->above, party->rcv_nxt);
    spans_cut(&party->above, party->rcv_nxt);
    if (peer->fin_known && seq_ge(party->rcv_nxt, peer->fin))
        party_fin_received(party, watch_wait(watch));
}

static void receives_ack(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];

    if (!party->iss_known)
        party_set_iss(watch, end, seq_sub(segment->ack, 1));
    if (!near_by(party->iss, party->nxt, segment->ack))
        return;
    party->nxt = seq_max(party->nxt, segment->ack);
    if (party->state == STATE_SYN_RECEIVED) {
        if (seq_eq(segment->ack, party->iss) || watch_repeats_synack(watch, end))
            return;
        party->state = STATE_ESTABLISHED;
    }
    if (party->fin_known && seq_ge(segment->ack, party->fin))
        party_fin_acked(party, watch_wait(watch));
}

/* true: the segment is done with. */
static bool receives_reset_or_syn(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];

    if (segment_has(segment, FLAG_RST)) {
        if (!party->rcv_known || seq_eq(segment->seq, party->rcv_nxt))
            party->state =
                party->state == STATE_SYN_RECEIVED && party->passive ? STATE_LISTEN : STATE_CLOSED;
        return true;
    }
    if (!segment_has(segment, FLAG_SYN))
        return false;
    if (segment_is_syn(segment) && party->state == STATE_TIME_WAIT)
        receives_syn(watch, end, segment, false);
    if (segment_is_syn_ack(segment) && party->state == STATE_SYN_RECEIVED)
        receives_ack(watch, end, segment);
    return true;
}

static void watch_receive(struct watch *watch, const struct event *event)
{
    const struct segment *segment = watch_segment(watch, watch->at);
    struct party *party = &watch->party[event->end];

    if (party_expired(party, event->at))
        receives_unopened(watch, event->end, segment);
    if (party->state == STATE_SYN_SENT) {
        receives_in_syn_sent(watch, event->end, segment);
    } else if (party->state >= STATE_SYN_RECEIVED && !segment_is_syn(segment) &&
               segment_has(segment, FLAG_ACK) && party_foreign(party, segment->ack)) {
        receives_unopened(watch, event->end, segment);
    } else if (party->state >= STATE_SYN_RECEIVED &&
               !receives_reset_or_syn(watch, event->end, segment)) {
        if (party->state == STATE_TIME_WAIT && segment_has(segment, FLAG_FIN))
            party_wait(party, watch_wait(watch));
        if (segment_has(segment, FLAG_ACK))
            receives_ack(watch, event->end, segment);
        if (party->state >= STATE_SYN_RECEIVED)
            receives_data(watch, event->end, segment);
    }
    watch->out->head[event->frame] =
        (uint8_t)(party->state == STATE_UNKNOWN ? STATE_CLOSED : party->state);
}

static int event_order(const void *a, const void *b)
{
    const struct event *x = a;
    const struct event *y = b;

    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if (x->sends != y->sends)
        return x->sends ? -1 : 1;
    return x->frame < y->frame ? -1 : x->frame > y->frame;
}

void informed_observe(struct informed *informed, const struct view *view)
{
    static struct event events[2 * VIEW_MAX];
    struct watch watch = {.view = view, .out = informed, .events = events};

    memset(informed->tail, STATE_UNKNOWN, view->count);
    memset(informed->head, STATE_UNKNOWN, view->count);
    for (uint32_t i = 0; i < view->count; i++) {
        const struct copy *copy = view_copy(view, i);
        const struct sent *sent = view_sent(view, i);

        if (sent->from != FORGED)
            events[watch.count++] = (struct event){sent->order, i, true, sent->as, sent->at};
        if (copy->order != 0)
            events[watch.count++] =
                (struct event){copy->order, i, false, !sent->as, copy->arrive_at};
    }
    qsort(events, watch.count, sizeof *events, event_order);
    for (watch.at = 0; watch.at < watch.count; watch.at++) {
        if (events[watch.at].sends)
            watch_send(&watch, &events[watch.at]);
        else
            watch_receive(&watch, &events[watch.at]);
    }
}
