/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An array that grows without moving what it holds: a directory of pages of 1024 items. An item is
 * zero until somebody writes it, and pages that nobody writes cost eight octets.
 */
#ifndef TCPSTATE_PAGES_H
#define TCPSTATE_PAGES_H

#include "arena.h"

#include <stdint.h>

#define PAGE_ITEMS 1024U

struct pages {
    void **directory;
    uint32_t room; /* entries of the directory */
};

/** @return the item, or NULL where nothing near it was ever written. */
void *pages_find(const struct pages *pages, uint32_t index, size_t item_size);

/** @return the item, zeroed if it is new. */
void *pages_item(struct pages *pages, uint32_t index, size_t item_size, const struct arena *arena);

/** @return the item, zeroed. For arrays that are written from the beginning to the end, whose owner
 *  knows how far: what lies behind may hold anything. */
void *pages_append(struct pages *pages, uint32_t index, size_t item_size,
                   const struct arena *arena);

#endif
