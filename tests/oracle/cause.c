/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cause.h"

/* How far around a frame the order is looked at: nothing is delayed for longer than these. */
#define NEARBY 64

const char *cause_text(enum cause cause)
{
    static const char *const texts[CAUSES] = {
        [CAUSE_FORGED] = "a forged segment was captured before: whether it was obeyed shows later, "
                         "or never",
        [CAUSE_UNCAPTURED] = "a segment that this end sent or received is not in the capture",
        [CAUSE_STORED] = "the capture stores the frames in another order than they passed",
        [CAUSE_OVERTAKEN] = "behind the capture the segments arrived in another order",
        [CAUSE_UNSEEN] = "the end had already sent something that passes the capture later",
        [CAUSE_LOST] = "an earlier segment to this end was lost behind the capture",
        [CAUSE_NOBODY] = "an observer who is told every delivery is wrong here too",
        [CAUSE_MODEL] = "the capture would have told",
    };

    return texts[cause];
}

static bool forged_before(const struct view *view, uint32_t i)
{
    for (uint32_t k = 0; k <= i; k++)
        if (view_sent(view, k)->from == FORGED)
            return true;
    return false;
}

static bool is_captured(const struct view *view, uint32_t copy)
{
    for (uint32_t k = 0; k < view->count; k++)
        if (view->frames[k].copy == copy)
            return true;
    return false;
}

/* Everything that passed the capture point earlier belongs into a whole capture. Only the latest
 * life of the tuple counts: with another serial it is another control block. */
static bool passed_uncaptured(const struct view *view, uint32_t i)
{
    const struct world *world = &view->life->world;
    const struct copy *here = view_copy(view, i);
    const struct sent *sent = view_sent(view, i);

    for (uint32_t k = 0; k < world->copy_count; k++) {
        const struct copy *copy = &world->copies[k];
        const struct sent *other = &world->sent[copy->sent];

        if (copy->tap_at == NEVER || copy->tap_at >= here->tap_at || other->from == FORGED ||
            is_captured(view, k))
            continue;
        if (other->from != sent->from || other->tail.serial == sent->tail.serial)
            return true;
    }
    return false;
}

static uint32_t first_nearby(uint32_t i)
{
    return i > NEARBY ? i - NEARBY : 0;
}

static bool is_stored_elsewhere(const struct view *view, uint32_t i)
{
    int64_t passed = view_copy(view, i)->tap_at;

    for (uint32_t k = first_nearby(i); k < view->count && k < i + NEARBY; k++)
        if ((k < i && view_copy(view, k)->tap_at > passed) ||
            (k > i && view_copy(view, k)->tap_at < passed))
            return true;
    return false;
}

/* Of the frames sent to one end: did any pair around `i` change places behind the capture? Frames of
 * the other end count for the sender's state: what had reached it when it sent. */
static bool changed_places(const struct view *view, uint32_t i, unsigned as)
{
    uint32_t last = 0;

    for (uint32_t k = first_nearby(i); k < view->count && k < i + NEARBY; k++) {
        const struct copy *copy = view_copy(view, k);

        if (view_sent(view, k)->as != as || copy->order == 0)
            continue;
        if (copy->order < last)
            return true;
        last = copy->order;
    }
    return false;
}

/* The end had sent something before the moment in question that passed the capture after this. */
static bool had_sent_unseen(const struct view *view, uint32_t i, unsigned end, uint32_t order)
{
    const struct world *world = &view->life->world;
    int64_t passed = view_copy(view, i)->tap_at;

    for (uint32_t k = 0; k < world->copy_count; k++) {
        const struct copy *copy = &world->copies[k];
        const struct sent *sent = &world->sent[copy->sent];

        if (sent->from == end && sent->order < order && copy->tap_at > passed)
            return true;
    }
    return false;
}

static bool lost_before(const struct view *view, uint32_t i, unsigned as)
{
    for (uint32_t k = 0; k < i; k++)
        if (view_sent(view, k)->as == as && view_copy(view, k)->order == 0)
            return true;
    return false;
}

enum cause cause_of(const struct trial *trial, const struct view *view, enum place place,
                    uint32_t i)
{
    const struct sent *sent = view_sent(view, i);
    unsigned sender = sent->as;
    unsigned end = place == PLACE_TAIL ? sender : !sender;
    uint32_t order = place == PLACE_TAIL ? sent->order : view_copy(view, i)->order;

    if (forged_before(view, i))
        return CAUSE_FORGED;
    if (passed_uncaptured(view, i))
        return CAUSE_UNCAPTURED;
    if (is_stored_elsewhere(view, i))
        return CAUSE_STORED;
    if (changed_places(view, i, !end))
        return CAUSE_OVERTAKEN;
    if (had_sent_unseen(view, i, end, order))
        return CAUSE_UNSEEN;
    if (lost_before(view, i, !end))
        return CAUSE_LOST;
    if (!trial_right(trial, view, SPEAKER_CEILING, place, i))
        return CAUSE_NOBODY;
    return CAUSE_MODEL;
}
