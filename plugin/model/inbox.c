/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inbox.h"

struct arrival *inbox_find(struct inbox *inbox, enum event event)
{
    for (unsigned i = 0; i < inbox->count; i++)
        if (inbox->items[i].event == event)
            return &inbox->items[i];
    return NULL;
}

void inbox_remove(struct inbox *inbox, enum event event)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < inbox->count; i++)
        if (inbox->items[i].event != event)
            inbox->items[kept++] = inbox->items[i];
    inbox->count = (uint8_t)kept;
}

void inbox_renew(struct work *work, enum event event)
{
    struct arrival *arrival = inbox_find(&work->head->inbox, event);

    if (arrival != NULL && work->segment->has_time)
        arrival->last_ns = work->segment->time_ns;
}

struct arrival *inbox_put(struct work *work, enum event event, const struct seq *proof)
{
    const struct segment *segment = work->segment;
    struct inbox *inbox = &work->head->inbox;
    struct arrival *arrival = inbox_find(inbox, event);

    if (arrival != NULL) {
        inbox_renew(work, event);
        return arrival;
    }
    if (inbox->count == ARRIVALS_MAX) {
        /* more than an endpoint can be behind with: take the oldest as received */
        work->head->end.shown =
            (uint8_t)transition_next(work->head->end.shown, inbox->items[0].event);
        for (unsigned i = 1; i < inbox->count; i++)
            inbox->items[i - 1] = inbox->items[i];
        inbox->count--;
    }
    arrival = &inbox->items[inbox->count++];
    arrival->event = (uint8_t)event;
    arrival->has_proof = proof != NULL;
    arrival->has_ts = tcp_options_has(&segment->options, OPTION_TS);
    arrival->has_time = segment->has_time;
    arrival->seq = segment->seq;
    arrival->end = proof != NULL ? *proof : segment->seq;
    arrival->tsval = segment->options.tsval;
    arrival->first_ns = segment->time_ns;
    arrival->last_ns = segment->time_ns;
    arrival->doubtful = false;
    return arrival;
}

enum tcp_state inbox_apply_but(const struct inbox *inbox, enum tcp_state state, enum event but)
{
    for (unsigned i = 0; i < inbox->count; i++)
        if (!inbox->items[i].doubtful && inbox->items[i].event != but)
            state = transition_next(state, (enum event)inbox->items[i].event);
    return state;
}

enum tcp_state inbox_apply(const struct inbox *inbox, enum tcp_state state)
{
    return inbox_apply_but(inbox, state, EVENTS);
}

/* The least turnaround seen so far is not the least possible: a little less still counts. */
bool endpoint_could_answer(const struct endpoint *endpoint, int64_t elapsed)
{
    if (elapsed < 0 || endpoint->turnaround_ns < 0)
        return true;
    return elapsed >= endpoint->turnaround_ns - endpoint->turnaround_ns / 8;
}

bool endpoint_must_have_it(const struct endpoint *endpoint, int64_t elapsed)
{
    const int64_t unknown_rtt_ns = 200000000; /* the usual first guess, catalogue section 0 */
    const int64_t slack_ns = 2000000;

    if (elapsed < 0)
        return false;
    if (endpoint->turnaround_ns < 0)
        return elapsed > unknown_rtt_ns;
    return elapsed > endpoint->turnaround_late_ns + slack_ns;
}

/* Has the latest copy been under way for longer than an answer ever needs? */
static bool is_overdue(const struct work *work, const struct arrival *arrival)
{
    int64_t since = elapsed_ns(arrival->has_time && work->segment->has_time,
                               work->segment->time_ns, arrival->last_ns);

    return endpoint_must_have_it(&work->tail->end, since);
}

/* Its numbers show that it was not there when the segment left. Late or lost: time will tell. */
static enum arrival_verdict missing(const struct work *work, const struct arrival *arrival)
{
    return is_overdue(work, arrival) ? ARRIVAL_DOUBTFUL : ARRIVAL_NOT_YET;
}

/* It repeats what the event would have made needless. */
static enum arrival_verdict repeated(const struct work *work, const struct arrival *arrival)
{
    return is_overdue(work, arrival) ? ARRIVAL_LOST : ARRIVAL_NOT_YET;
}

/* RFC 7323 4.3: TS.Recent follows segments whose SEQ is not beyond the last ACK sent, so an older
 * echo proves that such a segment had not been received. */
static bool echo_is_older(const struct work *work, const struct arrival *arrival)
{
    const struct segment *segment = work->segment;

    return arrival->has_ts && tcp_options_has(&segment->options, OPTION_TS) &&
           segment_has(segment, FLAG_ACK) &&
           seq_lt(seq_of(segment->options.tsecr), seq_of(arrival->tsval)) &&
           work->tail->last_had_ack && seq_le(arrival->seq, work->tail->last_ack);
}

/* RFC 2018: a block reports what arrived above a hole. */
static bool is_sacked(const struct work *work, struct seq number)
{
    const struct tcp_options *options = &work->segment->options;

    for (unsigned i = 0; i < options->sack_blocks; i++)
        if (seq_le(options->sack[i].left, number) && seq_lt(number, options->sack[i].right))
            return true;
    return false;
}

bool inbox_is_held(const struct work *work, const struct arrival *arrival)
{
    return segment_has(work->segment, FLAG_ACK) && arrival->has_proof &&
           seq_lt(work->segment->ack, arrival->end) &&
           is_sacked(work, seq_sub(arrival->end, 1));
}

/* An ACK leaves no trace of its own in its receiver's numbers. What may tell: octets that came
 * with it, the timestamp echo, and time. */
static enum arrival_verdict judge_ack(const struct work *work, const struct arrival *arrival)
{
    const struct segment *segment = work->segment;
    int64_t since = elapsed_ns(arrival->has_time && segment->has_time, segment->time_ns,
                               arrival->first_ns);

    if (segment_has(segment, FLAG_ACK)) {
        if (arrival->has_proof &&
            (seq_ge(segment->ack, arrival->end) || is_sacked(work, arrival->seq)))
            return ARRIVAL_PROVED;
        /* something before it is missing: still under way itself, or taken out of order */
        if (seq_lt(segment->ack, arrival->seq))
            return is_overdue(work, arrival) ? ARRIVAL_ASSUMED : ARRIVAL_NOT_YET;
        if (arrival->has_proof)
            return missing(work, arrival);
    }
    /* a FIN is acknowledged at once (RFC 9293 3.10.7.4 step 8): what was sent behind it had not
     * arrived when this left, unless it was held back for longer than answers take */
    if ((work->step->covers & COVERS_FIN) != 0 && segment_is_pure_ack(segment) &&
        seq_ge(arrival->seq, work->head->end.fin_next) &&
        since < work->tail->end.turnaround_ns + work->tail->end.turnaround_ns / 4)
        return ARRIVAL_NOT_YET;
    if (echo_is_older(work, arrival) || !endpoint_could_answer(&work->tail->end, since))
        return ARRIVAL_NOT_YET;
    return ARRIVAL_ASSUMED;
}

/* SYN and FIN take a number of their own: RCV.NXT tells (RFC 9293 3.4). */
static enum arrival_verdict judge_number(const struct work *work, const struct arrival *arrival)
{
    if (segment_has(work->segment, FLAG_ACK))
        return seq_ge(work->segment->ack, arrival->end) ? ARRIVAL_PROVED : missing(work, arrival);
    if (segment_has_any(work->segment, FLAG_RST))
        return ARRIVAL_ASSUMED;
    return missing(work, arrival);
}

static bool repeats_fin(const struct work *work)
{
    const struct endpoint *end = &work->tail->end;

    return segment_has_any(work->segment, FLAG_FIN) && end->sent_fin &&
           seq_eq(segment_end(work->segment), end->fin_next);
}

enum arrival_verdict inbox_judge(const struct work *work, const struct arrival *arrival)
{
    const struct segment *segment = work->segment;

    switch ((enum event)arrival->event) {
    case EVENT_RECEIVES_SYN_ACK:
        /* once open it would not send a SYN-ACK any more (RFC 9293 3.5 Figure 7) */
        if (segment_has_any(segment, FLAG_SYN))
            return repeated(work, arrival);
        return judge_number(work, arrival);
    case EVENT_RECEIVES_SYN:
    case EVENT_RECEIVES_FIN:
        return judge_number(work, arrival);
    case EVENT_RECEIVES_ACK_OF_SYN:
        if (segment_has_any(segment, FLAG_SYN))
            return repeated(work, arrival);
        if (!work->tcb->tfo)
            return ARRIVAL_PROVED; /* only an open endpoint sends anything else */
        return judge_ack(work, arrival);
    case EVENT_RECEIVES_ACK_OF_FIN:
        if (repeats_fin(work))
            return repeated(work, arrival);
        return judge_ack(work, arrival);
    case EVENT_RECEIVES_RST:
    case EVENT_RECEIVES_RST_AS_LISTENER:
        if (segment_has_any(segment, FLAG_RST))
            return ARRIVAL_ASSUMED;
        /* RCV.NXT never recedes: beyond the RST's SEQ it is not the number that is obeyed. (Some
         * stacks also obey a RST on the number of the FIN itself.) */
        if (segment_has(segment, FLAG_ACK) && seq_gt(segment->ack, arrival->seq) &&
            !(work->head->end.fin_known &&
              seq_eq(work->head->end.fin_next, seq_add(arrival->seq, 1))))
            return ARRIVAL_LOST;
        return repeated(work, arrival); /* an end that obeyed it sends nothing more */
    case EVENT_SENDS_SYN:
    case EVENT_SENDS_SYN_ACK:
    case EVENT_SENDS_FIN:
    case EVENT_SENDS_RST:
    case EVENT_TIMER_2MSL:
    case EVENT_INFERRED_OPEN:
    case EVENT_INFERRED_REFUSAL:
    case EVENT_TAKEN_BACK_ACK_OF_SYN:
    case EVENT_TAKEN_BACK_ACK_OF_FIN:
    case EVENT_TAKEN_BACK_OWN_FIN:
    case EVENT_TAKEN_BACK_PEER_FIN:
    case EVENTS:
        break;
    }
    return ARRIVAL_ASSUMED;
}
