/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "change.h"

#include "octets.h"

#include <string.h>

struct segment *change_at(struct view *view, int i)
{
    return &view->frames[i].segment;
}

static const struct segment *frame(const struct view *view, int i)
{
    return &view->frames[i].segment;
}

static void take_note(const struct segment *first, const struct segment *segment, int i,
                      struct story *story)
{
    bool from_client = segment->sender == first->sender;

    if (segment_has(segment, FLAG_RST) && story->rst < 0)
        story->rst = i;
    if (segment_is_syn_ack(segment) && !from_client && story->synack < 0)
        story->synack = i;
    if (!segment_has_any(segment, FLAG_SYN | FLAG_RST) && from_client && story->synack >= 0 &&
        story->third < 0)
        story->third = i;
    if (segment_has(segment, FLAG_FIN) && story->fin[segment->sender] < 0)
        story->fin[segment->sender] = i;
}

bool change_story(const struct view *view, struct story *story)
{
    const struct segment *first = frame(view, 0);

    *story = (struct story){-1, -1, {-1, -1}, -1, (int)view->count};
    if (view->count == 0 || !segment_is_syn(first))
        return false;
    for (int i = 0; i < (int)view->count; i++) {
        const struct segment *segment = frame(view, i);

        if (segment_is_syn(segment) &&
            (segment->sender != first->sender || !seq_eq(segment->seq, first->seq))) {
            story->after = i;
            break;
        }
        take_note(first, segment, i, story);
    }
    return true;
}

bool change_done(struct view *view, int i)
{
    struct segment *segment = change_at(view, i);

    segment->len =
        segment->payload_len + segment_has(segment, FLAG_SYN) + segment_has(segment, FLAG_FIN);
    segment->payload_captured = segment->payload_len;
    octets_finish(segment, segment->src_port == 80);
    return true;
}

bool change_is_open(const struct story *story, int i)
{
    return story->third >= 0 && i > story->third && i < story->after &&
           (story->rst < 0 || i < story->rst) && (story->fin[0] < 0 || i < story->fin[0]) &&
           (story->fin[1] < 0 || i < story->fin[1]);
}

bool change_is_new_data(const struct view *view, int i)
{
    const struct segment *segment = frame(view, i);

    if (segment->payload_len == 0 || segment_has_any(segment, FLAG_SYN | FLAG_FIN | FLAG_RST))
        return false;
    for (int k = 0; k < i; k++)
        if (frame(view, k)->sender == segment->sender &&
            seq_gt(segment_end(frame(view, k)), segment->seq))
            return false;
    return true;
}

bool change_goes_on(const struct view *view, const struct story *story, int i)
{
    for (int k = i + 1; change_is_open(story, k); k++)
        if (frame(view, k)->sender == frame(view, i)->sender && change_is_new_data(view, k))
            return true;
    return false;
}

int change_pick(const struct view *view, struct rng *rng,
                bool (*fits)(const struct view *view, const struct story *story, int i))
{
    struct story story;
    int found = -1;
    uint32_t count = 0;

    if (!change_story(view, &story))
        return -1;
    for (int i = 0; i < story.after; i++)
        if (fits(view, &story, i) && rng_below(rng, ++count) == 0)
            found = i;
    return found;
}

bool fits_open(const struct view *view, const struct story *story, int i)
{
    return change_is_open(story, i) && !segment_has(frame(view, i), FLAG_SYN);
}

bool fits_open_data(const struct view *view, const struct story *story, int i)
{
    return change_is_open(story, i) && change_is_new_data(view, i);
}

bool fits_ack_going_on(const struct view *view, const struct story *story, int i)
{
    return change_is_open(story, i) && segment_is_pure_ack(frame(view, i)) &&
           change_goes_on(view, story, i);
}

bool fits_data_going_on(const struct view *view, const struct story *story, int i)
{
    return fits_open_data(view, story, i) && change_goes_on(view, story, i);
}

void change_remove(struct view *view, int i)
{
    uint32_t behind = --view->count - (uint32_t)i;

    memmove(&view->frames[i], &view->frames[i + 1], behind * sizeof view->frames[0]);
    for (uint32_t k = (uint32_t)i; k < view->count; k++) {
        view->frames[k].segment.id = k;
        view->frames[k].segment.frame = k + 1;
    }
}
