/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring of copies: what is found, what is overwritten, and how long a search may take. */
#include "check.h"
#include "copies.h"
#include "test_arena.h"

#include <string.h>

#define HEADER 20U

static struct test_arena memory;
static struct copies copies;
static uint8_t octets[COPIES_BLOCK];

static struct copied facts(uint32_t start, uint32_t length, uint64_t progress)
{
    return (struct copied){.start = seq_of(start),
                           .end = seq_of(start + length),
                           .progress = progress,
                           .header_len = HEADER,
                           .id = start};
}

static void add(uint64_t *newest, uint32_t start, uint32_t length)
{
    struct copied made = facts(start, length, 0);

    memset(octets, (int)(start & 0xff), HEADER + length);
    copies_add(&copies, newest, &made, octets);
}

static struct copies_search search_for(uint64_t newest, uint32_t start, uint32_t length)
{
    return (struct copies_search){
        .copies = &copies, .start = seq_of(start), .end = seq_of(start + length), .at = newest};
}

static unsigned found(uint64_t newest, uint32_t start, uint32_t length)
{
    struct copies_search search = search_for(newest, start, length);
    unsigned count = 0;

    for (const struct copied *c; (c = copies_find(&search)) != NULL; count++) {
        const uint8_t *kept = copied_octets(c);

        CHECK_UINT(kept[0], c->start.n & 0xff);
        CHECK_UINT(kept[HEADER + seq_span(c->end, c->start) - 1], c->start.n & 0xff);
    }
    return count;
}

/* Neighbours are not found; what shares one number is. Around the wrap of the number as well. */
static void overlaps(void)
{
    static const uint32_t bases[] = {1000, 0x7ffffff0U, 0xffffffc0U};

    for (unsigned i = 0; i < 3; i++) {
        uint64_t newest = 0;
        uint32_t base = bases[i];

        snprintf(check_context, sizeof check_context, "base %lu", (unsigned long)base);
        add(&newest, base, 100);
        add(&newest, base + 100, 100);
        add(&newest, base + 300, 100);
        CHECK_UINT(found(newest, base - 50, 50), 0);
        CHECK_UINT(found(newest, base - 50, 51), 1);
        CHECK_UINT(found(newest, base + 99, 1), 1);
        CHECK_UINT(found(newest, base + 99, 2), 2);
        CHECK_UINT(found(newest, base + 200, 100), 0);
        CHECK_UINT(found(newest, base + 199, 102), 2);
        CHECK_UINT(found(newest, base + 400, 1000), 0);
        CHECK_UINT(found(newest, base - 100, 1000), 3);
        CHECK_UINT(found(0, base, 100), 0);
    }
    check_context[0] = '\0';
}

/* In order, or eight at a time in another order: each of many is found by itself, none besides,
 * with few looks (2 to 3 for each doubling). */
static void many(uint32_t disorder)
{
    const uint32_t count = 4096;
    uint64_t newest = 0;

    for (uint32_t i = 0; i < count; i++)
        add(&newest, 0x80000000U + (i ^ disorder) * 10, 10);
    for (uint32_t i = 0; i < count; i += 61) {
        struct copies_search search = search_for(newest, 0x80000000U + i * 10, 10);
        const struct copied *c = copies_find(&search);

        if (!CHECK_TRUE(c != NULL))
            continue;
        CHECK_UINT(c->start.n, 0x80000000U + i * 10);
        CHECK_TRUE(search.looks <= 36 + disorder);
        CHECK_TRUE(copies_find(&search) == NULL);
    }
}

/* The oldest go first, whoever they belong to; a place that was overwritten leads nowhere. */
static void eviction(void)
{
    const uint32_t length = 100000; /* ten in a block */
    uint64_t other = 0;
    uint64_t newest = 0;
    uint64_t asked;

    copies_start(&copies, &memory.arena, 2);
    add(&other, 5, 10);
    for (uint32_t i = 0; i < 19; i++)
        add(&newest, i * length, length);
    CHECK_UINT(found(other, 5, 10), 1);
    CHECK_UINT(found(newest, 0, 20 * length), 19);
    asked = memory.count;
    add(&newest, 19 * length, length);
    CHECK_UINT(found(newest, 0, 20 * length), 20);
    add(&newest, 20 * length, length); /* takes the place of `other` and of the first of all */
    CHECK_UINT(found(other, 5, 10), 0);
    CHECK_UINT(found(newest, 0, 1), 0);
    CHECK_UINT(found(newest, 0, 30 * length), 20);
    for (uint32_t i = 21; i < 1000; i++) {
        add(&newest, i * length, length);
        CHECK_UINT(found(newest, i * length, 1), 1);
    }
    CHECK_UINT(memory.count, asked);
    add(&other, 7, 10); /* its chain begins anew behind a place that leads nowhere */
    CHECK_UINT(found(other, 0, 20), 1);
}

/* What would never fit, a ring of no size, and one that is larger than any. */
static void bounds(void)
{
    uint64_t newest = 0;
    uint32_t most = COPIES_BLOCK - HEADER - (uint32_t)sizeof(struct copied);
    size_t asked;

    copies_start(&copies, &memory.arena, 1);
    add(&newest, 1, most - 7);
    CHECK_UINT(found(newest, 1, 1), 1);
    add(&newest, 9, most - HEADER);
    CHECK_UINT(found(newest, 0, 5), 0);
    CHECK_UINT(found(newest, 9, 1), 1);
    newest = 0;
    {
        struct copied large = facts(1, COPIES_BLOCK, 0);
        copies_add(&copies, &newest, &large, octets); /* not read at all */
    }
    CHECK_UINT(newest, 0);

    asked = memory.count;
    copies_start(&copies, &memory.arena, 0);
    add(&newest, 1, 100);
    CHECK_UINT(newest, 0);
    CHECK_UINT(memory.count, asked);
    copies_start(&copies, &memory.arena, UINT32_MAX);
    add(&newest, 1, 100);
    CHECK_UINT(found(newest, 1, 1), 1);
    CHECK_TRUE(copies.capacity == (uint64_t)COPIES_MIB_MAX * COPIES_BLOCK);
}

/* A direction that has carried 2^31 octets since uses the numbers for others. */
static void progress(void)
{
    uint64_t newest = 0;
    struct copied made = facts(100, 10, 1000);
    struct copies_search search;

    copies_start(&copies, &memory.arena, 1);
    copies_add(&copies, &newest, &made, octets);
    search = search_for(newest, 100, 10);
    search.progress = 1000 + 0x7fffffffULL;
    CHECK_TRUE(copies_find(&search) != NULL);
    search = search_for(newest, 100, 10);
    search.progress = 1000 + 0x80000000ULL;
    CHECK_TRUE(copies_find(&search) == NULL);
    made = facts(100, 10, 1000 + 0x80000000ULL);
    copies_add(&copies, &newest, &made, octets);
    CHECK_UINT(copies_at(&copies, newest)->older, 0);
}

/* Hostile: all overlap. The search gives up. */
static void effort(void)
{
    uint64_t newest = 0;

    copies_start(&copies, &memory.arena, 1);
    for (uint32_t i = 0; i < 2000; i++)
        add(&newest, 1000 - i % 7, 100);
    CHECK_UINT(found(newest, 1000, 10), 256);
}

int main(void)
{
    test_arena_start(&memory);
    copies_start(&copies, &memory.arena, 4);
    overlaps();
    many(0);
    many(5);
    eviction();
    bounds();
    progress();
    effort();
    test_arena_end(&memory);
    return check_status();
}
