/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Injection that shows in numbers: somebody who tries one sequence number after the other, and two
 * ends that reject each other's. RFC 9293 3.10.7.4 step 1; RFC 5961 1, 5, 7.
 */
#include "docket.h"
#include "family.h"
#include "gate.h"

/* Begins anew what began longer ago than that. */
static void restart_after(struct docket_series *series, const struct segment *segment, int64_t ns)
{
    int64_t since = elapsed_ns(segment->has_time, segment->time_ns, series->first_ns);

    if (series->count != 0 && since >= 0 && since <= ns)
        return;
    series->count = series->distinct = 0;
    series->first_ns = segment->time_ns;
    series->first_frame = segment->frame;
}

/* RFC 5961 5.2: data whose acknowledgment is older than any window is not taken. */
static bool is_stale_data(const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct endpoint *receiver = step_receiver(step);

    return segment->payload_len > 0 && segment_has(segment, FLAG_ACK) &&
           !segment_has_any(segment, FLAG_SYN | FLAG_RST) && receiver->una_known &&
           receiver->edge_known &&
           seq_lt(segment->ack, seq_sub(receiver->snd.una, receiver->snd.mwnd));
}

static bool is_probe(const struct hearing *hearing)
{
    return hearing_found(hearing, FINDING_rst_out_of_window) ||
           hearing_found(hearing, FINDING_rst_in_window) ||
           hearing_waits(hearing, FINDING_rst_in_window) ||
           hearing_waits(hearing, FINDING_syn_est_new) ||
           hearing_waits(hearing, FINDING_syn_est_from_responder) || is_stale_data(hearing->step);
}

static void note_number(struct docket_series *series, struct seq number, unsigned wanted)
{
    for (unsigned i = 0; i < series->distinct; i++) {
        if (seq_eq(series->number[i], number))
            return;
    }
    if (series->distinct < wanted)
        series->number[series->distinct++] = number;
}

static bool inj_blind_probe(struct hearing *hearing)
{
    const uint8_t least = 5;
    const unsigned numbers = 3;
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    bool is_syn = segment_is_syn(segment);
    struct docket_series *series;

    if (!is_probe(hearing) || step->conn == NULL || !segment->has_time)
        return false;
    series = docket_series_begin(hearing->docket, step, FINDING_inj_blind_probe, segment->sender);
    restart_after(series, segment, 10 * SECOND_NS);
    if (series->count < least)
        series->count++;
    note_number(series, segment->seq, numbers);
    hearing->gate_later = is_syn; /* a SYN has a life of its own, of which nothing was captured */
    hearing->finding.got = series->count;
    hearing->finding.limit_frame = series->first_frame;
    if (series->told || series->count < least || series->distinct < numbers ||
        (!is_syn && gate_ask(step, GATE_G3, segment->sender) == GATE_SHUT))
        return false;
    series->told = true;
    return true;
}

/* Nothing that its receiver takes: it answers with what it has sent before. A keepalive asks for
 * that (RFC 9293 3.8.4). */
static bool is_rejected(const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);

    if (sender->nxt_known && seq_eq(segment->seq, seq_sub(sender->snd.nxt, 1)))
        return false;
    return (sender->una_known && seq_lt(segment->seq, sender->snd.una)) ||
           (sender->edge_known && seq_gt(segment->seq, sender->snd.edge)) ||
           (receiver->nxt_known && seq_gt(segment->ack, receiver->snd.nxt));
}

/* Both ends say the same again and again, in turns. What only one of them rejects counts as well:
 * the octets that set them at odds may have been captured. */
static bool inj_ack_storm(struct hearing *hearing)
{
    const uint8_t least = 20;
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    bool rejected = is_rejected(step);
    struct docket_series *series;
    struct seq *said;

    if (!segment_is_pure_ack(segment) || step->conn == NULL || !segment->has_time)
        return false;
    series = rejected ? docket_series_begin(hearing->docket, step, FINDING_inj_ack_storm, SIDE_A)
                      : docket_series_find(hearing->docket, step, FINDING_inj_ack_storm, SIDE_A);
    if (series == NULL || series->told)
        return false;
    restart_after(series, segment, SECOND_NS);
    said = &series->number[(size_t)2 * segment->sender];
    if (series->count > 0 && (series->last == segment->sender || !(rejected || series->rejected)))
        return false;
    if (series->count > 1 && !(seq_eq(said[0], segment->seq) && seq_eq(said[1], segment->ack)))
        series->count = 0;
    said[0] = segment->seq;
    said[1] = segment->ack;
    series->last = segment->sender;
    series->rejected = rejected;
    series->told = ++series->count == least;
    hearing->finding.got = series->count;
    hearing->finding.limit_frame = series->first_frame;
    return series->told;
}

static const struct rule rules[] = {
    RULE(inj_blind_probe, SENDER, PROBE),
    RULE(inj_ack_storm, SENDER, PROBE),
};

const struct family injection_series_family = FAMILY(rules, INTEREST_PROBE);
