/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on RSTs and on the ACK that answers a doubtful one. The client sends; the server's window
 * for it ends at 30101, granted in frame 6. */
#include "one_step.h"

static void begin_reset(enum rst_class rst_class, uint32_t at, unsigned flags)
{
    begin();
    for (unsigned side = SIDE_A; side <= SIDE_B; side++) {
        struct endpoint *end = &step.before[side];
        end->edge_known = true;
        end->snd.edge = seq_add(end->snd.nxt, 30000);
        end->edge_frame = 6;
        end->una_frame = 5;
    }
    step.edge_fresh = true;
    step.rst_class = rst_class;
    sends(SIDE_A, at, 0, flags);
}

/* The sender itself must show that the RST was not its own. Until then it is worth a note. */
static void waits(const char *file, int line, enum finding_id id, enum severity severity)
{
    judge(&step, &limits_standard, fresh_docket(), &verdict);
    if (!check_uint(file, line, "number of findings", verdict.count, 1))
        return;
    check_uint(file, line, "finding meanwhile", verdict.findings[0].id, id);
    check_str(file, line, "severity meanwhile",
              severity_name((enum severity)verdict.findings[0].severity), "note");
    check_uint(file, line, "meanwhile", verdict.findings[0].meanwhile, true);
    if (!check_uint(file, line, "number of cases", docket.open, 1))
        return;
    check_uint(file, line, "finding", docket.cases[0].finding.id, id);
    check_str(file, line, "severity",
              severity_name((enum severity)docket.cases[0].finding.severity),
              severity_name(severity));
}

#define WAITS(id, severity) waits(__FILE__, __LINE__, FINDING_##id, SEVERITY_##severity)

static void test_in_window(void)
{
    begin_reset(RST_IN_WINDOW, 301, FLAG_RST);
    WAITS(rst_in_window, WARN);
    CHECK_UINT(docket.cases[0].finding.got, number_of(SIDE_A, 301).n);
    CHECK_UINT(docket.cases[0].finding.limit, number_of(SIDE_A, 101).n);
    CHECK_UINT(docket.cases[0].finding.limit_frame, 4);
    /* Octets before it may be lost: with the right acknowledgment it may be the end's own. */
    acks(201);
    WAITS(rst_in_window, NOTE);
    acks(200);
    WAITS(rst_in_window, WARN);
    /* So it may where segments overtake each other, or are missing. */
    step.disordered = true;
    WAITS(rst_in_window, NOTE);
    step.disordered = false;
    step.evidence = EVIDENCE_LOSSY;
    WAITS(rst_in_window, NOTE);
    step.evidence = EVIDENCE_FULL;
    WAITS(rst_in_window, WARN);
    /* Up to what was sent no octet can be lost behind it. */
    step.before[SIDE_A].snd.nxt = number_of(SIDE_A, 301);
    WAITS(rst_in_window, WARN);
    step.before[SIDE_A].snd.nxt = number_of(SIDE_A, 302);
    RAISES(rst_in_window, WARN);
    acks(201);
    RAISES(rst_in_window, WARN);
    /* Nobody is there any more. */
    step.dst.at[0] = STATE_CLOSED;
    QUIET();
}

static void test_in_window_less_known(void)
{
    begin_reset(RST_IN_WINDOW, 301, FLAG_RST);
    step.before[SIDE_B].iss_exact = false;
    WAITS(rst_in_window, NOTE);
    step.before[SIDE_A].iss_exact = false;
    QUIET();
    begin_reset(RST_EXACT, 101, FLAG_RST);
    QUIET();
    begin_reset(RST_UNKNOWN, 301, FLAG_RST);
    QUIET();
    begin_reset(RST_CLOSED_REPLY, 301, FLAG_RST);
    RAISES(rst_closed_reply, CHAT);
}

/* What the sender does next; 4 ms are more than the capture's order may be wrong. */
static void goes_on(unsigned flags, enum rst_class rst_class, unsigned proved, unsigned open)
{
    begin_reset(RST_IN_WINDOW, 301, FLAG_RST);
    segment.has_time = true;
    judge(&step, &limits_standard, fresh_docket(), &verdict);
    segment.time_ns += 4000000;
    step.rst_class = rst_class;
    sends(SIDE_A, 101, 0, flags);
    judge(&step, &limits_standard, &docket, &verdict);
    CHECK_UINT(docket.open, open);
    unsigned told = 0;
    for (unsigned i = 0; i < verdict.count; i++)
        told += verdict.findings[i].id == FINDING_rst_in_window;
    CHECK_UINT(told, proved);
}

static void test_in_window_proof(void)
{
    goes_on(FLAG_ACK, RST_NONE, 1, 0);
    goes_on(FLAG_RST, RST_EXACT, 0, 0);
    goes_on(FLAG_RST, RST_OUT_OF_WINDOW, 0, 1);
}

static void test_above_window(void)
{
    begin_reset(RST_OUT_OF_WINDOW, 30101, FLAG_RST);
    RAISES(rst_out_of_window, WARN);
    CHECK_COMPARED(number_of(SIDE_A, 30101), number_of(SIDE_A, 30101), 6);
    /* The window may have grown unseen, or be another's. */
    step.edge_fresh = false;
    QUIET();
    step.edge_fresh = true;
    step.before[SIDE_B].mptcp = true;
    QUIET();
    step.before[SIDE_B].mptcp = false;
    step.before[SIDE_A].has_hole = true;
    QUIET();
}

static void test_below_window(void)
{
    begin_reset(RST_OUT_OF_WINDOW, 100, FLAG_RST | FLAG_ACK);
    RAISES(rst_out_of_window, WARN);
    CHECK_COMPARED(number_of(SIDE_A, 100), number_of(SIDE_A, 101), 5);
    /* How far the window reaches does not matter here. */
    step.edge_fresh = false;
    step.before[SIDE_A].mptcp = true;
    RAISES(rst_out_of_window, WARN);
    /* Without ACK it has the number of what it answers. */
    sends(SIDE_A, 100, 0, FLAG_RST);
    QUIET();
}

static void test_syn_sent(void)
{
    begin();
    open_endpoint(SIDE_B, 0, 2, 2);
    step.rst_class = RST_SYNSENT_BAD;
    step.dst.at[0] = STATE_SYN_SENT;
    sends(SIDE_A, 0, 0, FLAG_RST);
    acks(0);
    RAISES(rst_synsent_unacceptable, WARN);
    CHECK_COMPARED(number_of(SIDE_B, 0), number_of(SIDE_B, 1), 2);
    /* Without the flag there is nothing to compare. */
    sends(SIDE_A, 0, 0, FLAG_RST);
    segment.seq = seq_of(0);
    RAISES(rst_synsent_unacceptable, WARN);
    CHECK_FALSE(verdict.findings[0].limit_known);
    /* With a number of its own it had answered the SYN before: its SYN-ACK may be lost. */
    segment.seq = seq_of(77);
    RAISES(rst_synsent_unacceptable, NOTE);
    step.before[SIDE_B].iss_exact = false;
    QUIET();
}

static void test_challenge(void)
{
    begin();
    step.answers_challenge = true;
    step.challenge_frame = 8;
    RAISES(rst_challenge_ack, CHAT);
    CHECK_UINT(verdict.findings[0].limit_frame, 8);
    step.answers_challenge = false;
    QUIET();
}

static void test_bad_ack(void)
{
    begin_reset(RST_EXACT, 101, FLAG_RST | FLAG_ACK);
    step.before[SIDE_B].snd.mwnd = 50;
    acks(30202); /* the edge is 30201, and a FIN may stand on it */
    QUIET();
    acks(30203);
    RAISES(rst_bad_ack, NOTE);
    CHECK_COMPARED(number_of(SIDE_B, 30203), number_of(SIDE_B, 30201), 6);
    acks(151);
    QUIET();
    acks(150);
    RAISES(rst_bad_ack, NOTE);
    CHECK_COMPARED(number_of(SIDE_B, 150), number_of(SIDE_B, 151), 5);
    step.before[SIDE_A].has_hole = true;
    QUIET();
}

static void test_after_close(void)
{
    begin_reset(RST_UNKNOWN, 102, FLAG_RST);
    has_closed(SIDE_A, 102, 7, 201);
    has_closed(SIDE_B, 202, 8, 102);
    step.dst.at[0] = STATE_LAST_ACK;
    QUIET(); /* its FIN is not acknowledged yet */
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 102);
    RAISES(rst_after_close, CHAT);
    CHECK_COMPARED(number_of(SIDE_A, 102), number_of(SIDE_A, 102), 7);
    step.rst_class = RST_EXACT;
    step.dst.at[0] = STATE_TIME_WAIT;
    RAISES(rst_after_close, CHAT);
    step.knows_fin_acked = true;
    RAISES(tw_assassination, NOTE);
    step.dst.at[0] = STATE_LAST_ACK;
    RAISES(rst_after_close, CHAT);
    step.before[SIDE_B].fin_known = false;
    QUIET();
}

static void test_reply_shapes(void)
{
    begin_reset(RST_CLOSED_REPLY, 90, FLAG_RST);
    RAISES(rst_closed_reply, CHAT);
    begin_reset(RST_EXACT, 101, FLAG_RST);
    step.confirmed_frame = 8;
    RAISES(rst_after_challenge, CHAT);
    begin_reset(RST_EXACT, 101, FLAG_RST | FLAG_ACK);
    segment.ack = seq_of(0);
    RAISES(rst_ack_zero, CHAT);
    step.before[SIDE_B].snd.iss = seq_of(0xffffffffU);
    QUIET();
}

static void test_data_lost(void)
{
    begin_reset(RST_EXACT, 101, FLAG_RST);
    step.before[SIDE_B].snd.nxt = number_of(SIDE_B, 202);
    QUIET(); /* nothing that it could have got by then */
    step.aftermath.answered_frame = 8;
    RAISES(rst_data_lost, NOTE);
    CHECK_UINT(verdict.findings[0].got, 1);
    CHECK_UINT(verdict.findings[0].limit_frame, 8);
    /* That one number is a FIN. */
    has_closed(SIDE_B, 202, 8, 101);
    QUIET();
    /* … or a SYN. */
    begin_reset(RST_EXACT, 101, FLAG_RST);
    step.aftermath.answered_frame = 8;
    step.before[SIDE_B].snd.nxt = number_of(SIDE_B, 1);
    step.before[SIDE_B].snd.una = number_of(SIDE_B, 0);
    QUIET();
    /* All is acknowledged. */
    step.before[SIDE_B].snd.una = number_of(SIDE_B, 1);
    QUIET();
}

static void test_bad_reply_shape(void)
{
    begin_reset(RST_IN_WINDOW, 1561, FLAG_RST);
    step.src_before = STATE_CLOSED;
    step.dst.at[0] = STATE_CLOSED;
    QUIET(); /* nobody asked */
    step.aftermath.may_answer = true;
    RAISES(rst_bad_reply_shape, NOTE);
    CHECK_COMPARED(number_of(SIDE_A, 1561), number_of(SIDE_A, 101), 5);
    step.src_before = STATE_ESTABLISHED;
    QUIET();
    step.src_before = STATE_CLOSED;
    step.rst_class = RST_CLOSED_REPLY;
    RAISES(rst_closed_reply, CHAT);
    /* The number of something older: below, or 0 with ACK. */
    begin_reset(RST_OUT_OF_WINDOW, 100, FLAG_RST);
    step.src_before = STATE_CLOSED;
    step.dst.at[0] = STATE_CLOSED;
    step.aftermath.may_answer = true;
    QUIET();
    acks(201);
    RAISES(rst_bad_reply_shape, NOTE);
    segment.seq = seq_of(0);
    QUIET();
}

static void test_storm(void)
{
    begin_reset(RST_EXACT, 101, FLAG_RST);
    step.aftermath.burst = 9;
    step.aftermath.burst_before = 8;
    QUIET();
    step.aftermath.burst = 10;
    step.aftermath.burst_before = 9;
    RAISES(rst_storm, NOTE);
    CHECK_UINT(verdict.findings[0].got, 10);
    CHECK_UINT(verdict.findings[0].limit, 10);
    step.aftermath.burst = 11;
    step.aftermath.burst_before = 10;
    QUIET();
}

static void test_alive(void)
{
    begin_reset(RST_NONE, 101, FLAG_ACK);
    segment.payload_len = segment.len = 10;
    step.aftermath.outlived_frame = 8;
    step.aftermath.outlived_seq = number_of(SIDE_A, 101);
    RAISES(rst_sender_alive, WARN);
    CHECK_COMPARED(number_of(SIDE_A, 111), number_of(SIDE_A, 101), 8);
    step.aftermath.outlived_frame = 0;
    step.aftermath.unheard_frame = 7;
    RAISES(rst_receiver_alive, NOTE);
    CHECK_UINT(verdict.findings[0].limit_frame, 7);
    step.before[SIDE_B].iss_exact = false;
    RAISES(rst_receiver_alive, CHAT);
    step.before[SIDE_A].iss_exact = false;
    QUIET();
}

int main(void)
{
    test_data_lost();
    test_bad_reply_shape();
    test_storm();
    test_alive();
    test_bad_ack();
    test_after_close();
    test_reply_shapes();
    test_in_window();
    test_in_window_less_known();
    test_in_window_proof();
    test_above_window();
    test_below_window();
    test_syn_sent();
    test_challenge();
    return check_status();
}
