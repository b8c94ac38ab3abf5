/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repeats.h"

#include "model.h"

static int64_t since_ns(const struct work *work, int64_t then_ns)
{
    return elapsed_ns(work->segment->has_time, work->segment->time_ns, then_ns);
}

/* The peer has closed its window: what comes now asks whether it is open (RFC 9293 3.8.6.1). */
static bool is_window_closed(const struct endpoint *end)
{
    return end->edge_known && end->snd.wnd == 0;
}

/* RFC 9293 3.8.4. What comes sooner after its sender's last segment is an ACK that was overtaken. */
static bool is_keepalive(const struct work *work)
{
    const int64_t least_ns = SECOND_NS / 2;
    const struct segment *segment = work->segment;
    const struct endpoint *tail = &work->tail->end;

    return tail->sent_past_syn && segment->len <= 1 && segment_has(segment, FLAG_ACK) &&
           !segment_has_any(segment, FLAG_SYN | FLAG_FIN | FLAG_RST) && tail->una_known &&
           seq_eq(segment->seq, seq_sub(tail->snd.nxt, 1)) && !is_window_closed(tail) &&
           since_ns(work, work->tail->last_ns) >= least_ns;
}

/* The oldest octet that is not acknowledged, once more. */
static bool is_repetition(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct endpoint *tail = &work->tail->end;

    return segment->len > 0 && tail->una_known && seq_le(segment->seq, tail->snd.una) &&
           seq_gt(segment_end(segment), tail->snd.una) && !is_window_closed(tail);
}

static struct repeats *open_repeats(struct work *work)
{
    if (work->tail->repeats == NULL)
        work->tail->repeats = pool_take(&work->model->pool, sizeof(*work->tail->repeats));
    return work->tail->repeats;
}

void repeats_close(struct side_record *record, struct pool *pool)
{
    pool_give(pool, record->repeats, sizeof(*record->repeats));
    record->repeats = NULL;
}

static void begin_count(const struct work *work, struct repeats *repeats)
{
    const struct side_record *tail = work->tail;
    const struct flight_entry *entry = flight_find(&tail->flight, tail->end.snd.una);

    repeats->first_frame = entry != NULL ? entry->frame : 0;
    repeats->first_ns = entry != NULL ? entry->time_ns : work->segment->time_ns;
    repeats->last_ns = repeats->first_ns;
    repeats->interval_ns = repeats->waited_ns = 0;
    repeats->steady = 0;
}

/* RFC 6298 5.5: the time to the next one doubles. An answer of the peer, whatever it says, may be
 * why this was sent already. */
static void count_repetition(const struct work *work, struct repeats *repeats)
{
    const int64_t least_ns = 200000000; /* what comes sooner is no timeout */
    int64_t interval;

    if (repeats->count == 0)
        begin_count(work, repeats);
    interval = since_ns(work, repeats->last_ns);
    repeats->interval_before_ns = repeats->interval_ns;
    repeats->interval_ns = interval;
    if (interval < least_ns || repeats->interval_before_ns < least_ns ||
        work->tail->since_heard == 0 || interval / 6 >= repeats->interval_before_ns / 5)
        repeats->steady = 0;
    else
        repeats->steady++;
    repeats->count++;
    repeats->last_ns = work->segment->time_ns;
    repeats->waited_before_ns = repeats->waited_ns;
    repeats->waited_ns = since_ns(work, repeats->first_ns);
}

static void count_keepalive(const struct work *work, struct repeats *repeats)
{
    if (repeats->keepalives++ == 0) {
        repeats->keepalive_frame = work->segment->frame;
        repeats->keepalive_ns = work->segment->time_ns;
    }
}

/* An octet alone may be both. */
static void note_kind(struct work *work, bool repeated, bool keepalive)
{
    struct repeats *repeats;

    if (!repeated && !keepalive)
        return;
    repeats = open_repeats(work);
    if (repeated)
        count_repetition(work, repeats);
    if (keepalive)
        count_keepalive(work, repeats);
    repeats->is_repetition = repeated;
    repeats->is_keepalive = keepalive;
    work->step->repeats = repeats;
}

/* What the other side says ends its silence; only an ACK of something new is progress. */
static void hear(struct work *work)
{
    const struct segment *segment = work->segment;
    struct side_record *head = work->head;

    head->repeats->keepalives = 0;
    if (segment_has(segment, FLAG_ACK) && head->end.una_known &&
        seq_gt(segment->ack, head->end.snd.una))
        head->repeats->count = 0;
    if (head->repeats->count == 0)
        repeats_close(head, &work->model->pool);
}

void repeats_note(struct work *work)
{
    const struct step *step = work->step;

    if (step->admission != ADMIT_FULL)
        return;
    if (work->head->repeats != NULL)
        hear(work);
    if (!step->seq_expected_known || seq_ge(work->segment->seq, step->seq_expected) ||
        segment_has_any(work->segment, FLAG_RST))
        return;
    note_kind(work, is_repetition(work), is_keepalive(work));
}
