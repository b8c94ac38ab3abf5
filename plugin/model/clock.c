/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clock.h"

/* RFC 7323 4.3: TS.Recent follows a segment that is not older and lies at the left edge. */
static void take_ts_recent(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct endpoint *tail = &work->tail->end;
    struct endpoint *head = &work->head->end;
    uint32_t tsval = segment->options.tsval;

    if (segment_has_any(segment, FLAG_RST))
        return;
    if (head->ts_recent_known && seq_lt(seq_of(tsval), seq_of(head->ts_recent)))
        return;
    if (tail->una_known && seq_gt(segment->seq, tail->snd.una))
        return; /* beyond Last.ACK.sent, as far as that was captured */
    head->ts_recent_known = true;
    head->ts_recent = tsval;
}

/* A clock that began with 0, as old systems leave it on a SYN, says nothing. */
static void take_first_time(struct endpoint *tail, uint32_t tsval)
{
    const uint32_t reach = (uint32_t)1 << 30;

    if (!tail->ts_seen)
        tail->ts_first_known = tsval != 0;
    if (!tail->ts_seen || seq_lt(seq_of(tsval), seq_of(tail->ts_first)))
        tail->ts_first = tsval;
    if (seq_span(seq_of(tsval), seq_of(tail->ts_first)) > reach)
        tail->ts_first_known = false;
}

/* RFC 7323 5.4: a tick is a second at most. */
static void watch_clock(struct work *work)
{
    const uint32_t long_ms = 2000;
    const uint8_t many = 10;
    const uint8_t told = UINT8_MAX;
    const struct segment *segment = work->segment;
    const struct tcp_options *options = &segment->options;
    struct side_record *tail = work->tail;
    uint32_t now_ms = (uint32_t)(segment->time_ns / 1000000);

    if (!tail->end.ts_seen || options->tsval != tail->end.ts_high) {
        tail->ts_still = 1;
        tail->ts_still_ms = now_ms;
        tail->ts_still_echo = (uint16_t)options->tsecr;
        return;
    }
    if (tail->ts_still < many && ++tail->ts_still < many)
        return;
    if (tail->ts_still == told || now_ms - tail->ts_still_ms <= long_ms ||
        (uint16_t)options->tsecr == tail->ts_still_echo)
        return;
    work->step->clock_still_ms = now_ms - tail->ts_still_ms;
    tail->ts_still = told;
}

void clock_take(struct work *work)
{
    const struct tcp_options *options = &work->segment->options;
    struct endpoint *tail = &work->tail->end;

    if (!tcp_options_has(options, OPTION_TS)) {
        if (!options->cut && !segment_has_any(work->segment, FLAG_RST | FLAG_SYN) &&
            endpoint_pair_uses_ts(tail, &work->head->end))
            tail->ts_missed++;
        return;
    }
    if (work->segment->has_time)
        watch_clock(work);
    take_first_time(tail, options->tsval);
    if (!tail->ts_seen || seq_lt(seq_of(tail->ts_high), seq_of(options->tsval)))
        tail->ts_high = options->tsval;
    tail->ts_seen = true;
    take_ts_recent(work);
}
