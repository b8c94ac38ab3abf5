/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks that are used again: the arena only gives, so what a closed connection leaves is kept here
 * by size class for the next one.
 */
#ifndef TCPSTATE_POOL_H
#define TCPSTATE_POOL_H

#include "arena.h"

/* Steps of 16 octets up to 2048, powers of two above, up to 2^23. */
#define POOL_STEP 16
#define POOL_STEPS 128
#define POOL_CLASSES (POOL_STEPS + 1 + 12)

struct pool {
    const struct arena *arena;
    void *free[POOL_CLASSES];
};

/** A zeroed block of at least `size` octets (0 < size < 2^23). */
void *pool_take(struct pool *pool, size_t size);

/** Gives a block back; `size` as it was asked for. NULL is allowed. */
void pool_give(struct pool *pool, void *block, size_t size);

#endif
