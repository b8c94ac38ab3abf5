/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slabs.h"

#include <string.h>

#define SLAB_SIZE  65536
#define SLAB_SHARE 1024 /* larger blocks stand alone */
#define SLAB_ALIGN 8

void *slabs_alloc(void *context, size_t size)
{
    struct slabs *slabs = context;
    size_t cut = (size + SLAB_ALIGN - 1) / SLAB_ALIGN * SLAB_ALIGN;
    void *block;

    if (cut > SLAB_SHARE)
        return arena_alloc(slabs->from, size);
    if (cut > slabs->left) {
        slabs->rest = arena_alloc_dirty(slabs->from, SLAB_SIZE);
        slabs->left = SLAB_SIZE;
    }
    block = slabs->rest;
    slabs->rest += cut;
    slabs->left -= cut;
    return memset(block, 0, cut);
}
