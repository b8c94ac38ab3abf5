/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flight.h"

#include <string.h>

static struct flight_entry *slots(struct flight *flight)
{
    return flight->entries != NULL ? flight->entries : flight->first;
}

static uint32_t capacity(const struct flight *flight)
{
    return flight->entries != NULL ? flight->capacity : FLIGHT_INLINE;
}

static struct flight_entry *at(struct flight *flight, uint32_t i)
{
    return &slots(flight)[flight->head + i];
}

const struct flight_entry *flight_at(const struct flight *flight, uint32_t i)
{
    const struct flight_entry *all = flight->entries != NULL ? flight->entries : flight->first;

    return i < flight->count ? &all[flight->head + i] : NULL;
}

/* Position of the first entry whose end lies after `s`. */
static uint32_t position(const struct flight *flight, struct seq s)
{
    uint32_t low = 0;
    uint32_t high = flight->count;

    /* the newest numbers are asked for most often */
    if (high > 0 && seq_le(flight_at(flight, high - 1)->end, s))
        return high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (seq_le(flight_at(flight, middle)->end, s))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct flight_entry *flight_find(const struct flight *flight, struct seq s)
{
    const struct flight_entry *entry = flight_at(flight, position(flight, s));

    return entry != NULL && seq_le(entry->start, s) ? entry : NULL;
}

const struct flight_entry *flight_above(const struct flight *flight, struct seq s)
{
    return flight_at(flight, position(flight, s));
}

bool flight_has_boundary(const struct flight *flight, struct seq s)
{
    uint32_t i = position(flight, s);
    const struct flight_entry *entry = flight_at(flight, i);
    const struct flight_entry *before = i > 0 ? flight_at(flight, i - 1) : NULL;

    return (entry != NULL && seq_eq(entry->start, s)) ||
           (before != NULL && seq_eq(before->end, s));
}

struct seq flight_contiguous(const struct flight *flight, struct seq end)
{
    uint32_t i = position(flight, end);
    const struct flight_entry *entry = flight_at(flight, i);

    while (entry != NULL && seq_le(entry->start, end)) {
        end = entry->end;
        entry = flight_at(flight, ++i);
    }
    return end;
}

/* Makes room for one more entry behind the last. */
static void reserve(struct flight *flight, struct pool *pool)
{
    uint32_t room = capacity(flight);
    struct flight_entry *bigger;

    if (flight->head + flight->count < room)
        return;
    if (flight->head > room / 2 || room >= FLIGHT_MAX) {
        if (flight->head == 0) {
            flight->overflowed = true;
            flight->head = FLIGHT_MAX / 4;
            flight->count -= FLIGHT_MAX / 4;
        }
        memmove(slots(flight), at(flight, 0), flight->count * sizeof(struct flight_entry));
        flight->head = 0;
        return;
    }
    bigger = pool_take(pool, (size_t)room * 4 * sizeof(struct flight_entry));
    memcpy(bigger, at(flight, 0), flight->count * sizeof(struct flight_entry));
    pool_give(pool, flight->entries, (size_t)room * sizeof(struct flight_entry));
    flight->entries = bigger;
    flight->capacity = room * 4;
    flight->head = 0;
}

static void insert(struct flight *flight, struct pool *pool, uint32_t i,
                   const struct flight_entry *entry)
{
    uint32_t before = flight->count;

    reserve(flight, pool);
    /* an overflow forgot the oldest entries: the position moves with them */
    i = i > before - flight->count ? i - (before - flight->count) : 0;
    memmove(at(flight, i + 1), at(flight, i), (flight->count - i) * sizeof(struct flight_entry));
    *at(flight, i) = *entry;
    flight->count++;
}

static void erase(struct flight *flight, uint32_t i, uint32_t n)
{
    if (n == 0)
        return;
    memmove(at(flight, i), at(flight, i + n),
            (flight->count - i - n) * sizeof(struct flight_entry));
    flight->count -= n;
}

void flight_add(struct flight *flight, struct pool *pool, const struct flight_entry *entry)
{
    uint32_t i;
    uint32_t covered = 0;
    struct flight_entry *old;

    if (!seq_lt(entry->start, entry->end))
        return;
    i = position(flight, entry->start);
    if (i < flight->count && seq_lt(at(flight, i)->start, entry->start)) {
        struct flight_entry tail = *at(flight, i);

        /* an older copy begins before: keep its head, and its tail when it also ends behind */
        at(flight, i)->end = entry->start;
        i++;
        if (seq_gt(tail.end, entry->end)) {
            tail.start = entry->end;
            insert(flight, pool, i, &tail);
            i = position(flight, entry->start);
        }
    }
    while (i + covered < flight->count && seq_le(at(flight, i + covered)->end, entry->end))
        covered++;
    old = i + covered < flight->count ? at(flight, i + covered) : NULL;
    if (old != NULL && seq_lt(old->start, entry->end))
        old->start = entry->end;
    if (covered == 0) {
        insert(flight, pool, i, entry);
        return;
    }
    *at(flight, i) = *entry;
    erase(flight, i + 1, covered - 1);
}

void flight_ack(struct flight *flight, struct seq una, flight_acked_fn acked, void *context)
{
    while (flight->count > 0 && seq_le(at(flight, 0)->end, una)) {
        acked(context, at(flight, 0));
        flight->head++;
        flight->count--;
    }
    if (flight->count == 0)
        flight->head = 0;
    else if (seq_lt(at(flight, 0)->start, una))
        at(flight, 0)->start = una;
}

void flight_clear(struct flight *flight, struct pool *pool)
{
    if (flight->entries != NULL)
        pool_give(pool, flight->entries, (size_t)flight->capacity * sizeof(struct flight_entry));
    memset(flight, 0, sizeof(*flight));
}
