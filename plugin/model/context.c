/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "context.h"

#define FRESH_SEGMENTS 100

/* X-FRESH: the peer was captured lately, and has acknowledged something since the handshake. */
static bool is_fresh(const struct work *work)
{
    const struct side_record *tail = work->tail;
    const struct side_record *head = work->head;
    int64_t since = elapsed_ns(work->segment->has_time && head->last_known,
                               work->segment->time_ns, head->last_ns);
    int64_t limit = 4 * head->end.turnaround_ns;

    if (limit < SECOND_NS)
        limit = SECOND_NS;
    return tail->acked_data && since >= 0 && since <= limit &&
           tail->since_heard <= FRESH_SEGMENTS;
}

/* RFC 5961 7: <SEQ=SND.NXT><ACK=RCV.NXT>, at once and without news. */
static bool answers_challenge(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;
    int64_t since = elapsed_ns(segment->has_time, segment->time_ns, tail->challenge_ns);

    return tail->challenged && segment_is_pure_ack(segment) && tail->last_known &&
           tail->last_had_ack && work->step->seq_expected_known &&
           seq_eq(segment->seq, work->step->seq_expected) &&
           seq_eq(segment->ack, tail->last_ack) && since >= 0 &&
           !endpoint_must_have_it(&tail->end, since);
}

/* RFC 9293 3.6.1: the peer has closed, knows that it was heard, and this side goes on. */
static void follow_half_close(struct work *work)
{
    const struct segment *segment = work->segment;
    struct side_record *tail = work->tail;
    const struct endpoint *head = &work->head->end;
    int64_t since;

    if (!head->fin_known || !head->una_known || seq_lt(head->snd.una, head->fin_next) ||
        tail->end.fin_known || segment->payload_len == 0 || segment_has_any(segment, FLAG_RST) ||
        !work->step->seq_expected_known || seq_lt(segment->seq, work->step->seq_expected))
        return;
    since = elapsed_ns(segment->has_time, segment->time_ns, work->head->fin_acked_ns);
    tail->half_closed_octets += segment->payload_len;
    work->step->half_closed_octets = tail->half_closed_octets;
    if (tail->half_closed_told || since < 0 || !endpoint_must_have_it(&tail->end, since))
        return;
    tail->half_closed_told = true;
    work->step->half_closed_first = true;
}

/* Could what the sender sends now answer the acknowledgment of its FIN? */
static bool knows_fin_acked(const struct work *work)
{
    const struct side_record *tail = work->tail;
    int64_t since = elapsed_ns(work->segment->has_time, work->segment->time_ns, tail->fin_acked_ns);

    return tail->end.fin_known && tail->end.una_known &&
           seq_ge(tail->end.snd.una, tail->end.fin_next) &&
           endpoint_could_answer(&tail->end, since);
}

/* What stood before the FIN, for what may come behind it. */
static void note_series(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct endpoint *before = &work->step->before[segment->sender];
    struct side_record *tail = work->tail;

    if (segment_has_any(segment, FLAG_FIN) && tail->end.fin_frame == segment->frame) {
        tail->prior_ip_id = tail->last_ip_id;
        tail->prior_ts_known = before->ts_seen;
        tail->prior_ts = before->ts_high;
    }
    tail->last_ip_id = segment->has_ip_id ? segment->ip_id : 0;
}

/* Does the sender's packet count (IP identification, where it counts) or clock (TSval) go on from
 * before the FIN? Where the FIN itself has its place in that count, its sender is the same. */
static bool series_goes_on(const struct work *work)
{
    const uint16_t near = 64;
    const int32_t ticks_max = 1 << 30;
    const struct segment *segment = work->segment;
    const struct side_record *tail = work->tail;
    uint16_t step = (uint16_t)(segment->ip_id - tail->prior_ip_id);
    uint16_t fin_step = (uint16_t)(tail->fin_ip_id - tail->prior_ip_id);
    int32_t ticks = seq_diff(seq_of(segment->options.tsval), seq_of(tail->prior_ts));

    if (segment->has_ip_id && tail->prior_ip_id != 0 && step >= 1 && step <= near)
        return fin_step == 0 || fin_step >= step;
    return tail->prior_ts_known && tcp_options_has(&segment->options, OPTION_TS) && ticks >= 0 &&
           ticks <= ticks_max;
}

static int64_t pause_ns(const struct work *work)
{
    int64_t since_peer = elapsed_ns(work->head->last_known && work->segment->has_time,
                                    work->segment->time_ns, work->head->last_ns);

    return since_peer < work->step->since_own_ns ? since_peer : work->step->since_own_ns;
}

void context_fill(struct work *work)
{
    struct step *step = work->step;

    step->edge_fresh = is_fresh(work);
    step->answers_challenge = answers_challenge(work);
    step->knows_fin_acked = knows_fin_acked(work);
    step->challenge_frame = step->answers_challenge ? work->tail->challenge_frame : 0;
    /* RFC 5961 3.2: an end without that connection answers with the number it was sent. */
    if (segment_has_any(work->segment, FLAG_RST) && work->head->last_had_ack &&
        seq_eq(work->segment->seq, work->head->last_ack))
        step->confirmed_frame = work->head->challenge_ack_frame;
    step->since_own_ns = elapsed_ns(work->tail->last_known && work->segment->has_time,
                                    work->segment->time_ns, work->tail->last_ns);
    if (work->head->end.snd.wnd == 0)
        step->pause_ns = pause_ns(work);
    step->series_goes_on =
        work->tail->end.fin_known && work->segment->payload_len > 0 && series_goes_on(work);
    if (step->admission == ADMIT_FULL)
        follow_half_close(work);
}

void context_note(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct step *step = work->step;
    enum tcp_state head_before = (enum tcp_state)step->dst.at[0];
    bool challenge = step->rst_class == RST_IN_WINDOW ||
                     (segment_has_any(segment, FLAG_SYN) && tcp_state_is_synchronized(head_before));

    work->tail->since_heard++;
    work->head->since_heard = 0;
    work->tail->challenged = false;
    if (step->admission == ADMIT_FULL)
        note_series(work);
    if (step->admission == ADMIT_FULL)
        work->tail->challenge_ack_frame = step->answers_challenge ? segment->frame : 0;
    if (!challenge || step->admission != ADMIT_FULL)
        return;
    work->head->challenged = true;
    work->head->challenge_frame = segment->frame;
    work->head->challenge_ns = segment->time_ns;
}
