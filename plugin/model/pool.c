/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pool.h"

#include <string.h>

struct free_block {
    struct free_block *next;
};

static unsigned pool_class(size_t size)
{
    unsigned class = 0;

    while (class < POOL_CLASSES - 1 && ((size_t)1 << class) < size)
        class++;
    return class;
}

/* Sizes are rounded up to a power of two, so that a block can be found again by its class. */
static size_t class_size(unsigned class)
{
    size_t size = (size_t)1 << class;

    return size < sizeof(struct free_block) ? sizeof(struct free_block) : size;
}

void *pool_take(struct pool *pool, size_t size)
{
    unsigned class = pool_class(size);
    struct free_block *block = pool->free[class];

    if (block == NULL)
        return arena_alloc(pool->arena, class_size(class));
    pool->free[class] = block->next;
    memset(block, 0, class_size(class));
    return block;
}

void pool_give(struct pool *pool, void *block, size_t size)
{
    unsigned class = pool_class(size);
    struct free_block *head = block;

    if (block == NULL)
        return;
    head->next = pool->free[class];
    pool->free[class] = head;
}
