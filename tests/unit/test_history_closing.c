/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history_apply() from ESTABLISHED to the end: what a step holds besides what is shown. RFC 9293
 * 3.10.7.4.
 */
#include "bench.h"
#include "check.h"

static struct bench bench;

static const struct step *line(const char *text)
{
    return bench_line(&bench, text);
}

/* Three segments, near a wrap: A's first 200 octets pass it. */
static void establish(void)
{
    bench_start(&bench, 0xffffff80U);
    (void)line("+0     A>B S  0:1       win 64240 <mss 1460, sackok, ws 7>");
    (void)line("+0.010 B>A SA 0:1 ack 1 win 65160 <mss 1460, sackok, ws 7>");
    (void)line("+0.001 A>B A  1:1 ack 1 win 502");
}

static struct seq number(enum side side, uint32_t relative)
{
    return seq_of(bench.wire.iss[side] + relative);
}

static bool amended(uint32_t id, enum amendment what, uint32_t value)
{
    for (unsigned i = 0; i < bench.amendments; i++) {
        if (bench.amendment[i].id == id && bench.amendment[i].what == what &&
            bench.amendment[i].value == value)
            return true;
    }
    return false;
}

/* ESTABLISHED: what data and ACKs leave in the endpoints. */
static void data(void)
{
    const struct step *step;

    establish();
    step = line("+0.001 A>B PA 1:201 ack 1 win 502");
    CHECK_SEQ(step->seq_expected, number(SIDE_A, 1));
    CHECK_SEQ(step->before[SIDE_A].snd.nxt, number(SIDE_A, 1));
    CHECK_SEQ(step->window_right, number(SIDE_A, 65161));
    step = line("+0.010 B>A A 1:1 ack 201 win 600");
    CHECK_SEQ(step->before[SIDE_A].snd.nxt, number(SIDE_A, 201));
    CHECK_SEQ(step->before[SIDE_A].snd.contiguous, number(SIDE_A, 201));
    CHECK_UINT(step->before[SIDE_A].nxt_frame, 4);
    CHECK_SEQ(step->before[SIDE_A].snd.una, number(SIDE_A, 1));
    CHECK_SEQ(step->ack_expected, number(SIDE_A, 201));
    CHECK_UINT(step->ack_new, 200);
    CHECK_UINT(step->covers, COVERS_DATA);
    CHECK_TRUE(amended(3, AMEND_ACKED_IN, 5));
    step = line("+0.001 A>B PA 201:301 ack 1 win 502");
    CHECK_SEQ(step->before[SIDE_A].snd.una, number(SIDE_A, 201));
    CHECK_UINT(step->before[SIDE_A].una_frame, 5);
    CHECK_SEQ(step->before[SIDE_A].snd.edge, number(SIDE_A, 201 + (600 << 7)));
    CHECK_UINT(step->before[SIDE_A].snd.wnd, 600 << 7);
    bench_end(&bench);
}

/* A window that shrinks never lowers the edge: the old grant was given. */
static void edge_never_recedes(void)
{
    const struct step *step;

    establish();
    (void)line("+0.001 A>B PA 1:201 ack 1 win 502");
    (void)line("+0.010 B>A A 1:1 ack 201 win 1");
    step = line("+0.001 A>B PA 201:301 ack 1 win 502");
    CHECK_SEQ(step->before[SIDE_A].snd.edge, number(SIDE_A, 1 + 65160));
    CHECK_UINT(step->before[SIDE_A].snd.wnd, 128);
    CHECK_UINT(step->before[SIDE_A].snd.mwnd, 65160);
    bench_end(&bench);
}

/* A hole, its octets, and its end. */
static void hole(void)
{
    const struct step *step;

    establish();
    (void)line("+0.001 A>B PA 1:101 ack 1 win 502");
    step = line("+0.001 A>B PA 201:301 ack 1 win 502");
    CHECK_FALSE(step->before[SIDE_A].has_hole);
    CHECK_INT(step->evidence, EVIDENCE_LOSSY);
    step = line("+0.010 B>A A 1:1 ack 101 win 507");
    CHECK_TRUE(step->before[SIDE_A].has_hole);
    CHECK_SEQ(step->before[SIDE_A].snd.nxt, number(SIDE_A, 301));
    CHECK_SEQ(step->before[SIDE_A].snd.contiguous, number(SIDE_A, 101));
    CHECK_SEQ(step->ack_expected, number(SIDE_A, 101));
    step = line("+0.010 A>B PA 101:201 ack 1 win 502");
    CHECK_INT(step->evidence, EVIDENCE_FULL);
    step = line("+0.010 B>A A 1:1 ack 301 win 507");
    CHECK_FALSE(step->before[SIDE_A].has_hole);
    CHECK_SEQ(step->before[SIDE_A].snd.contiguous, number(SIDE_A, 301));
    bench_end(&bench);
}

/* FIN-WAIT-1 to TIME-WAIT, and what the FIN leaves. */
static void fin(void)
{
    const struct step *step;

    establish();
    (void)line("+0.001 A>B FPA 1:202 ack 1 win 502");
    step = line("+0.010 B>A A 1:1 ack 202 win 507");
    CHECK_TRUE(step->before[SIDE_A].sent_fin);
    CHECK_TRUE(step->before[SIDE_A].fin_known);
    CHECK_FALSE(step->before[SIDE_A].fin_inferred);
    CHECK_SEQ(step->before[SIDE_A].fin_next, number(SIDE_A, 202));
    CHECK_UINT(step->before[SIDE_A].fin_frame, 4);
    CHECK_SEQ(step->before[SIDE_A].fin_ack, number(SIDE_B, 1));
    CHECK_UINT(step->covers, COVERS_DATA | COVERS_FIN);
    CHECK_UINT(step->teardown_steps, TEARDOWN_ACK);
    CHECK_UINT(step->conn->fin_frame[SIDE_A], 4);
    CHECK_UINT(step->conn->fin_frame[SIDE_B], 0);
    (void)line("+0.010 B>A FA 1:2 ack 202 win 507");
    step = line("+0.010 A>B A 202:202 ack 2 win 502");
    CHECK_UINT(step->conn->fin_frame[SIDE_B], 6);
    CHECK_UINT(step->conn->closed_frame, 7);
    CHECK_INT(step->kind, TEARDOWN_FOUR_WAY);
    CHECK_INT(step->before[SIDE_A].expected, STATE_TIME_WAIT);
    CHECK_INT(step->before[SIDE_B].shown, STATE_LAST_ACK);
    bench_end(&bench);
}

/* A FIN that its sender's numbers put below earlier data is no FIN at a new place: it moves
 * nothing. */
static void old_fin_number(void)
{
    const struct step *step;

    establish();
    (void)line("+0.001 A>B PA 1:201 ack 1 win 502");
    (void)line("+0.010 B>A A 1:1 ack 201 win 507");
    (void)line("+0.001 A>B FA 201:202 ack 1 win 502");
    step = line("+0.300 A>B FPA 101:202 ack 1 win 502");
    CHECK_UINT(step->teardown_steps, TEARDOWN_FIN);
    step = line("+0.010 B>A A 1:1 ack 202 win 507");
    CHECK_SEQ(step->before[SIDE_A].fin_next, number(SIDE_A, 202));
    CHECK_UINT(step->before[SIDE_A].fin_frame, 6);
    bench_end(&bench);
}

/* Each RST class that can be had with one segment in ESTABLISHED. B has sent 1..100, all
 * acknowledged; A's grant reaches to 101 + 64256. */
static void rst_classes(void)
{
    static const struct {
        const char *text;
        enum rst_class rst_class;
        bool decisive;
    } rows[] = {
        {"+0.010 B>A R 101:101 win 0", RST_EXACT, true},
        {"+0.010 B>A RA 101:101 ack 1 win 0", RST_EXACT, true},
        {"+0.010 B>A R 102:102 win 0", RST_IN_WINDOW, false},
        {"+0.010 B>A R 60000:60000 win 0", RST_IN_WINDOW, false},
        {"+0.010 B>A R 1000000:1000000 win 0", RST_OUT_OF_WINDOW, false},
        {"+0.010 B>A R -1000000:-1000000 win 0", RST_OUT_OF_WINDOW, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct step *step;

        snprintf(check_context, sizeof check_context, "%s", rows[i].text);
        establish();
        (void)line("+0.001 B>A PA 1:101 ack 1 win 507");
        (void)line("+0.010 A>B A 1:1 ack 101 win 502");
        step = line(rows[i].text);
        CHECK_INT(step->rst_class, rows[i].rst_class);
        CHECK_BOOL(step->rst_decisive, rows[i].decisive);
        CHECK_INT(step->phase, rows[i].decisive ? PHASE_RESET : PHASE_ESTABLISHED);
        CHECK_INT(path_end(&step->dst), rows[i].decisive ? STATE_CLOSED : STATE_ESTABLISHED);
        CHECK_INT(path_end(&step->src), STATE_CLOSED);
        bench_end(&bench);
    }
    check_context[0] = '\0';
}

/* A RST below data in flight: exact at each boundary of what is on its way. */
static void rst_at_a_boundary(void)
{
    const struct step *step;

    establish();
    (void)line("+0.001 B>A PA 1:101 ack 1 win 507");
    (void)line("+0.001 B>A PA 101:201 ack 1 win 507");
    step = line("+0.001 B>A R 101:101 win 0");
    CHECK_INT(step->rst_class, RST_EXACT);
    bench_end(&bench);
}

/* Segments that every receiver drops move nothing. RFC 9293 3.10.7.4 steps 4 and 5. */
static void impossible(void)
{
    static const char *const texts[] = {
        "+0.010 A>B F 1:2 win 502",
        "+0.010 A>B . 1:1 win 502",
        "+0.010 A>B FPU 1:2 win 502",
        "+0.010 A>B P 1:101 win 502",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct step *step;

        snprintf(check_context, sizeof check_context, "%s", texts[i]);
        establish();
        step = line(texts[i]);
        CHECK_INT(path_end(&step->dst), STATE_ESTABLISHED);
        CHECK_TRUE(step->admission != ADMIT_FULL);
        step = line("+0.010 A>B PA 1:101 ack 1 win 502");
        CHECK_INT(step->phase, PHASE_ESTABLISHED);
        CHECK_SEQ(step->seq_expected, number(SIDE_A, 1));
        bench_end(&bench);
    }
    check_context[0] = '\0';
}

/* The SYN again in ESTABLISHED: an old duplicate, answered by a challenge ACK. RFC 5961 4.2. */
static void old_syn(void)
{
    const struct step *step;

    establish();
    (void)line("+0.001 A>B PA 1:101 ack 1 win 502");
    (void)line("+0.010 B>A A 1:1 ack 101 win 507");
    step = line("+0.010 A>B S 0:1 win 64240 <mss 1460, sackok, ws 7>");
    CHECK_UINT(step->conn->incarnation, 1);
    CHECK_INT(path_end(&step->dst), STATE_ESTABLISHED);
    step = line("+0.010 B>A A 1:1 ack 101 win 507");
    CHECK_UINT(step->handshake_step, 0);
    CHECK_INT(step->phase, PHASE_ESTABLISHED);
    bench_end(&bench);
}

int main(void)
{
    data();
    edge_never_recedes();
    hole();
    fin();
    old_fin_number();
    rst_classes();
    rst_at_a_boundary();
    impossible();
    old_syn();
    return check_status();
}
