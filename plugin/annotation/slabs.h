/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small blocks are cut from slabs: a call of wmem for each would cost more than what is done with it.
 * Each is zeroed when it is cut, and then at hand. Large ones come from where the slabs come from.
 */
#ifndef TCPSTATE_SLABS_H
#define TCPSTATE_SLABS_H

#include "arena.h"

#include <stdint.h>

struct slabs {
    const struct arena *from; /* gives the slabs */
    uint8_t *rest;            /* of the latest slab */
    size_t left;
};

/** The alloc of an arena whose context is a struct slabs. */
void *slabs_alloc(void *slabs, size_t size);

#endif
