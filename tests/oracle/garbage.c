/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "garbage.h"

#include "history.h"
#include "rng.h"
#include "test_arena.h"
#include "verdicts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SEGMENTS_MAX 400

/* A number near one that was used before, so that garbage also hits the delicate places. */
static struct seq garbage_number(struct rng *rng, const struct seq *used, unsigned count)
{
    static const int32_t steps[] = {0, 0, 0, 1, -1, 2, 1000, -1000, 65535, INT32_MAX, INT32_MIN};

    if (count == 0 || rng_chance(rng, 100))
        return seq_of(rng_bits(rng));
    return seq_add(used[rng_below(rng, count)],
                   (uint32_t)steps[rng_below(rng, sizeof steps / sizeof *steps)]);
}

static uint16_t garbage_flags(struct rng *rng)
{
    static const uint16_t usual[] = {
        FLAG_SYN, FLAG_SYN | FLAG_ACK, FLAG_ACK, FLAG_ACK | FLAG_PSH, FLAG_FIN | FLAG_ACK,
        FLAG_RST, FLAG_RST | FLAG_ACK};

    return rng_chance(rng, 250) ? (uint16_t)(rng_bits(rng) & 0xfff) : usual[rng_below(rng, 7)];
}

static void garbage_options(struct rng *rng, struct tcp_options *options)
{
    for (unsigned kind = 0; kind < OPTION_KINDS; kind++)
        if (rng_chance(rng, 300))
            options->count[kind] = (uint8_t)(rng_chance(rng, 950) ? 1 : rng_bits(rng));
    options->ws = (uint8_t)(rng_chance(rng, 900) ? rng_below(rng, 15) : rng_bits(rng));
    options->mss = (uint16_t)rng_bits(rng);
    options->tsval = rng_chance(rng, 500) ? rng_below(rng, 10) : rng_bits(rng);
    options->tsecr = rng_chance(rng, 500) ? rng_below(rng, 10) : rng_bits(rng);
    options->sack_blocks = (uint8_t)rng_below(rng, SACK_BLOCKS_MAX + 1);
    for (unsigned i = 0; i < SACK_BLOCKS_MAX; i++)
        options->sack[i] = (struct sack_block){seq_of(rng_bits(rng)), seq_of(rng_bits(rng))};
    options->mptcp = rng_chance(rng, 30);
    options->tfo_experimental = rng_chance(rng, 30);
    options->cut = rng_chance(rng, 30);
    options->malformed = rng_chance(rng, 30);
}

static void garbage_segment(struct rng *rng, struct segment *segment, struct seq *used,
                            unsigned count)
{
    static const uint32_t lengths[] = {0, 0, 0, 1, 2, 1460, 65495, UINT32_MAX - 2};

    segment->sender = rng_chance(rng, 500) ? SIDE_A : SIDE_B;
    segment->src_port = segment->sender == SIDE_A ? 40000 : 80;
    segment->dst_port = segment->sender == SIDE_A ? 80 : 40000;
    segment->flags = garbage_flags(rng);
    segment->seq = garbage_number(rng, used, count);
    segment->ack = garbage_number(rng, used, count);
    segment->payload_len = lengths[rng_below(rng, rng_chance(rng, 950) ? 6 : 8)];
    segment->payload_captured = rng_chance(rng, 900) ? segment->payload_len : 0;
    segment->len =
        segment->payload_len + segment_has(segment, FLAG_SYN) + segment_has(segment, FLAG_FIN);
    segment->wnd_field = (uint16_t)(rng_chance(rng, 200) ? 0 : rng_bits(rng));
    segment->checksum = (uint16_t)rng_below(rng, 4);
    segment->checksum_status = (enum checksum_status)rng_below(rng, 4);
    segment->header_len = (uint8_t)rng_between(rng, 20, 60);
    segment->interface_id = rng_below(rng, 2);
    segment->ip_id = (uint16_t)rng_below(rng, 3);
    segment->has_ip_id = rng_chance(rng, 800);
    segment->has_time = rng_chance(rng, 950);
    segment->urgent = (uint16_t)rng_below(rng, 3);
    segment->layer = (uint8_t)rng_below(rng, 2);
    garbage_options(rng, &segment->options);
}

static int64_t garbage_time(struct rng *rng, int64_t now)
{
    if (rng_chance(rng, 10))
        return (int64_t)((uint64_t)rng_bits(rng) << 32 | rng_bits(rng)); /* any time at all */
    return now + rng_between(rng, rng_chance(rng, 50) ? -5000000000 : 0,
                             rng_chance(rng, 50) ? 100000000000 : 50000000);
}

static void garbage_amended(void *context, uint32_t id, enum amendment what, uint32_t value)
{
    unsigned *bad = context;

    /* Earlier segments only, and states that exist. */
    if (id >= SEGMENTS_MAX || (what != AMEND_ACKED_IN && value >= STATES))
        ++*bad;
}

static unsigned garbage_tuple(struct rng *rng)
{
    static struct seq used[2 * SEGMENTS_MAX + 2];
    static struct verdicts verdicts;
    struct test_arena arena;
    unsigned bad = 0, count = 0, length = 1 + rng_below(rng, SEGMENTS_MAX);
    const struct model_settings settings = {.msl_seconds = rng_below(rng, 40),
                                            .amend = garbage_amended,
                                            .amend_context = &bad,
                                            .copies_mib = 1};
    struct history *history;
    int64_t now = rng_chance(rng, 900) ? 1700000000000000000 : 0;

    memset(&verdicts, 0, sizeof verdicts); /* its cases point at what the arena held */
    test_arena_start(&arena);
    history = history_new(model_new(&arena.arena, &settings), NULL);
    for (uint32_t i = 0; i < length; i++) {
        struct segment segment = {.id = i, .frame = i + 1, .stream = i / 100};
        struct step step;

        garbage_segment(rng, &segment, used, count);
        now = rng_chance(rng, 990) ? garbage_time(rng, now) : now;
        segment.time_ns = now;
        if (now < 0 || now > INT64_MAX / 2)
            now = 1700000000000000000;
        used[count++] = segment.seq;
        used[count++] = segment_end(&segment);
        memset(&step, 0xa5, sizeof step);
        history_apply(history, &segment, &step);
        bad += step.segment != &segment || step.src.count > PATH_MAX_CHANGES ||
               step.dst.count > PATH_MAX_CHANGES || path_end(&step.src) >= STATES ||
               path_end(&step.dst) >= STATES;
        verdicts_take(&verdicts, &step, settings.msl_seconds, i);
    }
    test_arena_end(&arena);
    return bad;
}

int garbage_run(uint64_t seed, uint64_t tuples)
{
    unsigned bad = 0;
    clock_t start = clock();
    double took;

    for (uint64_t i = 0; i < tuples; i++) {
        struct rng rng = rng_start(seed, i);
        unsigned wrong = garbage_tuple(&rng);

        if (wrong != 0)
            printf("garbage: tuple %llu of seed %llu: %u answers make no sense\n",
                   (unsigned long long)i, (unsigned long long)seed, wrong);
        bad += wrong;
    }
    took = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("garbage: %llu tuples, %u senseless answers, %.2f s\n", (unsigned long long)tuples, bad,
           took);
    /* About 200 segments to a tuple: a hundred microseconds each is far beyond any need, even
     * under sanitizers. */
    return bad != 0 || took > 1.0 + (double)tuples * 200 * 100e-6;
}
