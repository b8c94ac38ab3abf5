/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "admission.h"

#include "numbers.h"
#include "opening.h"

/* ---- captured duplicates ---- */

static uint32_t mix(uint32_t hash, uint32_t value)
{
    hash ^= value;
    hash *= 0x9e3779b1U;
    return hash ^ (hash >> 15);
}

static uint32_t fingerprint(const struct segment *segment)
{
    uint32_t hash = mix(0x7c93, segment->seq.n);

    hash = mix(hash, segment->ack.n);
    hash = mix(hash, ((uint32_t)segment->flags << 16) | segment->wnd_field);
    hash = mix(hash, segment->payload_len);
    hash = mix(hash, segment->checksum);
    return mix(hash, segment->options.tsval);
}

static uint32_t time_us(const struct segment *segment)
{
    return (uint32_t)(segment->time_ns / 1000);
}

static bool is_copy(const struct recent *recent, unsigned i, const struct segment *segment)
{
    const uint32_t same_origin_us = 2000;
    const uint32_t other_origin_us = 100000;
    uint32_t since = time_us(segment) - recent->seen[i].time_us;

    if (recent->seen[i].hash != fingerprint(segment))
        return false;
    if (recent->seen[i].origin != segment_origin(segment))
        return since <= other_origin_us;
    /* two packets of one path have identifications of their own where these are in use */
    if (segment->has_ip_id && segment->ip_id != recent->seen[i].ip_id)
        return false;
    return since <= same_origin_us;
}

static bool is_duplicate(const struct recent *recent, const struct segment *segment)
{
    if (!segment->has_time)
        return false;
    for (unsigned i = 0; i < recent->used; i++)
        if (is_copy(recent, i, segment))
            return true;
    return false;
}

static void remember(struct recent *recent, const struct segment *segment)
{
    unsigned i = recent->next;

    recent->seen[i].hash = fingerprint(segment);
    recent->seen[i].origin = segment_origin(segment);
    recent->seen[i].time_us = time_us(segment);
    recent->seen[i].ip_id = segment->ip_id;
    recent->next = (uint8_t)((i + 1) % RECENT_MAX);
    if (recent->used < RECENT_MAX)
        recent->used++;
}

/* ---- flags ---- */

bool admission_flags_impossible(const struct segment *segment)
{
    unsigned flags = segment->flags & 0x3fU;

    if (segment_has(segment, FLAG_SYN))
        return segment_has_any(segment, FLAG_FIN | FLAG_RST);
    /* RFC 9293 3.10.7.4 step 5: without ACK, SYN and RST there is nothing a receiver takes */
    return (flags & (FLAG_ACK | FLAG_RST)) == 0;
}

/* ---- numbers ---- */

/* Farther than any window reaches: RFC 7323 2.3 allows 2^30 octets, and what is in flight may lie
 * on both sides of what is known. */
static bool is_far(struct seq number, struct seq known)
{
    const int32_t reach = 1 << 30;
    int32_t distance = seq_diff(number, known);

    return distance > reach || distance < -reach;
}

static int32_t reach_of(const struct endpoint *end)
{
    /* one largest window on top of what may be in flight; before any is known: an unscaled one
     * under the largest shift */
    uint32_t window = end->snd.mwnd;

    if (!end->scale_known || window == 0)
        return 1 << 30;
    if (window > (1U << 29))
        window = 1U << 29;
    return (int32_t)window * 2 + 65536;
}

bool admission_continues_alien(const struct side_record *tail, const struct segment *segment)
{
    const int32_t reach = 65536;
    int32_t beyond = seq_diff(segment->seq, tail->alien_end);

    return tail->alien_pending && beyond >= 0 && beyond < reach;
}

/* X-CONF: a number outside the model by more than a window is not taken at once. If the same side
 * goes on there, or the peer acknowledges it, the capture paused and the numbers are adopted. */
static bool is_alien(struct work *work)
{
    const struct segment *segment = work->segment;
    struct side_record *tail = work->tail;
    const struct endpoint *end = &tail->end;
    int32_t distance;
    bool seq_off;
    bool ack_off;

    if (!end->seen || !end->nxt_known || segment_has_any(segment, FLAG_RST | FLAG_SYN))
        return false;
    distance = seq_diff(segment->seq, seq_max(end->snd.nxt, end->una_known ? end->snd.una
                                                                           : end->snd.nxt));
    seq_off = distance > reach_of(end) || distance < -reach_of(end);
    ack_off = segment_has(segment, FLAG_ACK) && work->head->end.nxt_known &&
              is_far(segment->ack, work->head->end.snd.nxt) &&
              !opening_has_synack(work->tcb->opening, side_other(segment->sender),
                                  seq_sub(segment->ack, 1));
    if (!seq_off && !ack_off) {
        tail->alien_pending = false;
        return false;
    }
    if (admission_continues_alien(tail, segment)) {
        tail->alien_pending = false;
        numbers_resync(work);
        return false;
    }
    tail->alien_pending = true;
    tail->alien_end = segment_end(segment);
    return true;
}

void admission_judge(struct work *work)
{
    const struct segment *segment = work->segment;
    struct recent *recent = &work->tail->recent;
    struct step *step = work->step;

    if (is_duplicate(recent, segment))
        step->admission = ADMIT_DUPLICATE;
    else if (segment->checksum_status == CHECKSUM_BAD)
        step->admission = ADMIT_BAD_SUM;
    else if (admission_flags_impossible(segment))
        step->admission = ADMIT_IMPOSSIBLE;
    else if (is_alien(work))
        step->admission = ADMIT_ALIEN;
    else
        step->admission = ADMIT_FULL;
    if (step->admission != ADMIT_DUPLICATE)
        remember(recent, segment);
}
