/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "informed.h"

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

struct party {
    enum tcp_state state;
    bool passive, seen, heard;
    struct seq iss, nxt, una, rcv_nxt;
    struct spans above;
    bool fin_sent, fin_known; /* fin: the number after its FIN */
    struct seq fin;
    bool peer_fin_done;
    int64_t wait_until;
};

struct watch {
    const struct view *view;
    struct informed *out;
    uint32_t count, at;
    struct event *events;
    struct party party[2];
};

static const struct segment *watch_segment(const struct watch *watch, const struct event *event)
{
    return &watch->view->frames[event->frame].segment;
}

/* The next thing that the end sends from here on; NULL: nothing more. */
static const struct segment *watch_next(const struct watch *watch, unsigned end)
{
    for (uint32_t i = watch->at + 1; i < watch->count; i++)
        if (watch->events[i].sends && watch->events[i].end == end)
            return watch_segment(watch, &watch->events[i]);
    return NULL;
}

/* Does the end send its SYN-ACK again, from here on? */
static bool watch_repeats_synack(const struct watch *watch, unsigned end, struct seq iss)
{
    for (uint32_t i = watch->at + 1; i < watch->count; i++) {
        const struct segment *segment = watch_segment(watch, &watch->events[i]);

        if (watch->events[i].sends && watch->events[i].end == end &&
            segment_is_syn_ack(segment) && seq_eq(segment->seq, iss))
            return true;
    }
    return false;
}

/* Where does the life that the end leads now end its stream? From a FIN that is captured later, or
 * from one number at the end of the stream that no captured octet explains. */
static void watch_find_fin(struct watch *watch, unsigned end)
{
    struct party *party = &watch->party[end];
    struct seq top = party->nxt;
    bool lone = false;

    for (uint32_t i = watch->at; i < watch->count && !party->fin_known; i++) {
        const struct event *event = &watch->events[i];
        const struct segment *segment = watch_segment(watch, event);
        struct seq tip;

        if (!event->sends || segment_has(segment, FLAG_RST))
            continue;
        if (segment_has(segment, FLAG_SYN) && i > watch->at && event->end == end &&
            !seq_eq(segment->seq, party->iss))
            break;
        if (event->end == end && segment_has(segment, FLAG_FIN)) {
            party->fin_known = true;
            party->fin = segment_end(segment);
            return;
        }
        if (event->end != end && !segment_has(segment, FLAG_ACK))
            continue;
        tip = event->end == end ? segment_end(segment) : segment->ack;
        if (seq_gt(tip, top)) {
            lone = seq_span(tip, top) == 1 && (event->end != end || segment->len == 0);
            top = tip;
        }
    }
    if (lone) {
        party->fin_known = true;
        party->fin = top;
    }
}

static void party_fin_sent(struct party *party)
{
    if (party->fin_sent)
        return;
    party->fin_sent = true;
    party->nxt = seq_max(party->nxt, party->fin);
    if (party->state == STATE_CLOSE_WAIT)
        party->state = STATE_LAST_ACK;
    else if (party->state == STATE_ESTABLISHED || party->state == STATE_SYN_RECEIVED)
        party->state = STATE_FIN_WAIT_1;
}

static void party_wait(const struct watch *watch, struct party *party)
{
    party->state = STATE_TIME_WAIT;
    party->wait_until =
        watch->events[watch->at].at + 2 * (int64_t)watch->view->life->msl_seconds * SECOND;
}

static void party_fin_received(const struct watch *watch, struct party *party)
{
    if (party->peer_fin_done)
        return;
    party->peer_fin_done = true;
    if (party->state == STATE_ESTABLISHED || party->state == STATE_SYN_RECEIVED)
        party->state = STATE_CLOSE_WAIT;
    else if (party->state == STATE_FIN_WAIT_1)
        party->state = STATE_CLOSING;
    else if (party->state == STATE_FIN_WAIT_2)
        party_wait(watch, party);
}

static void party_fin_acked(const struct watch *watch, struct party *party)
{
    party_fin_sent(party);
    if (party->state == STATE_FIN_WAIT_1)
        party->state = STATE_FIN_WAIT_2;
    else if (party->state == STATE_CLOSING)
        party_wait(watch, party);
    else if (party->state == STATE_LAST_ACK)
        party->state = STATE_CLOSED;
}

static void party_begin(struct watch *watch, unsigned end, struct seq iss, bool passive)
{
    struct party *party = &watch->party[end];

    *party = (struct party){.seen = true, .passive = passive, .iss = iss};
    party->state = passive ? STATE_SYN_RECEIVED : STATE_SYN_SENT;
    party->una = iss;
    party->nxt = seq_add(iss, 1);
    watch_find_fin(watch, end);
}

/* The capture begins in the middle of things. */
static void party_midstream(struct watch *watch, unsigned end, struct seq nxt, struct seq rcv_nxt)
{
    struct party *party = &watch->party[end];

    *party = (struct party){.seen = true, .state = STATE_ESTABLISHED};
    party->iss = seq_sub(nxt, 1);
    party->una = party->nxt = nxt;
    party->rcv_nxt = rcv_nxt;
    party->heard = true;
    watch_find_fin(watch, end);
}

/* What the segment proves that its sender has received, or sent, without our seeing it. */
static void sends_evidence(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];
    const struct party *peer = &watch->party[!end];

    if (!party->seen) {
        party_midstream(watch, end, segment->seq, segment->ack);
        if (peer->fin_known && seq_le(peer->fin, segment->ack))
            party_fin_received(watch, party);
    }
    if (party->state == STATE_SYN_SENT ||
        (party->state == STATE_SYN_RECEIVED && segment->payload_len > 0))
        party->state = STATE_ESTABLISHED;
    if (!segment_has(segment, FLAG_ACK))
        return;
    if (!party->heard || seq_gt(segment->ack, party->rcv_nxt))
        party->rcv_nxt = segment->ack;
    party->heard = true;
    spans_cut(&party->above, party->rcv_nxt);
    party->rcv_nxt = spans_skip(&party->above, party->rcv_nxt);
    if (peer->fin_known && seq_ge(segment->ack, peer->fin))
        party_fin_received(watch, party);
    if (party->fin_known && !party->fin_sent && segment->len == 0 &&
        seq_eq(segment->seq, party->fin))
        party_fin_sent(party);
}

static void sends_reset(struct party *party, const struct segment *segment)
{
    /* RFC 9293 3.10.7.3 and 3.10.7.4 step 5: a reset that answers a wrong ACK number. */
    if ((party->state == STATE_SYN_SENT || party->state == STATE_SYN_RECEIVED) &&
        !seq_eq(segment->seq, party->nxt))
        return;
    party->state = STATE_CLOSED;
    party->seen = true;
}

static void watch_send(struct watch *watch, const struct event *event)
{
    const struct segment *segment = watch_segment(watch, event);
    struct party *party = &watch->party[event->end];

    if (party->state == STATE_TIME_WAIT && event->at >= party->wait_until)
        party->state = STATE_CLOSED;
    if (segment_has(segment, FLAG_RST)) {
        sends_reset(party, segment);
    } else if (segment_is_syn(segment)) {
        if (!party->seen || !seq_eq(party->iss, segment->seq) || party->state == STATE_CLOSED)
            party_begin(watch, event->end, segment->seq, false);
    } else if (segment_is_syn_ack(segment)) {
        if (!party->seen || !seq_eq(party->iss, segment->seq))
            party_begin(watch, event->end, segment->seq, true);
        else if (party->state == STATE_SYN_SENT)
            party->state = STATE_SYN_RECEIVED;
        party->rcv_nxt = seq_max(party->heard ? party->rcv_nxt : segment->ack, segment->ack);
        party->heard = true;
    } else {
        sends_evidence(watch, event->end, segment);
        if (segment_has(segment, FLAG_FIN)) {
            party->fin_known = true;
            party->fin = segment_end(segment);
            party_fin_sent(party);
        }
        party->nxt = seq_max(party->nxt, segment_end(segment));
    }
    watch->out->tail[event->frame] = (uint8_t)party->state;
}

static void receives_unopened(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];
    const struct segment *next = watch_next(watch, end);

    if (segment_is_syn(segment)) {
        if (next != NULL && !segment_is_syn_ack(next))
            return;
        if (next != NULL && !seq_eq(next->ack, seq_add(segment->seq, 1)))
            return;
        party_begin(watch, end, next != NULL ? next->seq : seq_of(0), true);
        party->rcv_nxt = seq_add(segment->seq, 1);
        party->heard = true;
        if (next == NULL)
            party->seen = false;
        return;
    }
    if (party->seen || segment_has(segment, FLAG_SYN))
        return;
    if (segment_has(segment, FLAG_RST)) {
        party->state = STATE_CLOSED;
        return;
    }
    party_midstream(watch, end, segment->ack, segment->seq);
}

static void receives_in_syn_sent(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];
    bool good = segment_has(segment, FLAG_ACK) && seq_eq(segment->ack, party->nxt);

    (void)watch;
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
    party->rcv_nxt = seq_add(segment->seq, 1);
    party->heard = true;
    if (good)
        party->una = segment->ack;
}

/* What the receiver acknowledges next tells that octets arrived which are not captured. */
static void receives_data(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];
    const struct party *peer = &watch->party[!end];
    const struct segment *next = watch_next(watch, end);
    struct seq stop = segment_end(segment);

    if (seq_lt(segment->seq, stop))
        spans_add(&party->above, seq_max(segment->seq, party->rcv_nxt),
                  seq_max(stop, party->rcv_nxt));
    if (seq_gt(segment->seq, party->rcv_nxt) && next != NULL && segment_has(next, FLAG_ACK) &&
        !segment_has_any(next, FLAG_SYN | FLAG_RST) && seq_ge(next->ack, stop))
        party->rcv_nxt = segment->seq;
    party->rcv_nxt = spans_skip(&party->above, party->rcv_nxt);
    spans_cut(&party->above, party->rcv_nxt);
    if (peer->fin_known && seq_ge(party->rcv_nxt, peer->fin))
        party_fin_received(watch, party);
}

static void receives_ack(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];

    if (party->state == STATE_SYN_RECEIVED) {
        if (!seq_eq(segment->ack, party->nxt) || watch_repeats_synack(watch, end, party->iss))
            return;
        party->state = STATE_ESTABLISHED;
    }
    party->una = seq_max(party->una, segment->ack);
    if (party->fin_known && seq_ge(segment->ack, party->fin))
        party_fin_acked(watch, party);
}

/* true: the segment is done with. */
static bool receives_reset_or_syn(struct watch *watch, unsigned end, const struct segment *segment)
{
    struct party *party = &watch->party[end];

    if (segment_has(segment, FLAG_RST)) {
        if (!party->heard || !seq_eq(segment->seq, party->rcv_nxt))
            return true;
        party->state = party->state == STATE_SYN_RECEIVED && party->passive ? STATE_LISTEN
                                                                           : STATE_CLOSED;
        return true;
    }
    if (!segment_has(segment, FLAG_SYN))
        return false;
    if (segment_is_syn(segment) && party->state == STATE_TIME_WAIT)
        receives_unopened(watch, end, segment);
    if (segment_is_syn_ack(segment) && party->state == STATE_SYN_RECEIVED)
        receives_ack(watch, end, segment);
    return true;
}

static void watch_receive(struct watch *watch, const struct event *event)
{
    const struct segment *segment = watch_segment(watch, event);
    struct party *party = &watch->party[event->end];

    if (party->state == STATE_TIME_WAIT && event->at >= party->wait_until)
        party->state = STATE_CLOSED;
    if (party->state == STATE_UNKNOWN || party->state == STATE_CLOSED ||
        party->state == STATE_LISTEN)
        receives_unopened(watch, event->end, segment);
    else if (party->state == STATE_SYN_SENT)
        receives_in_syn_sent(watch, event->end, segment);
    if (party->state >= STATE_SYN_RECEIVED &&
        !receives_reset_or_syn(watch, event->end, segment)) {
        if (party->state == STATE_TIME_WAIT && segment_has(segment, FLAG_FIN))
            party_wait(watch, party);
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
