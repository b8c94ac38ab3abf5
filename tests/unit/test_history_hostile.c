/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history_apply() accepts any value in any member; what it says is in range, and the memory that it
 * takes for one tuple is bounded. Numbers come from a fixed generator, so every run is the same.
 */
#include "annotation.h"
#include "bench.h"
#include "check.h"
#include "judge.h"

static struct bench bench;
static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

/* Most numbers lie around a few places, so that segments meet. */
static uint32_t random_number(void)
{
    static const uint32_t places[] = {0, 0x7fffff00U, 0xffffff00U, 0x12345678U};

    if (random_below(20) == 0)
        return random_below(UINT32_MAX);
    return places[random_below(4)] + random_below(8) * 100 + random_below(3) - 1;
}

static struct segment random_segment(void)
{
    struct segment s = seg((struct seg_spec){
        .from = random_below(2) != 0 ? SIDE_B : SIDE_A,
        .flags = random_below(3) != 0 ? (random_below(0x40) | FLAG_ACK) : random_below(0x1000),
        .seq = random_number(),
        .ack = random_number(),
        .payload = random_below(3) != 0 ? random_below(200) : 0,
        .wnd_field = (uint16_t)random_below(0x10000),
    });

    if (random_below(200) == 0) {
        s.payload_len = UINT32_MAX / 2;
        s.len = s.payload_len;
    }
    for (int i = 0; i < OPTION_KINDS; i++)
        s.options.count[i] = (uint8_t)(random_below(4) == 0 ? random_below(3) : 0);
    s.options.ws = (uint8_t)random_below(256);
    s.options.tsval = random_number();
    s.options.tsecr = random_number();
    s.options.cut = random_below(9) == 0;
    s.options.sack_blocks = (uint8_t)random_below(SACK_BLOCKS_MAX + 1);
    s.checksum_status = (enum checksum_status)random_below(4);
    s.has_ip_id = random_below(2) != 0;
    s.ip_id = (uint16_t)random_below(4);
    return s;
}

static void check_path(const struct path *path)
{
    CHECK_TRUE(path->count <= PATH_MAX_CHANGES);
    for (unsigned i = 0; i <= path->count && i <= PATH_MAX_CHANGES; i++)
        CHECK_TRUE(path->at[i] < STATES);
}

/* What holds of every step, whatever the segment was. */
static void check_step(const struct step *step)
{
    CHECK_TRUE(step->segment == &bench.segment);
    CHECK_BOOL(step->conn == NULL, step->phase == PHASE_STRAY);
    CHECK_TRUE(step->phase < PHASES);
    CHECK_TRUE(step->evidence < EVIDENCES);
    CHECK_TRUE(step->kind < TEARDOWN_KINDS);
    CHECK_TRUE(step->handshake_step <= 3);
    CHECK_TRUE(step->teardown_steps < 16);
    CHECK_TRUE(step->covers < 8);
    CHECK_BOOL(step->rst_class != RST_NONE, segment_has(step->segment, FLAG_RST));
    check_path(&step->src);
    check_path(&step->dst);
    if (segment_has(step->segment, FLAG_RST)) {
        CHECK_UINT(step->handshake_step, 0);
        CHECK_UINT(step->teardown_steps, 0);
    }
    if (!segment_has(step->segment, FLAG_ACK))
        CHECK_FALSE(step->ack_expected_known);
    if (step->ack_new_known && step->ack_new == 0)
        CHECK_UINT(step->covers, 0);
    if (step->conn != NULL) {
        CHECK_TRUE(step->conn->incarnation >= 1);
        CHECK_TRUE(step->conn->id >= step->conn->incarnation);
        CHECK_TRUE(step->ack_frame < step->segment->frame);
    }
}

static void any_segments(uint32_t seed)
{
    static struct docket docket;
    struct verdict verdict;

    memset(&docket, 0, sizeof docket);
    random_state = seed;
    bench_start(&bench, 0);
    for (unsigned i = 0; i < 4000; i++) {
        const struct step *step;

        if (random_below(50) == 0)
            bench.time_ns += (int64_t)random_below(200) * 1000000000 - 20000000000;
        step = bench_apply(&bench, random_segment());
        snprintf(check_context, sizeof check_context, "seed %" PRIu32 ", segment %u", seed, i);
        check_step(step);
        judge(step, &limits_standard, &docket, &verdict);
        CHECK_TRUE(verdict.count <= VERDICT_MAX);
        for (unsigned a = 0; a < bench.amendments; a++) /* earlier segments only */
            CHECK_TRUE(bench.amendment[a].id < step->segment->id);
    }
    check_context[0] = '\0';
    bench_end(&bench);
}

/* A long healthy transfer takes no memory per segment. */
static void long_transfer(void)
{
    size_t early = 0;
    uint32_t at = 1;

    bench_start(&bench, 0xfff00000U);
    (void)bench_line(&bench, "+0 A>B S 0:1 win 64240 <mss 1460, ws 7>");
    (void)bench_line(&bench, "+0.010 B>A SA 0:1 ack 1 win 65160 <mss 1460, ws 7>");
    (void)bench_line(&bench, "+0.001 A>B A 1:1 ack 1 win 502");
    for (unsigned i = 0; i < 20000; i++, at += 1000) {
        (void)bench_apply(&bench, seg((struct seg_spec){.from = SIDE_A,
                                                        .flags = FLAG_ACK,
                                                        .seq = bench.wire.iss[SIDE_A] + at,
                                                        .ack = bench.wire.iss[SIDE_B] + 1,
                                                        .payload = 1000,
                                                        .wnd_field = 502}));
        (void)bench_apply(&bench, seg((struct seg_spec){.from = SIDE_B,
                                                        .flags = FLAG_ACK,
                                                        .seq = bench.wire.iss[SIDE_B] + 1,
                                                        .ack = bench.wire.iss[SIDE_A] + at + 1000,
                                                        .wnd_field = 507}));
        if (i == 1000)
            early = bench.memory.bytes;
    }
    CHECK_UINT(bench.memory.bytes, early);
    CHECK_INT(bench.step.evidence, EVIDENCE_FULL);
    CHECK_INT(bench.step.phase, PHASE_ESTABLISHED);
    CHECK_UINT(bench.step.ack_new, 1000);
    bench_end(&bench);
}

/* Nothing but holes, never filled and never acknowledged: what is remembered of them has a bound.
 */
static void endless_holes(void)
{
    size_t early = 0;

    bench_start(&bench, 0);
    (void)bench_line(&bench, "+0 A>B S 0:1 win 64240 <mss 1460, ws 14>");
    (void)bench_line(&bench, "+0.010 B>A SA 0:1 ack 1 win 65535 <mss 1460, ws 14>");
    (void)bench_line(&bench, "+0.001 A>B A 1:1 ack 1 win 65535");
    for (unsigned i = 0; i < 20000; i++) {
        (void)bench_apply(&bench, seg((struct seg_spec){.from = SIDE_A,
                                                        .flags = FLAG_ACK,
                                                        .seq = bench.wire.iss[SIDE_A] + 11 + 20 * i,
                                                        .ack = bench.wire.iss[SIDE_B] + 1,
                                                        .payload = 10,
                                                        .wnd_field = 502}));
        if (i == 10000)
            early = bench.memory.bytes;
    }
    CHECK_UINT(bench.memory.bytes, early);
    CHECK_TRUE(bench.step.evidence >= EVIDENCE_LOSSY);
    bench_end(&bench);
}

int main(void)
{
    for (uint32_t seed = 1; seed <= 12; seed++)
        any_segments(seed * 2654435761U);
    long_transfer();
    endless_holes();
    return check_status();
}
