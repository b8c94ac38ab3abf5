/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pool.h"

#include <string.h>

struct free_block {
    struct free_block *next;
};

static unsigned pool_class(size_t size)
{
    unsigned class = POOL_STEPS + 1;

    if (size <= (size_t)POOL_STEP * POOL_STEPS)
        return (unsigned)((size + POOL_STEP - 1) / POOL_STEP);
    while (class < POOL_CLASSES - 1 && ((size_t)4096 << (class - POOL_STEPS - 1)) < size)
        class++;
    return class;
}

static size_t class_size(unsigned class)
{
    if (class <= POOL_STEPS)
        return (size_t)class * POOL_STEP;
    return (size_t)4096 << (class - POOL_STEPS - 1);
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
