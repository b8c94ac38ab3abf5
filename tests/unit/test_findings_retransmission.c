/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on what is sent again in vain: their limits, and what must be captured. The client's last 50
 * octets wait, sent first in frame 3. */
#include "one_step.h"

static struct repeats repeats;

static void begin_repetition(uint32_t count)
{
    begin();
    memset(&repeats, 0, sizeof repeats);
    repeats.is_repetition = true;
    repeats.first_frame = 3;
    repeats.count = count;
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 51);
    sends(SIDE_A, 51, 50, FLAG_ACK);
    acks(201);
    step.repeats = &repeats;
}

static void test_r1(void)
{
    begin_repetition(2);
    QUIET();
    begin_repetition(3);
    RAISES(rto_r1, NOTE);
    CHECK_UINT(verdict.findings[0].got, 3);
    CHECK_UINT(verdict.findings[0].limit, 3);
    CHECK_UINT(verdict.findings[0].limit_frame, 3);
    begin_repetition(4);
    QUIET();
}

static void test_r2(void)
{
    const int64_t second_ns = 1000000000;

    begin_repetition(9);
    repeats.waited_ns = 100 * second_ns - 1;
    QUIET();
    repeats.waited_ns = 100 * second_ns;
    repeats.waited_before_ns = 100 * second_ns - 1;
    RAISES(rto_r2, WARN);
    CHECK_UINT(verdict.findings[0].got, 100);
    CHECK_UINT(verdict.findings[0].limit, 100);
    repeats.count = 3; /* the more severe row is the one that is told */
    RAISES(rto_r2, WARN);
    repeats.count = 9;
    repeats.waited_before_ns = 100 * second_ns;
    QUIET();
    repeats.waited_before_ns = -1; /* times are not known */
    repeats.waited_ns = -1;
    QUIET();
}

static void test_backoff(void)
{
    begin_repetition(5);
    repeats.steady = 2;
    QUIET();
    repeats.steady = 3;
    RAISES(rto_no_backoff, CHAT);
    repeats.steady = 4;
    QUIET();
}

/* Silence is what these rules are about, so it does not shut the gate. */
static void test_gate(void)
{
    begin_repetition(3);
    step.evidence = EVIDENCE_ONE_WAY;
    RAISES(rto_r1, NOTE);
    step.before[SIDE_B].iss_exact = false;
    RAISES(rto_r1, CHAT);
    step.before[SIDE_B].seen = false;
    QUIET();
    begin_repetition(3);
    step.before[SIDE_A].iss_exact = false;
    QUIET();
}

static void test_keepalive(void)
{
    begin_repetition(0);
    repeats.is_repetition = false;
    repeats.is_keepalive = true;
    repeats.keepalives = 2;
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 101);
    sends(SIDE_A, 100, 0, FLAG_ACK);
    acks(201);
    QUIET();
    repeats.keepalives = 3;
    RAISES(ka_unanswered, NOTE);
    repeats.keepalives = 4;
    QUIET();
    repeats.keepalives = 3;
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 100);
    RAISES(ka_with_outstanding, CHAT);
    step.before[SIDE_A].fin_known = true; /* it is the FIN that waits */
    step.before[SIDE_A].fin_next = number_of(SIDE_A, 101);
    QUIET();
}

int main(void)
{
    test_r1();
    test_r2();
    test_backoff();
    test_gate();
    test_keepalive();
    return check_status();
}
