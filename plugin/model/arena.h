/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the core gets memory: allocate only. Nothing is given back one by one; it all dies with the
 * capture file. The shell backs it with wmem, tests with malloc.
 */
#ifndef TCPSTATE_ARENA_H
#define TCPSTATE_ARENA_H

#include <stddef.h>

struct arena {
    /** Returns zeroed memory aligned for any type. Never returns NULL: the host ends the program
     *  when memory is exhausted, as Wireshark's own allocators do. */
    void *(*alloc)(void *context, size_t size);
    /** The same, but the memory may hold anything: for large blocks. May be NULL. */
    void *(*alloc_dirty)(void *context, size_t size);
    void *context;
};

static inline void *arena_alloc(const struct arena *arena, size_t size)
{
    return arena->alloc(arena->context, size);
}

static inline void *arena_alloc_dirty(const struct arena *arena, size_t size)
{
    return (arena->alloc_dirty != NULL ? arena->alloc_dirty : arena->alloc)(arena->context, size);
}

#endif
