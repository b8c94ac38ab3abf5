/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on TIME-WAIT and on tuples that are used again. The life before: the client's numbers end
 * at 102, the server's at 202; the client comes back. */
#include "one_step.h"

static struct former former;
static struct endpoint old[2];

static void begin_again(int64_t since_ns)
{
    begin();
    old[SIDE_A] = step.before[SIDE_A];
    old[SIDE_B] = step.before[SIDE_B];
    old[SIDE_A].snd.nxt = number_of(SIDE_A, 102);
    old[SIDE_A].nxt_frame = 7;
    memset(&step.before, 0, sizeof step.before);
    memset(&former, 0, sizeof former);
    former.sender = &old[SIDE_A];
    former.receiver = &old[SIDE_B];
    former.closed = true;
    former.closed_frame = 8;
    former.since_ns = since_ns;
    step.former = &former;
    step.dst.at[0] = STATE_LISTEN;
    conn.incarnation = 2;
    sends(SIDE_A, 102, 0, FLAG_SYN);
}

/* What waits, or FINDINGS. */
static enum finding_id waits(void)
{
    judge(&step, &limits_standard, fresh_docket(), &verdict);
    CHECK_UINT(verdict.count, 0);
    return docket.open == 1 ? (enum finding_id)docket.cases[0].finding.id : FINDINGS;
}

static void test_reuse(void)
{
    const int64_t second_ns = 1000000000;

    begin_again(60 * second_ns - 1);
    CHECK_UINT(waits(), FINDING_tw_reuse_risky);
    CHECK_UINT(docket.cases[0].finding.got, number_of(SIDE_A, 102).n);
    CHECK_UINT(docket.cases[0].finding.limit, number_of(SIDE_A, 102).n);
    CHECK_UINT(docket.cases[0].finding.limit_frame, 7);
    CHECK_UINT(docket.cases[0].finding.severity, SEVERITY_WARN);
    begin_again(60 * second_ns);
    CHECK_UINT(waits(), FINDINGS);
    begin_again(-1); /* times are not known */
    CHECK_UINT(waits(), FINDINGS);
    begin_again(second_ns);
    segment.seq = number_of(SIDE_A, 103);
    CHECK_UINT(waits(), FINDING_tw_reuse_ok);
    /* By the clock. */
    begin_again(second_ns);
    old[SIDE_A].ts_seen = true;
    old[SIDE_A].ts_high = 50;
    segment.options.count[OPTION_TS] = 1;
    segment.options.tsval = 50;
    CHECK_UINT(waits(), FINDING_tw_reuse_risky);
    segment.options.tsval = 51;
    CHECK_UINT(waits(), FINDING_tw_reuse_ok);
}

static void test_less_known(void)
{
    begin_again(1);
    old[SIDE_B].iss_exact = false;
    CHECK_UINT(waits(), FINDING_tw_reuse_risky);
    CHECK_UINT(docket.cases[0].finding.severity, SEVERITY_NOTE);
    old[SIDE_A].iss_exact = false;
    CHECK_UINT(waits(), FINDINGS);
    begin_again(1);
    former.one_way = true;
    CHECK_UINT(waits(), FINDINGS);
}

static void test_other_ends(void)
{
    begin_again(1);
    former.closed = false;
    CHECK_UINT(waits(), FINDINGS);
    former.half_closed = true;
    CHECK_UINT(waits(), FINDING_tw_reuse_after_half_close);
    former.half_closed = false;
    former.reset = true;
    RAISES(tw_reuse_after_rst, CHAT);
    CHECK_UINT(verdict.findings[0].limit_frame, 8);
}

static void test_same_isn(void)
{
    const int64_t second_ns = 1000000000;

    begin_again(second_ns + 1);
    segment.seq = number_of(SIDE_A, 0);
    segment.has_ip_id = true;
    segment.ip_id = 5;
    former.syn_ip_id = 6;
    RAISES(tw_same_isn, NOTE);
    former.syn_ip_id = 5;
    CHECK_UINT(waits(), FINDING_tw_reuse_risky);
    former.syn_ip_id = 6;
    former.since_ns = second_ns;
    CHECK_UINT(waits(), FINDING_tw_reuse_risky);
    former.since_ns = second_ns + 1;
    segment.seq = number_of(SIDE_A, 1);
    CHECK_UINT(waits(), FINDING_tw_reuse_risky);
}

static void test_short(void)
{
    begin_again(59999 * (int64_t)1000000);
    sends(SIDE_B, 5000, 0, FLAG_SYN | FLAG_ACK);
    former.sender = &old[SIDE_B];
    former.receiver = &old[SIDE_A];
    QUIET(); /* it had nothing to wait for */
    former.sender_waited = true;
    RAISES(tw_short, CHAT);
    CHECK_UINT(verdict.findings[0].got, 59999);
    CHECK_UINT(verdict.findings[0].limit, 60000);
    former.since_ns = 60000 * (int64_t)1000000;
    QUIET();
}

static void begin_waiting(void)
{
    begin();
    has_closed(SIDE_A, 102, 7, 202);
    has_closed(SIDE_B, 202, 6, 101);
    step.dst.at[0] = STATE_TIME_WAIT;
    step.knows_fin_acked = true;
}

static void test_unexpected(void)
{
    begin_waiting();
    sends(SIDE_A, 51, 50, FLAG_ACK);
    acks(202);
    RAISES(tw_unexpected, NOTE);
    CHECK_COMPARED(number_of(SIDE_A, 51), number_of(SIDE_A, 102), 7);
    step.knows_fin_acked = false;
    QUIET();
    step.knows_fin_acked = true;
    step.dst.at[0] = STATE_FIN_WAIT_2;
    QUIET();
    /* Late ACKs, up to the FIN of who waits. */
    begin_waiting();
    sends(SIDE_A, 102, 0, FLAG_ACK);
    acks(202);
    QUIET();
    acks(203);
    RAISES(fin_ack_beyond, ERROR);
    /* What is said of the data is enough. */
    sends(SIDE_A, 102, 10, FLAG_ACK);
    acks(202);
    RAISES(fin_data_after, ERROR);
    sends(SIDE_A, 101, 0, FLAG_ACK | FLAG_FIN);
    acks(202);
    RAISES(tw_fin_rexmit, CHAT);
}

static void test_stale(void)
{
    begin();
    step.stale = true;
    sends(SIDE_A, 101, 0, FLAG_ACK);
    acks(201);
    RAISES(tw_stale_segment, NOTE);
    CHECK_COMPARED(number_of(SIDE_A, 101), number_of(SIDE_A, 101), 4);
    acks(202);
    QUIET();
    segment.flags = FLAG_RST;
    RAISES(tw_stale_segment, NOTE);
    segment.seq = number_of(SIDE_A, 102);
    QUIET();
    segment.seq = number_of(SIDE_A, 0);
    RAISES(tw_stale_segment, NOTE);
    segment.seq = seq_sub(segment.seq, 1);
    QUIET();
}

int main(void)
{
    test_reuse();
    test_less_known();
    test_other_ends();
    test_same_isn();
    test_short();
    test_unexpected();
    test_stale();
    return check_status();
}
