/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history_apply() in the states before ESTABLISHED: CLOSED, LISTEN, SYN-SENT, SYN-RECEIVED. Whole
 * lives are told in tests/scenarios/stories; here stands what a step holds besides what is shown.
 */
#include "bench.h"
#include "check.h"

static struct bench bench;

static const struct step *line(const char *text)
{
    return bench_line(&bench, text);
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

/* CLOSED and LISTEN: the first SYN, with what it leaves in both endpoints. */
static void first_syn(uint32_t iss)
{
    const struct step *step;

    bench_start(&bench, iss);
    step = line("+0 A>B S 0:1 win 64240 <mss 1460, ws 7>");
    CHECK_TRUE(step->conn != NULL);
    CHECK_INT(step->admission, ADMIT_FULL);
    CHECK_UINT(step->conn->id, 1);
    CHECK_UINT(step->conn->incarnation, 1);
    CHECK_INT(step->conn->client, SIDE_A);
    CHECK_FALSE(step->conn->roles_inferred);
    CHECK_UINT(step->conn->syn_frame, 1);
    CHECK_UINT(step->conn->first_frame, 1);
    CHECK_TRUE(step->conn->base_known[SIDE_A]);
    CHECK_SEQ(step->conn->base[SIDE_A], seq_of(iss));
    CHECK_FALSE(step->before[SIDE_A].seen);
    CHECK_FALSE(step->before[SIDE_B].seen);
    CHECK_INT(step->src.at[0], STATE_CLOSED);
    CHECK_INT(path_end(&step->src), STATE_SYN_SENT);
    CHECK_INT(step->dst.at[0], STATE_LISTEN);
    CHECK_INT(path_end(&step->dst), STATE_SYN_RECEIVED);
    CHECK_UINT(bench.amendments, 0);

    step = line("+0.010 B>A SA 0:1 ack 1 win 65160 <mss 1460, ws 2>");
    CHECK_TRUE(step->before[SIDE_A].seen);
    CHECK_TRUE(step->before[SIDE_A].iss_exact);
    CHECK_TRUE(step->before[SIDE_A].sent_syn);
    CHECK_FALSE(step->before[SIDE_A].sent_past_syn);
    CHECK_TRUE(step->before[SIDE_A].nxt_known);
    CHECK_SEQ(step->before[SIDE_A].snd.iss, seq_of(iss));
    CHECK_SEQ(step->before[SIDE_A].snd.nxt, seq_of(iss + 1));
    /* RFC 9293 3.10.1: an active OPEN begins with SND.UNA = ISS. */
    CHECK_SEQ(step->before[SIDE_A].snd.una, seq_of(iss));
    CHECK_UINT(step->before[SIDE_A].una_frame, 0);
    CHECK_TRUE(step->before[SIDE_A].offered_ws);
    CHECK_FALSE(step->before[SIDE_A].offered_ts);
    CHECK_UINT(step->conn->synack_frame, 2);
    CHECK_TRUE(amended(0, AMEND_ACKED_IN, 2));

    step = line("+0.001 A>B A 1:1 ack 1 win 500");
    CHECK_TRUE(step->before[SIDE_A].scale_known);
    CHECK_UINT(step->before[SIDE_A].scale, 7);
    CHECK_UINT(step->before[SIDE_B].scale, 2);
    CHECK_SEQ(step->before[SIDE_A].snd.una, seq_of(iss + 1));
    CHECK_UINT(step->before[SIDE_A].una_frame, 2);
    CHECK_UINT(step->conn->established_frame, 3);
    CHECK_INT(step->conn->handshake_rtt_ns, 11000000);
    CHECK_TRUE(amended(1, AMEND_ACKED_IN, 3));
    bench_end(&bench);
}

/* Scaling is in force only where both SYNs offered it: RFC 7323 2.2. */
static void scale_needs_both(void)
{
    const struct step *step;

    bench_start(&bench, 0);
    (void)line("+0 A>B S 0:1 win 64240 <mss 1460, ws 7>");
    (void)line("+0.010 B>A SA 0:1 ack 1 win 65160 <mss 1460>");
    (void)line("+0.001 A>B A 1:1 ack 1 win 500");
    step = line("+0.001 B>A PA 1:101 ack 1 win 500");
    CHECK_TRUE(step->window_known);
    /* 65160 on the SYN-ACK is B's grant to A; A's grants to B: 64240 on its SYN, 500 unscaled. */
    CHECK_UINT(step->before[SIDE_A].scale, 0);
    CHECK_UINT(step->before[SIDE_B].snd.wnd, 500);
    CHECK_SEQ(step->window_right, seq_of(bench.wire.iss[SIDE_B] + 64241));
    bench_end(&bench);
}

/* A shift above 14 means 14: RFC 7323 2.3. */
static void scale_has_a_limit(void)
{
    const struct step *step;

    bench_start(&bench, 0);
    (void)line("+0 A>B S 0:1 win 64240 <mss 1460, ws 200>");
    (void)line("+0.010 B>A SA 0:1 ack 1 win 65160 <mss 1460, ws 14>");
    (void)line("+0.001 A>B A 1:1 ack 1 win 1000");
    step = line("+0.001 B>A PA 1:101 ack 1 win 500");
    CHECK_UINT(step->before[SIDE_B].snd.wnd, 1000U << 14);
    bench_end(&bench);
}

/* SYN-SENT: a refusal takes back what the SYN had seemed to do. */
static void refused(void)
{
    const struct step *step;

    bench_start(&bench, 0xffffffffU);
    (void)line("+0 A>B S 0:1 win 64240 <mss 1460>");
    step = line("+0.010 B>A RA =0:0 ack 1 win 0");
    CHECK_INT(step->phase, PHASE_REFUSED);
    CHECK_INT(step->rst_class, RST_SYNSENT_OK);
    CHECK_TRUE(step->rst_decisive);
    CHECK_TRUE(amended(0, AMEND_DST_BEFORE, STATE_CLOSED));
    CHECK_TRUE(amended(0, AMEND_DST_STATE, STATE_CLOSED));
    CHECK_UINT(step->conn->closed_frame, 2);
    bench_end(&bench);
}

/* SYN-SENT: RFC 9293 3.10.7.3 steps 1, 2 and 5. None of these moves it. */
static void syn_sent_ignores(void)
{
    static const char *const texts[] = {
        "+0.010 B>A R =0:0 win 0",          /* a RST without ACK */
        "+0.010 B>A RA =0:0 ack 2 win 0",   /* acknowledges what was never sent */
        "+0.010 B>A RA =0:0 ack 0 win 0",   /* acknowledges not even the SYN */
        "+0.010 B>A A 700:700 ack 1 win 9", /* neither SYN nor RST */
        "+0.010 B>A SA 0:1 ack 2 win 9",    /* a SYN-ACK of another SYN */
        "+0.010 B>A SA 0:1 ack 0 win 9",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct step *step;

        snprintf(check_context, sizeof check_context, "%s", texts[i]);
        bench_start(&bench, 0);
        (void)line("+0 A>B S 0:1 win 64240 <mss 1460>");
        step = line(texts[i]);
        CHECK_INT(path_end(&step->dst), STATE_SYN_SENT);
        CHECK_INT(step->phase, PHASE_HANDSHAKE);
        step = line("+1 A>B S 0:1 win 64240 <mss 1460>");
        CHECK_INT(path_end(&step->src), STATE_SYN_SENT);
        bench_end(&bench);
    }
    check_context[0] = '\0';
}

/* SYN-RECEIVED: an ACK of something never sent does not establish. RFC 9293 3.10.7.4 step 5. */
static void syn_received_wants_its_ack(void)
{
    const struct step *step;

    bench_start(&bench, 0x7fffffffU);
    (void)line("+0 A>B S 0:1 win 64240 <mss 1460>");
    (void)line("+0.010 B>A SA 0:1 ack 1 win 65160 <mss 1460>");
    step = line("+0.001 A>B A 1:1 ack 9000 win 64240");
    CHECK_INT(path_end(&step->dst), STATE_SYN_RECEIVED);
    CHECK_UINT(step->handshake_step, 0);
    CHECK_UINT(step->conn->established_frame, 0);
    step = line("+0.001 A>B A 1:1 ack 1 win 64240");
    CHECK_INT(path_end(&step->dst), STATE_ESTABLISHED);
    CHECK_UINT(step->handshake_step, 3);
    CHECK_UINT(step->conn->established_frame, 4);
    bench_end(&bench);
}

/* A SYN with another ISS before anything answered: a life of its own, the older SYN kept in mind.
 */
static void another_syn(void)
{
    const struct step *step;

    bench_start(&bench, 0);
    (void)line("+0 A>B S 0:1 win 64240 <mss 1460>");
    step = line("+1 A>B S 500000:500001 win 64240 <mss 1460>");
    CHECK_UINT(step->conn->incarnation, 2);
    CHECK_UINT(step->conn->id, 2);
    /* A SYN-ACK for the older one stays with it; A, which opens anew, answers it with a RST and
     * does not move: RFC 9293 3.5 Figure 8, 3.10.7.3 step 1. */
    step = line("+0.010 B>A SA 0:1 ack 1 win 65160 <mss 1460>");
    CHECK_UINT(step->conn->incarnation, 1);
    CHECK_INT(path_end(&step->dst), STATE_SYN_SENT);
    step = line("+0.010 B>A SA 7000:7001 ack 500001 win 65160 <mss 1460>");
    CHECK_UINT(step->conn->incarnation, 2);
    CHECK_INT(path_end(&step->dst), STATE_ESTABLISHED);
    bench_end(&bench);
}

int main(void)
{
    first_syn(0);
    first_syn(0x7fffffffU);
    first_syn(0xffffffffU);
    scale_needs_both();
    scale_has_a_limit();
    refused();
    syn_sent_ignores();
    syn_received_wants_its_ack();
    another_syn();
    return check_status();
}
