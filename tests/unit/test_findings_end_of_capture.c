/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_end(): the borders of its times and counts, and that it keeps and changes nothing. */
#include "bench.h"
#include "check.h"
#include "end_of_capture.h"

#include <string.h>

#define MS_NS ((int64_t)1000000)

static struct bench bench;
static struct finding finding;

static void line(const char *text)
{
    (void)bench_line(&bench, text);
}

static bool end_with(int64_t after_ms, bool outlived, const struct limits *limits)
{
    struct ending ending = {bench.step.conn, outlived, true, bench.time_ns + after_ms * MS_NS};

    memset(&finding, 0xa5, sizeof finding);
    return judge_end(&ending, limits, &finding);
}

static bool ends(int64_t after_ms)
{
    return end_with(after_ms, false, &limits_standard);
}

static void check_finding(const char *file, int at, int64_t after_ms, enum finding_id id,
                          enum severity severity)
{
    bool said = ends(after_ms);

    check_bool(file, at, "something is said", said, true);
    if (!said)
        return;
    check_str(file, at, "id", finding_rows[finding.id].id, finding_rows[id].id);
    check_str(file, at, "severity", severity_name((enum severity)finding.severity),
              severity_name(severity));
}
#define CHECK_END(after_ms, id, severity)                                                          \
    check_finding(__FILE__, __LINE__, after_ms, FINDING_##id, SEVERITY_##severity)

static void establish(void)
{
    bench_start(&bench, 0xffffff80U);
    line("+0     A>B S  0:1       win 1000 <mss 1460>");
    line("+0.010 B>A SA 0:1 ack 1 win 1000 <mss 1460>");
    line("+0.010 A>B A  1:1 ack 1 win 1000");
}

/* Below the grace time nothing is more than a chat; at it the verdict stands. */
static void grace(void)
{
    struct limits limits = limits_standard;

    establish();
    line("+0.010 A>B PA 1:101 ack 1 win 1000");
    CHECK_END(0, end_unacked_data, CHAT);
    CHECK_UINT(finding.outcome, OUTCOME_CENSORED);
    CHECK_END(4999, end_unacked_data, CHAT);
    CHECK_UINT(finding.ends_ms, 4999);
    CHECK_END(5000, end_unacked_data, NOTE);
    CHECK_UINT(finding.outcome, OUTCOME_NONE);
    CHECK_UINT(finding.ends_ms, 5000);
    CHECK_END(-1000, end_unacked_data, CHAT); /* a clock that went back */
    CHECK_UINT(finding.ends_ms, 0);
    limits.end_open_limit = 6;
    CHECK_TRUE(end_with(5999, false, &limits));
    CHECK_UINT(finding.severity, SEVERITY_CHAT);
    CHECK_TRUE(end_with(6000, false, &limits));
    CHECK_UINT(finding.severity, SEVERITY_NOTE);
    limits.end_open_limit = UINT32_MAX; /* whatever a user enters */
    CHECK_TRUE(end_with(INT32_MAX, false, &limits));
    CHECK_UINT(finding.severity, SEVERITY_CHAT);
    bench_end(&bench);
}

/* Three retransmission timeouts, where these are longer: none is shorter than the round trip of
 * 2 seconds (RFC 6298 2). */
static void grace_on_a_long_path(void)
{
    bench_start(&bench, 0);
    line("+0     A>B S  0:1       win 1000 <mss 1460>");
    line("+2     B>A SA 0:1 ack 1 win 1000 <mss 1460>");
    line("+0.010 A>B A  1:1 ack 1 win 1000");
    line("+0.010 A>B PA 1:101 ack 1 win 1000");
    CHECK_END(6000, end_unacked_data, CHAT);
    CHECK_END(60000, end_unacked_data, NOTE);
    bench_end(&bench);
}

static void without_times(void)
{
    struct ending ending = {.has_time = false};

    establish();
    line("+0.010 A>B PA 1:101 ack 1 win 1000");
    ending.conn = bench.step.conn;
    CHECK_TRUE(judge_end(&ending, &limits_standard, &finding));
    CHECK_UINT(finding.severity, SEVERITY_CHAT);
    bench_end(&bench);
}

/* A segment that comes after all takes the verdict back; asked again, the answer is the same. */
static void taken_back(void)
{
    struct finding first;
    size_t blocks;

    establish();
    line("+0.010 A>B PA 1:101 ack 1 win 1000");
    blocks = bench.memory.count;
    CHECK_END(60000, end_unacked_data, NOTE);
    first = finding;
    CHECK_END(60000, end_unacked_data, NOTE);
    CHECK_TRUE(memcmp(&first, &finding, sizeof first) == 0);
    CHECK_UINT(bench.memory.count, blocks);
    line("+1     B>A A  1:1 ack 101 win 1000");
    CHECK_END(60000, end_open, CHAT);
    line("+0.010 A>B FA 101:102 ack 1 win 1000");
    CHECK_END(60000, end_fin_unacked, NOTE);
    line("+0.010 B>A FA 1:2 ack 102 win 1000");
    CHECK_END(60000, end_fin_unacked, CHAT);
    line("+0.010 A>B A  102:102 ack 2 win 1000");
    CHECK_FALSE(ends(60000));
    bench_end(&bench);
}

static void fin_wait_2(void)
{
    establish();
    line("+0.010 B>A FA 1:2 ack 1 win 1000");
    line("+0.010 A>B A  1:1 ack 2 win 1000");
    CHECK_FALSE(ends(59999));
    CHECK_END(60000, end_fin_wait_2, NOTE);
    CHECK_UINT(finding.got, 60);
    CHECK_UINT(finding.limit, 60);
    CHECK_UINT(finding.sender, SIDE_A); /* it is the client that must close */
    CHECK_FALSE(end_with(60000, true, &limits_standard));
    bench_end(&bench);
}

/* From the first SYN-ACK to the last: 3 seconds show that the third segment is missing. */
static void synack(const char *last, bool said)
{
    bench_start(&bench, 0);
    line("+0     A>B S  0:1       win 1000 <mss 1460>");
    line("+0.010 B>A SA 0:1 ack 1 win 1000 <mss 1460>");
    CHECK_END(2999, end_synack_unacked, CHAT);
    CHECK_FALSE(ends(3000));
    line("+1     B>A SA 0:1 ack 1 win 1000 <mss 1460>");
    line(last);
    CHECK_BOOL(ends(60000), said);
    if (said)
        CHECK_UINT(finding.severity, SEVERITY_NOTE);
    bench_end(&bench);
}

static void synacks(void)
{
    synack("+1.999  B>A SA 0:1 ack 1 win 1000 <mss 1460>", false);
    synack("+2      B>A SA 0:1 ack 1 win 1000 <mss 1460>", true);
    synack("+290    B>A SA 0:1 ack 1 win 1000 <mss 1460>", true);
}

/* RFC 9293 3.8.3, R2: from the first sending to the last. */
static void given_up(const char *last, enum severity severity)
{
    establish();
    line("+0.010  A>B PA 1:101   ack 1 win 1000");
    line("+0.010  A>B PA 101:201 ack 1 win 1000");
    line("+0.010  B>A A  1:1     ack 101 win 1000"); /* now the second waits */
    line(last);
    CHECK_TRUE(ends(60000));
    CHECK_UINT(finding.id, FINDING_end_unacked_data);
    CHECK_UINT(finding.severity, severity);
    CHECK_UINT(finding.got, 100);
    bench_end(&bench);
}

static void idle(void)
{
    establish();
    line("+59.999 A>B PA 1:101 ack 1 win 1000");
    line("+1      A>B PA 1:101 ack 1 win 1000");
    line("+2      A>B PA 1:101 ack 1 win 1000");
    CHECK_END(60000, end_unacked_data, NOTE);
    line("+0.010  B>A A  1:1 ack 101 win 1000");
    line("+60     A>B PA 101:201 ack 1 win 1000");
    line("+1      A>B PA 101:201 ack 1 win 1000");
    CHECK_END(60000, end_unacked_data, NOTE);
    line("+2      A>B PA 101:201 ack 1 win 1000");
    CHECK_END(60000, end_dead_after_idle, NOTE);
    CHECK_UINT(finding.got, 60);
    line("+0.010  B>A A  1:1 ack 201 win 1000");
    CHECK_END(60000, end_open, CHAT);
    bench_end(&bench);
}

/* A keepalive each 75 seconds, every interval a little longer than the one before. */
static void keepalives(void)
{
    establish();
    line("+0.010 A>B PA 1:2 ack 1 win 1000");
    line("+0.010 B>A A  1:1 ack 2 win 1000");
    line("+75    A>B A  1:1 ack 1 win 1000");
    CHECK_END(60000, end_open, CHAT);
    line("+75.01 A>B A  1:1 ack 1 win 1000");
    CHECK_END(60000, end_dead_after_idle, NOTE);
    line("+75.02 A>B A  1:1 ack 1 win 1000");
    CHECK_END(60000, end_dead_after_idle, NOTE);
    CHECK_UINT(finding.count, 3);
    bench_end(&bench);
}

static void lost_state(void)
{
    for (unsigned late = 0; late < 2; late++) {
        establish();
        line("+0.010 B>A A  1:1   ack 1 win 1000");
        line("+0.010 A>B PA 1:101 ack 1 win 1000");
        line(late != 0 ? "+0.990 B>A R 1:1 win 0" : "+0.989 B>A R 1:1 win 0");
        if (late != 0)
            CHECK_END(60000, end_peer_lost_state, NOTE);
        else
            CHECK_FALSE(ends(60000));
        bench_end(&bench);
    }
}

/* A probe without an octet is told from a keepalive by its time alone. */
static void window_probe(void)
{
    for (unsigned late = 0; late < 2; late++) {
        establish();
        line("+0.010 A>B PA 1:1001    ack 1 win 1000");
        line("+0.010 B>A A  1:1       ack 1001 win 0");
        line(late != 0 ? "+1     A>B A 1000:1000 ack 1 win 1000"
                       : "+0.999 A>B A 1000:1000 ack 1 win 1000");
        line("+0.010 B>A A  1:1       ack 1001 win 0");
        if (late != 0)
            CHECK_END(60000, end_open, CHAT);
        else
            CHECK_END(60000, end_zero_window, NOTE);
        bench_end(&bench);
    }
}

/* Only one SYN is captured: one step less severe, and silent about the end that is not measured. */
static void gates(void)
{
    bench_start(&bench, 0);
    line("+0     B>A SA 0:1   ack 1 win 1000 <mss 1460>");
    line("+0.010 A>B A  1:1   ack 1 win 1000");
    line("+0.010 B>A PA 1:101 ack 1 win 1000");
    CHECK_END(60000, end_unacked_data, CHAT);
    bench_end(&bench);

    bench_start(&bench, 0);
    line("+0     A>B A  1:1   ack 1 win 1000");
    line("+0.010 B>A A  1:1   ack 1 win 1000");
    line("+0.010 B>A PA 1:101 ack 1 win 1000");
    CHECK_END(60000, end_open, CHAT);
    bench_end(&bench);
}

static void lone_syn(void)
{
    bench_start(&bench, 0);
    line("+0 A>B S 0:1 win 1000 <mss 1460>");
    CHECK_END(4999, end_syn_unanswered, CHAT);
    CHECK_END(5000, end_syn_unanswered, NOTE);
    CHECK_UINT(finding.got, 0);
    CHECK_UINT(finding.count, 1);
    /* a later life with another ISS changes nothing in that, and ends this one for sure */
    CHECK_TRUE(end_with(0, true, &limits_standard));
    CHECK_UINT(finding.severity, SEVERITY_NOTE);
    bench_end(&bench);
}

int main(void)
{
    grace();
    grace_on_a_long_path();
    without_times();
    taken_back();
    fin_wait_2();
    synacks();
    given_up("+99.999 A>B PA 101:201 ack 1 win 1000", SEVERITY_NOTE);
    given_up("+100    A>B PA 101:201 ack 1 win 1000", SEVERITY_WARN);
    idle();
    keepalives();
    lost_state();
    window_probe();
    gates();
    lone_syn();
    return check_status();
}
