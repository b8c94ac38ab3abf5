/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets that differ: when it is a race, and how long a copy counts. */
#include "bench.h"
#include "one_step.h"

#define MS 1000000

static struct conflict conflict;

/* The client sends 51..150 again; octet 60 differs from what frame 4 had, which began at 51. */
static void begin_conflict(void)
{
    begin();
    sends(SIDE_A, 101, 100, FLAG_ACK);
    acks(201);
    conflict = (struct conflict){.first = number_of(SIDE_A, 110),
                                 .start = number_of(SIDE_A, 101),
                                 .id = 3,
                                 .frame = 4,
                                 .since_ns = 1 * MS};
    conn.handshake_rtt_ns = -1;
    step.conflict = &conflict;
}

static void race(void)
{
    static const struct {
        int64_t rtt, since;
        bool is_race;
    } cases[] = {
        {-1, 200 * MS - 1, true},  {-1, 200 * MS, false},        {10 * MS, 50 * MS - 1, true},
        {10 * MS, 50 * MS, false}, {80 * MS, 80 * MS - 1, true}, {80 * MS, 80 * MS, false},
        {80 * MS, 0, true},        {80 * MS, -1, false},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin_conflict();
        conn.handshake_rtt_ns = cases[i].rtt;
        conflict.since_ns = cases[i].since;
        snprintf(check_context, sizeof check_context, "case %u", i);
        if (cases[i].is_race)
            RAISES(inj_data_race, ERROR);
        else
            RAISES(inj_overlap_conflict, WARN);
        CHECK_COMPARED(number_of(SIDE_A, 110), number_of(SIDE_A, 101), 4);
    }
    check_context[0] = '\0';
}

/* Both must begin at the same number, and no ACK may have covered it. */
static void no_race(void)
{
    begin_conflict();
    conflict.start = number_of(SIDE_A, 102);
    RAISES(inj_overlap_conflict, WARN);
    begin_conflict();
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 102);
    RAISES(inj_overlap_conflict, WARN);
    begin_conflict();
    step.before[SIDE_A].una_known = false;
    RAISES(inj_overlap_conflict, WARN);
}

/* Without the peer's SYN the race is one step less, without its own there is no finding. */
static void gates(void)
{
    begin_conflict();
    step.before[SIDE_B].iss_exact = false;
    RAISES(inj_data_race, WARN);
    begin_conflict();
    step.before[SIDE_A].iss_exact = false;
    QUIET();
    begin_conflict();
    step.admission = ADMIT_BAD_SUM;
    RAISES(inj_badsum_insert, NOTE);
    step.before[SIDE_A].iss_exact = false;
    QUIET();
}

/* ---- the model: how long a copy counts ---- */

static struct bench bench;

static void open_bench(void)
{
    bench_start(&bench, 0xffff0000U);
    bench_line(&bench, "+0 A>B S 0:1 <mss 65000, ws 7>");
    bench_line(&bench, "+0.01 B>A SA 0:1 ack 1 <mss 65000, ws 7>");
    bench_line(&bench, "+0 A>B A 1:1 ack 1");
    bench_line(&bench, "+0 A>B A 1:101 ack 1");
    bench_line(&bench, "+0 A>B A 101:60001 ack 1");
    bench_line(&bench, "+0 B>A A 1:1 ack 60001");
}

/* Is the first segment still compared with, so much later and with so much acknowledged? */
static bool counts_after(const char *send, const char *ack, const char *again)
{
    bool differs;

    open_bench();
    bench_line(&bench, send);
    bench_line(&bench, ack);
    differs = bench_line(&bench, again)->conflict != NULL;
    bench_end(&bench);
    return differs;
}

static void memory_of_copies(void)
{
    /* 64 KiB below what is acknowledged, whatever the time: the copy ends at 101 */
    CHECK_TRUE(counts_after("+0 A>B A 60001:65636 ack 1", "+0 B>A A 1:1 ack 65636",
                            "+9 A>B A 1:101 ack 1 other 1"));
    CHECK_FALSE(counts_after("+0 A>B A 60001:65637 ack 1", "+0 B>A A 1:1 ack 65637",
                             "+9 A>B A 1:101 ack 1 other 1"));
    /* two seconds, whatever is acknowledged; the first segment left 1 ms before that of 101 */
    CHECK_TRUE(counts_after("+0 A>B A 60001:120001 ack 1", "+0 B>A A 1:1 ack 120001",
                            "+2 A>B A 1:101 ack 1 other 1"));
    CHECK_FALSE(counts_after("+0 A>B A 60001:120001 ack 1", "+0 B>A A 1:1 ack 120001",
                             "+2.000000001 A>B A 1:101 ack 1 other 1"));
}

/* Nobody has verified the checksums: they must agree with each other. The bench's own segments have
 * good ones; `badsum` makes one that is not. */
static void checksums(void)
{
    open_bench();
    CHECK_TRUE(bench_line(&bench, "+0 A>B A 1:101 ack 1 other 100")->conflict != NULL);
    CHECK_TRUE(bench_line(&bench, "+0 A>B A 1:101 ack 1 other 100 badsum")->conflict == NULL);
    CHECK_TRUE(bench_line(&bench, "+0 A>B PA 51:101 ack 1 win 7 other 100")->conflict != NULL);
    CHECK_TRUE(bench_line(&bench, "+0 A>B PA 50:101 ack 1 urg 9 other 100 <ts 1 2>")->conflict !=
               NULL);
    bench_end(&bench);
}

/* What no receiver, or not every one, has taken as that octet. */
static void left_out(void)
{
    static const char *const lines[] = {
        "+0 A>B A 60000:60001 ack 1 other 60000",  /* keepalive */
        "+0 A>B RA 60001:60011 ack 1 other 60001", /* a RST's text, first and again */
        "+0 A>B RA 60001:60011 ack 1",
        "+0 A>B A 1:101 ack 1 other 1 captured 119", /* one octet is missing */
        "+0 A>B A 1:101 ack 1",
    };

    open_bench();
    for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        snprintf(check_context, sizeof check_context, "%s", lines[i]);
        CHECK_TRUE(bench_line(&bench, lines[i])->conflict == NULL);
    }
    check_context[0] = '\0';
    bench_end(&bench);
}

/* Another life of the tuple has numbers of its own, the same ones even. */
static void another_life(void)
{
    open_bench();
    bench_line(&bench, "+1 A>B RA 60001:60001 ack 1");
    bench_line(&bench, "+9 A>B S 0:1 <mss 65000, ws 7>");
    bench_line(&bench, "+0.01 B>A SA 0:1 ack 1 <mss 65000, ws 7>");
    bench_line(&bench, "+0 A>B A 1:1 ack 1");
    CHECK_TRUE(bench_line(&bench, "+0 A>B A 1:101 ack 1 other 1")->conflict == NULL);
    bench_end(&bench);
}

int main(void)
{
    race();
    no_race();
    gates();
    memory_of_copies();
    checksums();
    left_out();
    another_life();
    return check_status();
}
