/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets in flight, against a plain array that holds for each octet who sent it last. */
#include "check.h"
#include "flight.h"
#include "test_arena.h"

#define SPACE 400 /* octets that the plain array covers */

static struct test_arena memory;
static struct pool pool;
static struct flight flight;
static uint32_t base;
static uint32_t sent_by[SPACE + 1]; /* id of the latest copy; 0: none, or acknowledged */
static uint32_t last_acked[SPACE];  /* ids that the callback named */
static unsigned acked_count;

static void begin(uint32_t first)
{
    test_arena_start(&memory);
    pool = (struct pool){.arena = &memory.arena};
    memset(&flight, 0, sizeof flight);
    memset(sent_by, 0, sizeof sent_by);
    base = first;
}

static struct seq number(uint32_t offset)
{
    return seq_of(base + offset);
}

static void send(uint32_t start, uint32_t end, uint32_t id)
{
    struct flight_entry entry = {number(start), number(end), id, id + 1000, 0, (int64_t)id};

    flight_add(&flight, &pool, &entry);
    for (uint32_t i = start; i < end; i++)
        sent_by[i] = id;
}

static void note_acked(void *context, const struct flight_entry *entry)
{
    CHECK_TRUE(context == &flight);
    CHECK_TRUE(acked_count < SPACE);
    last_acked[acked_count++ % SPACE] = entry->id;
}

static void acknowledge(uint32_t una)
{
    acked_count = 0;
    flight_ack(&flight, number(una), note_acked, &flight);
    for (uint32_t i = 0; i < una && i < SPACE; i++)
        sent_by[i] = 0;
}

/* Every question at every number. */
static void compare(void)
{
    uint32_t entries = 0;

    for (uint32_t i = 0; i < SPACE; i++) {
        const struct flight_entry *entry = flight_find(&flight, number(i));
        uint32_t before = i > 0 ? sent_by[i - 1] : 0;
        uint32_t end = i;

        CHECK_UINT(entry != NULL ? entry->id : 0, sent_by[i]);
        CHECK_BOOL(flight_has_boundary(&flight, number(i)), before != sent_by[i]);
        while (end < SPACE && sent_by[end] != 0)
            end++;
        CHECK_SEQ(flight_contiguous(&flight, number(i)), number(end));
        entries += sent_by[i] != 0 && before != sent_by[i];
    }
    CHECK_UINT(flight.count, entries);
    for (uint32_t i = 0; i + 1 < flight.count; i++)
        CHECK_TRUE(seq_le(flight_at(&flight, i)->end, flight_at(&flight, i + 1)->start));
    CHECK_TRUE(flight_at(&flight, flight.count) == NULL);
}

static void by_hand(uint32_t first)
{
    begin(first);
    compare(); /* nothing in flight */
    send(10, 10, 1);
    compare(); /* an empty segment is none */
    send(10, 20, 2);
    send(30, 40, 3);
    compare();
    send(20, 30, 4); /* fills the hole exactly */
    compare();
    send(12, 15, 5); /* a copy inside: cuts the older one in two */
    compare();
    send(5, 38, 6); /* a copy over everything but the end of the last */
    compare();
    acknowledge(7); /* inside an entry: it is cut, not taken away */
    CHECK_UINT(acked_count, 0);
    compare();
    acknowledge(38);
    CHECK_UINT(acked_count, 1);
    CHECK_UINT(last_acked[0], 6);
    compare();
    acknowledge(100); /* beyond everything */
    CHECK_UINT(acked_count, 1);
    CHECK_UINT(last_acked[0], 3);
    compare();
    CHECK_UINT(flight.count, 0);
    CHECK_FALSE(flight.overflowed);
    flight_clear(&flight, &pool);
    test_arena_end(&memory);
}

static void at_random(uint32_t first, uint32_t seed)
{
    uint32_t random = seed;
    uint32_t una = 0;

    begin(first);
    snprintf(check_context, sizeof check_context, "base 0x%" PRIx32 ", seed %" PRIu32, first, seed);
    for (uint32_t id = 1; id < 150; id++) {
        uint32_t start, length;

        random = random * 1664525U + 1013904223U;
        start = una + (random >> 8) % (SPACE - una);
        length = (random >> 20) % 30;
        send(start, start + length < SPACE ? start + length : SPACE, id);
        if (random >> 29 == 0 && una < SPACE - 40) {
            una += (random >> 12) % 20;
            acknowledge(una);
        }
        compare();
    }
    check_context[0] = '\0';
    flight_clear(&flight, &pool);
    test_arena_end(&memory);
}

/* What an acknowledgment never takes away has a bound: the oldest is forgotten, and that is said.
 */
static void bounded(void)
{
    size_t bytes = 0;

    begin(0xffff0000U);
    for (uint32_t i = 0; i < 3 * FLIGHT_MAX; i++) {
        struct flight_entry entry = {number(2 * i), number(2 * i + 1), i, i, 0, 0};

        flight_add(&flight, &pool, &entry);
        CHECK_TRUE(flight.count <= FLIGHT_MAX);
        if (i == FLIGHT_MAX)
            bytes = memory.bytes;
        if (i < FLIGHT_MAX - 1)
            CHECK_FALSE(flight.overflowed);
        CHECK_UINT(flight_at(&flight, flight.count - 1)->id, i);
    }
    CHECK_TRUE(flight.overflowed);
    CHECK_UINT(memory.bytes, bytes);
    CHECK_TRUE(flight_find(&flight, number(0)) == NULL);
    flight_clear(&flight, &pool);
    CHECK_UINT(flight.count, 0);
    CHECK_FALSE(flight.overflowed);
    test_arena_end(&memory);
}

/* One direction after the other takes the memory that the one before gave back. */
static void used_again(void)
{
    size_t bytes = 0;

    begin(0);
    for (unsigned round = 0; round < 20; round++) {
        for (uint32_t i = 0; i < 100; i++)
            send(2 * i, 2 * i + 1, i + 1);
        flight_clear(&flight, &pool);
        if (round == 0)
            bytes = memory.bytes;
    }
    CHECK_UINT(memory.bytes, bytes);
    test_arena_end(&memory);
}

int main(void)
{
    static const uint32_t bases[] = {1000, 0x7fffff80U, 0xffffff80U};

    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        by_hand(bases[i]);
        for (uint32_t seed = 1; seed <= 5; seed++)
            at_random(bases[i], seed);
    }
    bounded();
    used_again();
    return check_status();
}
