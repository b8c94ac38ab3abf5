/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turns.h"

struct turn {
    uint32_t id;
    uint32_t before; /* place + 1 of the connection's turn before; 0: none */
};

static const struct turn *turn_at(const struct turns *turns, uint32_t place)
{
    return pages_find(&turns->all, place, sizeof(struct turn));
}

static uint32_t newest_of(const struct turns *turns, uint32_t conn_id)
{
    const uint32_t *newest = pages_find(&turns->newest, conn_id, sizeof(*newest));

    return newest != NULL ? *newest : 0;
}

static unsigned count_from(const struct turns *turns, uint32_t newest)
{
    unsigned count = 0;

    for (uint32_t at = newest; at != 0; at = turn_at(turns, at - 1)->before)
        count++;
    return count;
}

void turns_add(struct turns *turns, uint32_t conn_id, uint32_t id, const struct arena *arena)
{
    uint32_t before = newest_of(turns, conn_id);

    if (count_from(turns, before) >= TURNS_MAX)
        return;
    struct turn *turn = pages_append(&turns->all, turns->count, sizeof(*turn), arena);
    *turn = (struct turn){.id = id, .before = before};
    uint32_t *newest = pages_item(&turns->newest, conn_id, sizeof(*newest), arena);
    *newest = ++turns->count;
}

unsigned turns_of(const struct turns *turns, uint32_t conn_id, uint32_t out[TURNS_MAX])
{
    uint32_t at = newest_of(turns, conn_id);
    unsigned count = count_from(turns, at);

    for (unsigned i = count; i > 0; i--) {
        const struct turn *turn = turn_at(turns, at - 1);
        out[i - 1] = turn->id;
        at = turn->before;
    }
    return count;
}
