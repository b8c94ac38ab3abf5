/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copies.h"

#include <string.h>

#define LOOKS_MAX 256U

/* A direction that has carried more since then uses the same numbers for other octets (RFC 9293
 * 3.4). */
#define PROGRESS_MAX 0x80000000U

void copies_start(struct copies *copies, const struct arena *arena, uint32_t mebibytes)
{
    uint32_t blocks = mebibytes < COPIES_MIB_MAX ? mebibytes : COPIES_MIB_MAX;

    *copies = (struct copies){.arena = arena, .capacity = (uint64_t)blocks * COPIES_BLOCK};
    copies->next = copies->capacity; /* so that no place is 0 */
}

static uint64_t block_of(const struct copies *copies, uint64_t place)
{
    return place / COPIES_BLOCK % (copies->capacity / COPIES_BLOCK);
}

static struct copied *at(const struct copies *copies, uint64_t place)
{
    return (struct copied *)(void *)(copies->blocks[block_of(copies, place)] +
                                     place % COPIES_BLOCK);
}

const struct copied *copies_at(const struct copies *copies, uint64_t place)
{
    if (place == 0 || place + copies->capacity < copies->next)
        return NULL;
    return at(copies, place);
}

/* ---- adding ---- */

/* Room for so many octets in one piece: at the place that is returned. */
static uint64_t reserve(struct copies *copies, size_t size)
{
    uint64_t left = COPIES_BLOCK - copies->next % COPIES_BLOCK;
    uint64_t place = size <= left ? copies->next : copies->next + left;
    uint64_t block = block_of(copies, place);

    if (copies->blocks == NULL)
        copies->blocks = arena_alloc(copies->arena, copies->capacity / COPIES_BLOCK *
                                                        sizeof(copies->blocks[0]));
    if (copies->blocks[block] == NULL)
        copies->blocks[block] = arena_alloc_dirty(copies->arena, COPIES_BLOCK);
    copies->next = place + size;
    return place;
}

static void stand_alone(struct copied *copied)
{
    copied->older = copied->shortcut = 0;
    copied->depth = 0;
    copied->reach = copied->highest = copied->end;
    copied->lowest = copied->start;
}

/* Where the shortcuts of the copy before and of the one that it leads to are equally long, the new
 * one leads past both; otherwise just to the copy before. */
static void link_to(const struct copies *copies, struct copied *copied, uint64_t older)
{
    const struct copied *before = copies_at(copies, older);
    const struct copied *far;
    const struct copied *farther;

    stand_alone(copied);
    if (before == NULL || copied->progress - before->progress >= PROGRESS_MAX)
        return;
    copied->older = copied->shortcut = older;
    copied->depth = before->depth + 1;
    copied->reach = seq_max(before->reach, copied->end);
    far = copies_at(copies, before->shortcut);
    farther = far != NULL ? copies_at(copies, far->shortcut) : NULL;
    if (farther == NULL || before->depth - far->depth != far->depth - farther->depth)
        return;
    copied->shortcut = far->shortcut;
    copied->lowest = seq_min(copied->lowest, seq_min(before->lowest, far->lowest));
    copied->highest = seq_max(copied->highest, seq_max(before->highest, far->highest));
}

void copies_add(struct copies *copies, uint64_t *newest, const struct copied *facts,
                const uint8_t *octets)
{
    const size_t word = sizeof(uint64_t);
    size_t length = facts->header_len + (size_t)seq_span(facts->end, facts->start);
    size_t size = (sizeof(struct copied) + length + word - 1) / word * word;
    struct copied *copied;
    struct copied made = *facts;
    uint64_t place;

    if (size > COPIES_BLOCK || copies->capacity == 0)
        return;
    place = reserve(copies, size);
    link_to(copies, &made, *newest);
    copied = at(copies, place);
    *copied = made;
    memcpy(copied + 1, octets, length);
    *newest = place;
}

/* ---- finding ---- */

const struct copied *copies_find(struct copies_search *search)
{
    while (search->looks < LOOKS_MAX) {
        const struct copied *copied = copies_at(search->copies, search->at);

        if (copied == NULL || seq_le(copied->reach, search->start) ||
            search->progress - copied->progress >= PROGRESS_MAX)
            break;
        search->looks++;
        if (seq_ge(copied->lowest, search->end) || seq_le(copied->highest, search->start)) {
            search->at = copied->shortcut;
            continue;
        }
        search->at = copied->older;
        if (seq_lt(copied->start, search->end) && seq_gt(copied->end, search->start))
            return copied;
    }
    search->at = 0;
    return NULL;
}
