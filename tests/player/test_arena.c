/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test_arena.h"

#include <stdio.h>
#include <stdlib.h>

struct test_block {
    struct test_block *next;
    max_align_t payload[]; /* aligned for any type, as arena.h promises */
};

static void *test_arena_alloc(void *context, size_t size)
{
    struct test_arena *self = context;
    struct test_block *block = calloc(1, sizeof *block + size);

    if (block == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(2);
    }
    block->next = self->blocks;
    self->blocks = block;
    self->count++;
    self->bytes += size;
    return block->payload;
}

void test_arena_start(struct test_arena *self)
{
    *self = (struct test_arena){.arena = {.alloc = test_arena_alloc, .context = self}};
}

void test_arena_end(struct test_arena *self)
{
    while (self->blocks != NULL) {
        struct test_block *block = self->blocks;

        self->blocks = block->next;
        free(block);
    }
    self->count = 0;
    self->bytes = 0;
}
