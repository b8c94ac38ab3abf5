/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conflict.h"

#include "model.h"

#include <string.h>

/* Acknowledged octets count for as long as a late copy of them may be under way. */
#define BELOW_UNA  65536U
#define LATE_NS    2000000000
#define WHOLE_MAX  262144U /* octets that one segment is compared with */
#define PREFIX_MIN 8U

/* ---- what may be compared ---- */

/* RFC 9293 3.8.4, 3.8.6.1: the octet of a keepalive means nothing, and that of a probe need not be
 * the one that comes next. A window may close without regard to what was granted before. */
static bool is_lone_octet(const struct work *work)
{
    const struct endpoint *tail = &work->tail->end;

    return work->segment->payload_len == 1 &&
           ((tail->nxt_known && seq_eq(work->segment->seq, seq_sub(tail->snd.nxt, 1))) ||
            (tail->edge_known && tail->snd.wnd == 0));
}

/* What is on a SYN may not have been taken, what is on a RST is no part of the stream; of a segment
 * that the snap length has cut nobody knows whether it was damaged. */
static bool is_comparable(const struct work *work)
{
    const struct segment *segment = work->segment;
    enum admission admission = work->step->admission;

    if (segment->payload_len == 0 || segment->octets == NULL ||
        segment->payload_captured != segment->payload_len ||
        segment_has_any(segment, FLAG_SYN | FLAG_RST) || !work->tail->end.iss_exact)
        return false;
    return (admission == ADMIT_FULL || admission == ADMIT_BAD_SUM) &&
           !is_lone_octet(work);
}

static struct copied facts_of(const struct work *work)
{
    const struct segment *segment = work->segment;

    return (struct copied){
        .progress = work->conn->octets[segment->sender],
        .time_ns = segment->time_ns,
        .start = segment->seq,
        .end = seq_add(segment->seq, segment->payload_len),
        .id = segment->id,
        .frame = segment->frame,
        .ip_id = segment->ip_id,
        .header_len = segment->header_len,
        .origin = segment_origin(segment),
        .checksum = (uint8_t)segment->checksum_status,
        .has_time = segment->has_time,
        .has_ip_id = segment->has_ip_id,
    };
}

/* ---- a checksum that nobody has verified ---- */

static uint32_t fold(uint64_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint32_t)(sum == 0xffff ? 0 : sum); /* both are zero (RFC 1071 1) */
}

static uint32_t word_at(const uint8_t *octets)
{
    return (uint32_t)octets[0] << 8 | octets[1];
}

/* All that one direction's checksums cover, but for what is the same for all its segments. */
static uint32_t sum_of(const struct copied *copied, const uint8_t *octets)
{
    uint32_t length = copied->header_len + seq_span(copied->end, copied->start);
    uint64_t sum = length;
    uint32_t i;

    for (i = 0; i + 1 < length; i += 2)
        sum += word_at(octets + i);
    if (i < length)
        sum += (uint32_t)octets[i] << 8;
    return fold(sum);
}

/* Left to the network card, the field holds the sum of the pseudo header alone. */
static uint32_t partial_sum_of(const struct copied *copied, const uint8_t *octets)
{
    uint32_t length = copied->header_len + seq_span(copied->end, copied->start);

    return fold((uint64_t)word_at(octets + 16) + (0xffff - fold(length)));
}

/* Were two segments of one direction received as they were sent? All checksums of a direction agree
 * on the sum of both addresses, so one that does not was damaged on the way. */
static bool sums_agree(const struct copied *a, const uint8_t *a_octets, const struct copied *b,
                       const uint8_t *b_octets)
{
    if (a->checksum != CHECKSUM_UNKNOWN && b->checksum != CHECKSUM_UNKNOWN)
        return true; /* they were verified */
    return sum_of(a, a_octets) == sum_of(b, b_octets) ||
           partial_sum_of(a, a_octets) == partial_sum_of(b, b_octets);
}

/* ---- comparing ---- */

static bool is_damaged(const struct copied *copied)
{
    return copied->checksum == CHECKSUM_BAD;
}

static int64_t since(const struct copied *later, const struct copied *earlier)
{
    return elapsed_ns(later->has_time && earlier->has_time, later->time_ns, earlier->time_ns);
}

/* The limits of the catalogue: 64 KiB or two seconds below what is acknowledged. */
static bool still_counts(const struct work *work, const struct copied *facts,
                         const struct copied *copied)
{
    const struct endpoint *tail = &work->tail->end;
    int64_t age = since(facts, copied);

    if (!tail->una_known || seq_gt(copied->end, seq_sub(tail->snd.una, BELOW_UNA)))
        return true;
    return age >= 0 && age <= LATE_NS;
}

/* X-DUP: the same packet before and behind a device that rewrites what is in it. An identification
 * that the SYN had as well tells packets of this sender not apart. */
static bool is_rewritten(const struct work *work, const struct copied *facts,
                         const struct copied *copied, uint32_t equal_octets)
{
    const int64_t same_place_ns = 2000000;
    const int64_t other_place_ns = 100000000;
    int64_t age = since(facts, copied);

    return facts->has_ip_id && copied->has_ip_id && facts->ip_id != 0 &&
           facts->ip_id != work->tail->syn_ip_id && facts->ip_id == copied->ip_id && seq_eq(facts->start, copied->start) &&
           equal_octets >= PREFIX_MIN && age >= 0 &&
           age <= (facts->origin == copied->origin ? same_place_ns : other_place_ns);
}

/* Nobody can have asked for it again so soon. */
static bool is_too_soon(const struct work *work, int64_t age)
{
    const struct endpoint *head = &work->head->end;

    return age >= 0 && head->turnaround_ns >= 0 && age < head->turnaround_ns;
}

static void tell(struct work *work, const struct copied *facts, const struct copied *copied,
                 struct seq differs)
{
    struct conflict *conflict = &work->model->conflict;

    *conflict = (struct conflict){
        .first = differs,
        .start = copied->start,
        .id = copied->id,
        .frame = copied->frame,
        .since_ns = since(facts, copied),
        .damaged = is_damaged(copied),
    };
    work->step->conflict = conflict;
}

/* Compares what both hold; true ends the search. */
static bool compare(struct work *work, const struct copied *facts, const struct copied *copied)
{
    struct seq first = seq_max(facts->start, copied->start);
    uint32_t length = seq_span(seq_min(facts->end, copied->end), first);
    const uint8_t *ours = work->segment->octets;
    const uint8_t *theirs = copied_octets(copied);
    const uint8_t *a = ours + facts->header_len + seq_span(first, facts->start);
    const uint8_t *b = theirs + copied->header_len + seq_span(first, copied->start);
    uint32_t equal = 0;

    if (memcmp(a, b, length) == 0)
        return false;
    while (a[equal] == b[equal])
        equal++;
    if (is_rewritten(work, facts, copied, equal) || !sums_agree(facts, ours, copied, theirs))
        return true;
    if (is_damaged(copied) && (is_damaged(facts) || !is_too_soon(work, since(facts, copied))))
        return false; /* sent again because it was damaged */
    tell(work, facts, copied, seq_add(first, equal));
    return true;
}

/* Looks through the copies that overlap the segment. Is all of it kept already? */
static bool is_held(struct work *work, const struct copied *facts)
{
    struct copies_search search = {
        .copies = &work->model->copies,
        .start = facts->start,
        .end = facts->end,
        .progress = facts->progress,
        .at = work->tail->copies,
    };
    uint32_t left = WHOLE_MAX;
    uint32_t length = seq_span(facts->end, facts->start);
    bool held = false;

    for (const struct copied *c; (c = copies_find(&search)) != NULL && length <= left;) {
        if (!still_counts(work, facts, c))
            continue;
        left -= length;
        held = held || (!is_damaged(c) && seq_le(c->start, facts->start) &&
                        seq_ge(c->end, facts->end));
        if (compare(work, facts, c))
            break;
    }
    return held;
}

void conflict_look(struct work *work)
{
    struct copies *copies = &work->model->copies;
    struct copied facts;

    if (copies->capacity == 0 || !is_comparable(work))
        return;
    facts = facts_of(work);
    if (!is_held(work, &facts))
        copies_add(copies, &work->tail->copies, &facts, work->segment->octets);
}
