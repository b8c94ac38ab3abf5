/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An arena on malloc: remembers every block, so that a test can count them and free them all. Each
 * block is its own malloc, so that a sanitizer sees an overrun of any of them.
 */
#ifndef TCPSTATE_TESTS_TEST_ARENA_H
#define TCPSTATE_TESTS_TEST_ARENA_H

#include "arena.h"

#include <stddef.h>

struct test_block;

struct test_arena {
    struct arena arena; /* hand out &test_arena.arena */
    struct test_block *blocks;
    size_t count; /* blocks handed out so far */
    size_t bytes; /* … and their size, without our own bookkeeping */
};

/** `self` must not move afterwards: the arena keeps its address. */
void test_arena_start(struct test_arena *self);

/** Frees every block; the arena may then be started again. */
void test_arena_end(struct test_arena *self);

#endif
