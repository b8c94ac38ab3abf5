/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ledger.h"

#include "tcb.h"

void ledger_open(struct ledger **ledger, struct pool *pool, enum tcp_state shown,
                 enum tcp_state expected)
{
    if (*ledger != NULL)
        return;
    *ledger = pool_take(pool, sizeof(**ledger));
    (*ledger)->shown = (uint8_t)shown;
    (*ledger)->expected = (uint8_t)expected;
}

struct ledger_entry *ledger_add(struct ledger *ledger, uint32_t id, bool own)
{
    struct ledger_entry *entry;

    if (ledger == NULL || ledger->count == LEDGER_MAX)
        return NULL;
    entry = &ledger->entries[ledger->count++];
    entry->id = id;
    entry->own = own;
    entry->count = 0;
    entry->waiting = 0;
    return entry;
}

static uint8_t forget(uint8_t *events, uint8_t count, enum event lost)
{
    uint8_t kept = 0;

    for (uint8_t i = 0; i < count; i++)
        if (events[i] != lost)
            events[kept++] = events[i];
    return kept;
}

static uint8_t apply(const uint8_t *events, uint8_t count, uint8_t state)
{
    for (uint8_t i = 0; i < count; i++)
        state = (uint8_t)transition_next((enum tcp_state)state, (enum event)events[i]);
    return state;
}

void ledger_revise(struct ledger *ledger, const struct work *work, enum event lost)
{
    uint8_t shown;
    uint8_t expected;

    if (ledger == NULL)
        return;
    shown = ledger->shown;
    expected = ledger->expected;
    for (uint8_t i = 0; i < ledger->count; i++) {
        struct ledger_entry *entry = &ledger->entries[i];

        entry->count = forget(entry->events, entry->count, lost);
        entry->waiting = forget(entry->still, entry->waiting, lost);
        if (entry->own) {
            shown = apply(entry->events, entry->count, shown);
            expected = apply(entry->still, entry->waiting, shown);
            if (entry->after != shown)
                work_amend(work, entry->id, AMEND_SRC_STATE, shown);
            entry->after = shown;
            continue;
        }
        if (entry->before != expected)
            work_amend(work, entry->id, AMEND_DST_BEFORE, expected);
        entry->before = expected;
        expected = apply(entry->events, entry->count, expected);
        if (entry->after != expected)
            work_amend(work, entry->id, AMEND_DST_STATE, expected);
        entry->after = expected;
    }
}

void ledger_close(struct ledger **ledger, struct pool *pool)
{
    pool_give(pool, *ledger, sizeof(**ledger));
    *ledger = NULL;
}
