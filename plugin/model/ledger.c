/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ledger.h"

#include "tcb.h"

#include <string.h>

void ledger_open(struct ledger **ledger, struct pool *pool, enum tcp_state state)
{
    if (*ledger != NULL)
        return;
    *ledger = pool_take(pool, sizeof(**ledger));
    (*ledger)->state = (uint8_t)state;
}

static struct ledger_entry *insert(struct ledger *ledger, unsigned i, uint32_t id, bool own)
{
    struct ledger_entry *entry;

    if (ledger == NULL || ledger->count == LEDGER_MAX)
        return NULL;
    entry = &ledger->entries[i];
    memmove(entry + 1, entry, (ledger->count - i) * sizeof(*entry));
    memset(entry, 0, sizeof(*entry));
    ledger->count++;
    entry->id = id;
    entry->own = own;
    return entry;
}

void ledger_open_after(struct ledger **ledger, struct pool *pool, enum tcp_state state,
                       enum event event)
{
    struct ledger_entry *entry;

    ledger_open(ledger, pool, state);
    entry = insert(*ledger, 0, LEDGER_NO_ID, true);
    if (entry == NULL)
        return;
    entry->events[0] = (uint8_t)event;
    entry->count = 1;
}

struct ledger_entry *ledger_add(struct ledger *ledger, const struct segment *segment)
{
    struct ledger_entry *entry =
        insert(ledger, ledger != NULL ? ledger->count : 0, segment->id, false);

    if (entry == NULL)
        return NULL;
    entry->time_ns = segment->has_time ? segment->time_ns : INT64_MAX;
    entry->seq = segment->seq;
    entry->end = segment_end(segment);
    return entry;
}

static bool waits(const struct inbox *inbox, enum event event)
{
    for (unsigned i = 0; i < inbox->count; i++)
        if (inbox->items[i].event == event)
            return true;
    return false;
}

static bool has_waiting(const struct ledger_entry *entry, const struct inbox *inbox)
{
    for (unsigned i = 0; i < entry->count; i++)
        if (!entry->own && waits(inbox, (enum event)entry->events[i]))
            return true;
    return false;
}

struct ledger_entry *ledger_add_own(struct ledger *ledger, const struct inbox *inbox, uint32_t id)
{
    unsigned i = 0;

    if (ledger == NULL)
        return NULL;
    while (i < ledger->count && !has_waiting(&ledger->entries[i], inbox))
        i++;
    return insert(ledger, i, id, true);
}

static uint8_t apply(const struct ledger_entry *entry, uint8_t state)
{
    for (unsigned i = 0; i < entry->count; i++)
        state = (uint8_t)transition_next((enum tcp_state)state, (enum event)entry->events[i]);
    return state;
}

void ledger_replay(struct ledger *ledger, const struct work *work)
{
    uint8_t state = ledger->state;

    for (unsigned i = 0; i < ledger->count; i++) {
        struct ledger_entry *entry = &ledger->entries[i];
        uint8_t before = state;

        state = apply(entry, state);
        if (entry->id == LEDGER_NO_ID)
            continue;
        if (!entry->own && entry->before != before)
            work_amend(work, entry->id, AMEND_DST_BEFORE, before);
        if (entry->after != state)
            work_amend(work, entry->id, entry->own ? AMEND_SRC_STATE : AMEND_DST_STATE, state);
        entry->before = before;
        entry->after = state;
    }
}

void ledger_revise(struct ledger *ledger, const struct work *work, enum event lost)
{
    if (ledger == NULL)
        return;
    for (unsigned i = 0; i < ledger->count; i++) {
        struct ledger_entry *entry = &ledger->entries[i];
        uint8_t kept = 0;

        for (unsigned k = 0; k < entry->count; k++)
            if (entry->events[k] != lost)
                entry->events[kept++] = entry->events[k];
        entry->count = kept;
    }
    ledger_replay(ledger, work);
}

static bool holds(const struct ledger_entry *entry, enum event event)
{
    return !entry->own && memchr(entry->events, event, entry->count) != NULL;
}

/* Takes the event out of its entry and gives it one of its own, behind it. */
static void set_apart(struct ledger *ledger, unsigned at, enum event event)
{
    struct ledger_entry *entry = insert(ledger, at + 1, LEDGER_NO_ID, false);
    struct ledger_entry *held = &ledger->entries[at];
    uint8_t kept = 0;

    if (entry == NULL)
        return;
    for (unsigned k = 0; k < held->count; k++)
        if (held->events[k] != event)
            held->events[kept++] = held->events[k];
    held->count = kept;
    entry->time_ns = held->time_ns;
    entry->events[0] = (uint8_t)event;
    entry->count = 1;
}

static bool had_reached(const struct ledger_entry *entry, const struct reached *reached)
{
    if (entry->own || entry->id == LEDGER_NO_ID)
        return false;
    if (elapsed_ns(true, reached->now_ns, entry->time_ns) >= reached->least_ns)
        return true;
    return reached->twice && !seq_eq(entry->seq, entry->end) &&
           seq_eq(entry->seq, reached->octets.left) && seq_eq(entry->end, reached->octets.right);
}

void ledger_delay(struct ledger *ledger, const struct work *work, enum event event,
                  const struct reached *reached, bool held)
{
    struct ledger_entry moved;
    unsigned at = 0;
    unsigned last;

    while (ledger != NULL && at < ledger->count && !holds(&ledger->entries[at], event))
        at++;
    if (ledger == NULL || at == ledger->count)
        return;
    if (held && ledger->entries[at].id != LEDGER_NO_ID && ledger->count < LEDGER_MAX)
        set_apart(ledger, at++, event);
    last = at;
    for (unsigned i = at + 1; i < ledger->count; i++)
        if (had_reached(&ledger->entries[i], reached))
            last = i;
    moved = ledger->entries[at];
    memmove(&ledger->entries[at], &ledger->entries[at + 1], (last - at) * sizeof(moved));
    ledger->entries[last] = moved;
    ledger_replay(ledger, work);
}

void ledger_close(struct ledger **ledger, struct pool *pool)
{
    pool_give(pool, *ledger, sizeof(**ledger));
    *ledger = NULL;
}
