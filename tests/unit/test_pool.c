/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks used again: zeroed, large enough, and not asked of the arena twice. */
#include "check.h"
#include "pool.h"
#include "test_arena.h"

static struct test_arena memory;
static struct pool pool;

static bool is_zero(const unsigned char *octets, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (octets[i] != 0)
            return false;
    }
    return true;
}

/* Each size around the class limits: the whole block may be written, and comes back zeroed. */
static void sizes(void)
{
    static const size_t tried[] = {1,    2,    8,     15,     16,      17,     31,
                                   32,   33,   2032,  2047,   2048,    2049,   4095,
                                   4096, 4097, 65536, 100000, 1000000, 8000000};

    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        size_t size = tried[i];
        unsigned char *block, *again;
        size_t asked;

        snprintf(check_context, sizeof check_context, "%zu octets", size);
        block = pool_take(&pool, size);
        CHECK_TRUE(is_zero(block, size));
        memset(block, 0xa5, size);
        pool_give(&pool, block, size);
        asked = memory.count;
        again = pool_take(&pool, size);
        CHECK_TRUE(again == block);
        CHECK_UINT(memory.count, asked);
        CHECK_TRUE(is_zero(again, size));
    }
    check_context[0] = '\0';
}

/* Two blocks that are out at the same time are two blocks, in whatever order they come back. */
static void several(void)
{
    unsigned char *a = pool_take(&pool, 100);
    unsigned char *b = pool_take(&pool, 100);
    unsigned char *c, *d;

    CHECK_TRUE(a != b);
    memset(a, 1, 100);
    memset(b, 2, 100);
    CHECK_UINT(a[99], 1);
    pool_give(&pool, a, 100);
    pool_give(&pool, b, 100);
    c = pool_take(&pool, 100);
    d = pool_take(&pool, 100);
    CHECK_TRUE(c != d);
    CHECK_TRUE((c == a && d == b) || (c == b && d == a));
    pool_give(&pool, NULL, 100); /* allowed, and does nothing */
    CHECK_TRUE(pool_take(&pool, 100) != NULL);
}

int main(void)
{
    test_arena_start(&memory);
    pool = (struct pool){.arena = &memory.arena};
    sizes();
    several();
    test_arena_end(&memory);
    return check_status();
}
