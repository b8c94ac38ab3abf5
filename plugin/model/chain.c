/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chain.h"

#include <string.h>

static bool chain_move(struct chain *chain, enum event event, bool news)
{
    enum tcp_state next = transition_next(chain_end(chain), event);

    if (next == chain_end(chain))
        return false;
    if (chain->count < CHAIN_MAX) {
        if (news)
            chain->news |= 1U << (chain->count - 1);
        chain->count++;
    }
    chain->at[chain->count - 1] = next;
    return true;
}

void chain_take(struct chain *chain, enum event event)
{
    unsigned i = chain->events_count;

    chain_move(chain, event, true);
    if (i >= CHAIN_MAX)
        return;
    chain->events[i] = (uint8_t)event;
    chain->events_count = i + 1;
}

void chain_take_arrival(struct chain *chain, const struct arrival *arrival)
{
    enum event event = (enum event)arrival->event;
    bool told = !arrival->doubtful && arrival->from == (uint8_t)chain_end(chain) &&
                arrival->to == (uint8_t)transition_next(chain_end(chain), event);

    chain_move(chain, event, !told);
}

void chain_correct(struct chain *chain, enum event event)
{
    chain->at[0] = transition_next(chain_end(chain), event);
    chain->count = 1;
    chain->news = 0;
}

void chain_record(const struct chain *chain, struct ledger_entry *entry)
{
    unsigned count = chain->events_count < LEDGER_EVENTS ? chain->events_count : LEDGER_EVENTS;

    memcpy(entry->events, chain->events, count);
    entry->count = (uint8_t)count;
}

void chain_to_path(const struct chain *chain, struct path *path)
{
    unsigned skip = chain->count > PATH_MAX_CHANGES + 1 ? chain->count - PATH_MAX_CHANGES - 1 : 0;
    unsigned states = chain->count - skip;

    memset(path, 0, sizeof(*path));
    path->count = (uint8_t)(states - 1);
    path->listed = (uint8_t)(chain->news >> skip);
    for (unsigned i = 0; i < states && i <= PATH_MAX_CHANGES; i++)
        path->at[i] = (uint8_t)chain->at[skip + i];
}
