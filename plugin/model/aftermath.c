/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aftermath.h"

#include "model.h"

/* Segments of one kind that one side sends within a second. */
struct burst {
    int64_t since_ns;
    uint32_t count;
    uint32_t heard; /* segments of its peer when it began */
    uint32_t most;  /* of all seconds so far, less those that answer segments of the peer */
};

/* What a side leaves behind that has sent a RST, or its FIN twice. */
struct aftermath {
    struct burst rsts;
    struct burst fins;
    int64_t rst_ns;       /* of its latest decisive RST at an exact number: */
    uint32_t rst_frame;   /* 0: none, or it has gone on since */
    struct seq rst_seq;
    bool rst_is_own;      /* … which is its own SND.NXT, and not copied from what it answered */
    struct seq peer_nxt;  /* SND.NXT of its peer by then */
    bool receiver_told;   /* its peer goes on, and that was told */
    bool answered;        /* one of its RSTs answered octets that it never acknowledged */
};

static struct aftermath *open_aftermath(struct work *work, struct side_record *record)
{
    if (record->aftermath == NULL)
        record->aftermath = pool_take(&work->model->pool, sizeof(*record->aftermath));
    return record->aftermath;
}

void aftermath_close(struct side_record *record, struct pool *pool)
{
    pool_give(pool, record->aftermath, sizeof(*record->aftermath));
    record->aftermath = NULL;
}

static int64_t since_ns(const struct work *work, int64_t then_ns)
{
    return elapsed_ns(work->segment->has_time, work->segment->time_ns, then_ns);
}

/* There and back, as far as both ends were seen to answer; a usual value where they were not. */
static int64_t round_trip_ns(const struct work *work)
{
    const int64_t unknown_ns = 200000000;
    const struct endpoint *tail = &work->tail->end;
    const struct endpoint *head = &work->head->end;

    if (tail->turnaround_ns < 0 || head->turnaround_ns < 0)
        return unknown_ns;
    return tail->turnaround_ns + head->turnaround_ns;
}

/* ---- what a RST answers ---- */

/* So soon after the other end's last segment that it may be the answer to that. */
static bool may_answer(const struct work *work)
{
    int64_t since = since_ns(work, work->head->last_ns);

    return work->head->last_known && since >= 0 &&
           !endpoint_must_have_it(&work->tail->end, since);
}

/* RFC 9293 3.5.2: a RST that answers has the number of what it answers, or 0, and no RCV.NXT. One
 * with a RCV.NXT of its own comes from an end that still knows what it has received. */
static bool is_reply(const struct work *work)
{
    const struct step *step = work->step;

    return step->rst_class == RST_CLOSED_REPLY ||
           (step->rst_class == RST_EXACT && !segment_has(work->segment, FLAG_ACK));
}

/* The frame of the oldest octets that the sender never acknowledged and has had time to answer. Each
 * segment that finds nobody gets a RST (RFC 9293 3.5.2): told with the first of them. */
static uint32_t answered_frame(const struct work *work, struct aftermath *past)
{
    const struct flight_entry *oldest = flight_at(&work->head->flight, 0);
    const struct endpoint *head = &work->head->end;

    if (past->answered || !is_reply(work) || oldest == NULL || !head->una_known)
        return 0;
    if (!endpoint_could_answer(&work->tail->end, since_ns(work, oldest->time_ns)))
        return 0;
    past->answered = true;
    return oldest->frame;
}

/* A closed end answers with the number that it is told to have sent (RFC 9293 3.5.2), which lies
 * below SND.NXT when something of it is not acknowledged yet. An end that aborts sends SND.NXT
 * itself, which tells nothing. */
static bool answers_closed(const struct work *work)
{
    const struct endpoint *tail = &work->tail->end;
    struct seq seq = work->segment->seq;

    if (segment_has(work->segment, FLAG_ACK) || !is_reply(work) || !tail->nxt_known)
        return false;
    return seq_lt(seq, tail->snd.nxt) || (tail->sent_fin && seq_eq(seq, tail->fin_next));
}

/* Its last segment left before this could have reached it, or it has had no time to answer yet. */
static bool may_be_answered(const struct work *work, const struct flight_entry *entry)
{
    const struct side_record *tail = work->tail;
    int64_t before = elapsed_ns(tail->last_known, tail->last_ns, entry->time_ns);

    return endpoint_could_answer(&tail->end, since_ns(work, entry->time_ns)) &&
           (before < 0 || !endpoint_could_answer(&tail->end, before));
}

/* Hindsight: what came after its last segment, and that the RST had time to answer, had found it
 * CLOSED already. */
static void show_answered(const struct work *work)
{
    const uint32_t most = 64;
    const struct flight *flight = &work->head->flight;
    bool first = true;

    for (uint32_t i = 0; i < flight->count && i < most; i++) {
        const struct flight_entry *entry = flight_at(flight, i);

        if (!may_be_answered(work, entry))
            continue;
        if (!first)
            work_amend(work, entry->id, AMEND_DST_BEFORE, STATE_CLOSED);
        work_amend(work, entry->id, AMEND_DST_STATE, STATE_CLOSED);
        first = false;
    }
}

/* ---- who goes on after a RST ---- */

/* RFC 9293 3.10.5: an end that has reset has no connection left to send for. What was under way
 * before the RST may still be stored behind it, for as long as a round trip; but nothing of that
 * lies beyond a RST that stands at SND.NXT. */
static void look_for_sender(struct work *work)
{
    const int64_t least_ns = 10000000;
    const int64_t usual_ns = 200000000; /* where segments overtake each other, or copies come late */
    const struct segment *segment = work->segment;
    const struct endpoint *tail = &work->tail->end;
    struct aftermath *past = work->tail->aftermath;
    int64_t since;
    bool is_late;
    bool is_beyond;
    bool is_news = !tail->nxt_known || seq_gt(segment_end(segment), tail->snd.nxt);

    if (past == NULL || past->rst_frame == 0)
        return;
    since = since_ns(work, past->rst_ns);
    is_late = since > (work->step->disordered || !is_news ? usual_ns : least_ns) &&
              since > round_trip_ns(work);
    is_beyond = seq_gt(segment_end(segment), past->rst_seq) &&
                (is_late || past->rst_is_own);
    if (!is_beyond && !(is_late && endpoint_stamps_anew(tail, &segment->options)))
        return;
    work->step->aftermath.outlived_frame = past->rst_frame;
    work->step->aftermath.outlived_seq = past->rst_seq;
    past->rst_frame = 0;
}

/* New data, when two round trips ago its peer has reset the connection. */
static void look_for_receiver(struct work *work)
{
    struct aftermath *past = work->head->aftermath;

    if (past == NULL || past->rst_frame == 0 || past->receiver_told ||
        work->segment->payload_len == 0 || seq_lt(work->segment->seq, past->peer_nxt) ||
        since_ns(work, past->rst_ns) <= 2 * round_trip_ns(work))
        return;
    past->receiver_told = true;
    work->step->aftermath.unheard_frame = past->rst_frame;
}

/* ---- many at once ---- */

/* Segments that may still be on their way to the other side of this one. */
static uint32_t under_way(const struct side_record *record)
{
    return record->flight.count > record->since_heard ? record->flight.count
                                                      : record->since_heard;
}

static void count_burst(struct work *work, struct burst *burst, bool answers)
{
    struct step_aftermath *told = &work->step->aftermath;
    uint32_t heard = work->conn->segments[side_other(work->segment->sender)];
    int64_t since = since_ns(work, burst->since_ns);
    uint32_t answering;

    if (burst->count == 0 || since < 0 || since >= SECOND_NS) {
        burst->count = 0;
        burst->since_ns = work->segment->time_ns;
        burst->heard = heard - under_way(work->head);
    }
    burst->count++;
    answering = answers ? heard - burst->heard : 0;
    told->burst_before = burst->most;
    if (burst->count > answering && burst->count - answering > burst->most)
        burst->most = burst->count - answering;
    told->burst = burst->most;
}

static void count_fin(struct work *work)
{
    struct aftermath *past;

    if (!work->tail->end.sent_fin)
        return; /* the first: when it was sent is known without this */
    past = open_aftermath(work, work->tail);
    if (past->fins.count == 0) {
        past->fins.count = past->fins.most = 1;
        past->fins.since_ns = work->tail->fin_ns;
    }
    count_burst(work, &past->fins, false);
}

/* ---- the doors ---- */

void aftermath_fill(struct work *work)
{
    const struct segment *segment = work->segment;
    struct step *step = work->step;
    struct aftermath *past;

    if (step->admission != ADMIT_FULL || segment_has_any(segment, FLAG_SYN))
        return;
    if (segment_has_any(segment, FLAG_RST)) {
        past = open_aftermath(work, work->tail);
        step->aftermath.may_answer = may_answer(work);
        step->aftermath.answered_frame = answered_frame(work, past);
        if (answers_closed(work))
            show_answered(work);
        /* one RST for each segment under way is how a closed end answers (RFC 9293 3.5.2) */
        count_burst(work, &past->rsts, true);
        return;
    }
    if (segment_has_any(segment, FLAG_FIN))
        count_fin(work);
    look_for_sender(work);
    look_for_receiver(work);
}

void aftermath_note(struct work *work)
{
    const struct step *step = work->step;
    const struct endpoint *head = &work->head->end;
    struct aftermath *past = work->tail->aftermath;

    if (past == NULL || step->rst_class != RST_EXACT || !step->rst_decisive)
        return;
    past->rst_frame = work->segment->frame;
    past->rst_ns = work->segment->time_ns;
    past->rst_seq = work->segment->seq;
    past->rst_is_own = !is_reply(work) && work->tail->end.nxt_known &&
                       seq_ge(work->segment->seq, work->tail->end.snd.nxt);
    past->peer_nxt = head->nxt_known ? head->snd.nxt : head->snd.una;
    past->receiver_told = false;
}
