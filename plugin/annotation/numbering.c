/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "numbering.h"

#include <string.h>

#define FIRST_ROOM 16U

static void add_run(struct numbering *numbering, struct run run, const struct arena *arena)
{
    if (numbering->count == numbering->room) {
        uint32_t room = numbering->room != 0 ? numbering->room * 2 : FIRST_ROOM;
        struct run *runs = arena_alloc(arena, room * sizeof(*runs));
        if (numbering->count != 0)
            memcpy(runs, numbering->runs, numbering->count * sizeof(*runs));
        numbering->runs = runs;
        numbering->room = room;
    }
    numbering->runs[numbering->count++] = run;
}

uint32_t numbering_begin(struct numbering *numbering, uint32_t number, const struct arena *arena)
{
    if (numbering_comes_again(numbering, number)) {
        uint32_t first = numbering->last_serial + 1;
        add_run(numbering, (struct run){.first = first, .shift = first - number}, arena);
    }
    uint32_t shift = numbering->count != 0 ? numbering->runs[numbering->count - 1].shift : 0;

    numbering->last_number = number;
    numbering->last_serial = number + shift;
    return numbering->last_serial;
}

/* How many runs begin at or before the serial. */
static uint32_t runs_up_to(const struct numbering *numbering, uint32_t serial)
{
    uint32_t low = 0;
    uint32_t high = numbering->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (numbering->runs[middle].first <= serial)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t numbering_number(const struct numbering *numbering, uint32_t serial)
{
    if (numbering->count == 0 || serial == 0)
        return serial;

    uint32_t next = runs_up_to(numbering, serial);
    uint32_t number = next != 0 ? serial - numbering->runs[next - 1].shift : serial;
    if (next == numbering->count)
        return number;
    /* Only the last frame before a run can have been rejected: the run begins with its number. */
    const struct run *run = &numbering->runs[next];
    return number < run->first - run->shift ? number : 0;
}
