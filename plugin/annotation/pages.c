/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pages.h"

#include <string.h>

#define FIRST_ROOM 16U

void *pages_find(const struct pages *pages, uint32_t index, size_t item_size)
{
    uint32_t page = index / PAGE_ITEMS;

    if (page >= pages->room || pages->directory[page] == NULL)
        return NULL;
    return (char *)pages->directory[page] + (index % PAGE_ITEMS) * item_size;
}

/* The arena takes nothing back; doubling leaves at most as much behind as is in use. */
static void make_room(struct pages *pages, uint32_t page, const struct arena *arena)
{
    uint32_t room = pages->room != 0 ? pages->room : FIRST_ROOM;

    /* a page number has 22 bits, so this ends before it overflows */
    while (room <= page)
        room *= 2;
    void **directory = arena_alloc(arena, room * sizeof(*directory));
    if (pages->room != 0)
        memcpy(directory, pages->directory, pages->room * sizeof(*directory));
    pages->directory = directory;
    pages->room = room;
}

/* Where the directory has the page's place. */
static inline void **page_at(struct pages *pages, uint32_t index, const struct arena *arena)
{
    uint32_t page = index / PAGE_ITEMS;

    if (page >= pages->room)
        make_room(pages, page, arena);
    return &pages->directory[page];
}

void *pages_item(struct pages *pages, uint32_t index, size_t item_size, const struct arena *arena)
{
    void **page = page_at(pages, index, arena);

    if (*page == NULL)
        *page = arena_alloc(arena, PAGE_ITEMS * item_size);
    return (char *)*page + (index % PAGE_ITEMS) * item_size;
}

void *pages_append(struct pages *pages, uint32_t index, size_t item_size,
                   const struct arena *arena)
{
    void **page = page_at(pages, index, arena);

    if (*page == NULL)
        *page = arena_alloc_dirty(arena, PAGE_ITEMS * item_size);
    return memset((char *)*page + (index % PAGE_ITEMS) * item_size, 0, item_size);
}
