/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "docket.h"

#include "family.h"

#include <string.h>

/* ---- verdicts that wait ---- */

struct docket_case *docket_open(struct docket *docket, const struct step *step)
{
    const struct segment *segment = step->segment;
    struct docket_case *opened;

    if (docket->open == DOCKET_CASES_MAX)
        docket_close(docket, 0);
    opened = &docket->cases[docket->open++];
    memset(opened, 0, sizeof *opened);
    opened->tuple = step->conn->owner;
    opened->conn = step->conn;
    opened->sender = segment->sender;
    opened->has_time = segment->has_time;
    opened->disordered = step->disordered;
    opened->time_ns = segment->time_ns;
    opened->seq = segment->seq;
    opened->end = segment_end(segment);
    opened->ack = segment->ack;
    opened->sender_nxt = step_sender(step)->snd.nxt;
    opened->receiver_nxt = step_receiver(step)->snd.nxt;
    docket->watched |= docket_bit(opened->tuple);
    return opened;
}

void docket_close(struct docket *docket, unsigned place)
{
    unsigned behind = docket->open - place - 1;

    memmove(&docket->cases[place], &docket->cases[place + 1], behind * sizeof docket->cases[0]);
    docket->open--;
    if (docket->open == 0)
        docket->watched = 0;
}

/* Catalogue, section 0: 3 ms, or a quarter of the round trip. */
bool docket_is_past_order(const struct docket_case *waiting, const struct step *step)
{
    const int64_t least_ns = 3000000;
    int64_t trip_ns = step_trip_ns(step);
    int64_t patience_ns = trip_ns / 4 > least_ns ? trip_ns / 4 : least_ns;

    /* what the doubtful segment itself seems to have overtaken shows no disorder */
    if (waiting->disordered)
        patience_ns = trip_ns > TRIP_UNKNOWN_NS ? trip_ns : TRIP_UNKNOWN_NS;
    return case_age_ns(waiting, step) > patience_ns;
}

enum settlement docket_settle_far(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;
    bool is_ack = finding_rows[waiting->finding.id].numbers == NUMBERS_ACK;
    struct seq number = is_ack ? segment->ack : segment->seq;

    if (step->conn != waiting->conn || (step->observed & OBSERVED_RESYNC) != 0)
        return CASE_FALLS;
    if (segment->sender != waiting->sender || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return CASE_WAITS;
    return seq_is_far(number, is_ack ? waiting->receiver_nxt : waiting->sender_nxt) ? CASE_WAITS
                                                                                    : CASE_STANDS;
}

/* ---- series ---- */

struct docket_series *docket_series_find(struct docket *docket, const struct step *step,
                                         enum finding_id id, enum side sender)
{
    for (unsigned i = 0; i < DOCKET_SERIES_MAX; i++) {
        struct docket_series *series = &docket->series[i];

        if (series->id == id && series->sender == sender && series->used &&
            series->tuple == step->conn->owner)
            return series;
    }
    return NULL;
}

struct docket_series *docket_series_begin(struct docket *docket, const struct step *step,
                                          enum finding_id id, enum side sender)
{
    struct docket_series *series = docket_series_find(docket, step, id, sender);

    if (series != NULL)
        return series;
    series = &docket->series[docket->series_next];
    docket->series_next = (docket->series_next + 1) % DOCKET_SERIES_MAX;
    *series = (struct docket_series){
        .used = true, .tuple = step->conn->owner, .id = id, .sender = sender};
    docket->followed = 0;
    for (unsigned i = 0; i < DOCKET_SERIES_MAX; i++) {
        if (docket->series[i].used)
            docket->followed |= docket_bit(docket->series[i].tuple);
    }
    return series;
}

/* ---- counters ---- */

/* Strays have no connection; the stream stands for it, among numbers that no connection has. */
static uint32_t counted_for(const struct step *step)
{
    return step->conn != NULL ? step->conn->id : 0x80000000U | step->segment->stream;
}

uint32_t docket_count(struct docket *docket, const struct step *step, enum side sender,
                      enum finding_id id)
{
    const unsigned tries = 8;
    uint32_t conn = counted_for(step);
    uint32_t what = 2U * (unsigned)id + (unsigned)sender;
    uint32_t hash = (conn * 0x9e3779b1U) ^ (what * 0x85ebca6bU);
    unsigned least = (hash >> 16) % DOCKET_COUNTERS_MAX;

    for (unsigned i = 0; i < tries; i++) {
        unsigned at = ((hash >> 16) + i) % DOCKET_COUNTERS_MAX;

        if (docket->counters[at].conn == conn && docket->counters[at].what == what)
            return ++docket->counters[at].count;
        if (docket->counters[at].count < docket->counters[least].count)
            least = at;
    }
    docket->counters[least].conn = conn;
    docket->counters[least].what = what;
    docket->counters[least].count = 1;
    return 1;
}
