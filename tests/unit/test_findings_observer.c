/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the capture lacks: told where the model noticed it, whatever the segment itself is worth. */
#include "one_step.h"

static void observes(unsigned what)
{
    begin();
    step.observed = (uint16_t)what;
}

static void test_each(void)
{
    observes(OBSERVED_ONE_WAY);
    RAISES(cap_oneway, CHAT);
    observes(OBSERVED_MISSED_SYN);
    RAISES(cap_missed_syn, CHAT);
    observes(OBSERVED_MISSED_SYNACK);
    RAISES(cap_missed_synack, CHAT);
    observes(OBSERVED_REORDER);
    RAISES(cap_reorder, CHAT);
    observes(OBSERVED_TIME_STEP);
    RAISES(cap_time_step, CHAT);
    observes(OBSERVED_DUPLICATE);
    RAISES(cap_duplicate, CHAT);
    observes(OBSERVED_MISSED_FIN);
    RAISES(cap_missed_fin, CHAT);
    CHECK_UINT(verdict.findings[0].got, segment.ack.n);
    CHECK_FALSE(verdict.findings[0].limit_known);
    observes(0);
    QUIET();
}

static void test_amounts(void)
{
    observes(OBSERVED_LOSS_ACKED);
    step.loss_octets = 4000;
    RAISES(cap_loss_acked, CHAT);
    CHECK_UINT(verdict.findings[0].got, 4000);
    CHECK_FALSE(verdict.findings[0].limit_known);
    observes(OBSERVED_OFFLOAD);
    step.before[SIDE_B].mss = 1460;
    sends(SIDE_A, 101, 2920, FLAG_ACK);
    RAISES(cap_offload, CHAT);
    CHECK_COMPARED(seq_of(2920), seq_of(1460), 2);
    observes(OBSERVED_TRUNCATED);
    sends(SIDE_A, 101, 1000, FLAG_ACK);
    segment.payload_captured = 34;
    RAISES(cap_truncated, CHAT);
    CHECK_COMPARED(seq_of(34), seq_of(1000), 0);
}

/* The model knows a second copy as such and drops it: that is what there is to tell. */
static void test_not_taken(void)
{
    static const enum admission not_taken[] = {ADMIT_DUPLICATE, ADMIT_BAD_SUM, ADMIT_IMPOSSIBLE,
                                               ADMIT_ALIEN};

    for (unsigned i = 0; i < sizeof not_taken / sizeof not_taken[0]; i++) {
        observes(OBSERVED_DUPLICATE);
        step.admission = not_taken[i];
        RAISES(cap_duplicate, CHAT);
        /* Nothing but the capture is spoken of. */
        step.observed = OBSERVED_RESYNC;
        segment.seq = number_of(SIDE_A, 9000000);
        QUIET();
        /* A life does not begin with what its ends drop. */
        step.observed = 0;
        step.before[SIDE_A].seen = step.before[SIDE_B].seen = false;
        QUIET();
    }
}

/* At most one of a prefix on a segment: what makes the model least sure. */
static void test_one_of_many(void)
{
    observes(OBSERVED_TRUNCATED | OBSERVED_OFFLOAD | OBSERVED_LOSS_ACKED | OBSERVED_MISSED_FIN);
    RAISES(cap_missed_fin, CHAT);
    step.before[SIDE_A].seen = step.before[SIDE_B].seen = false;
    RAISES(cap_midstream, CHAT);
}

/* The server's first data may cross the third segment; what acknowledges data cannot. */
static void test_third_missing(void)
{
    observes(OBSERVED_MISSED_ACK);
    step.before[SIDE_A].snd.nxt = step.before[SIDE_A].snd.una = number_of(SIDE_A, 1);
    step.before[SIDE_A].mss = 1000;
    sends(SIDE_B, 1, 100, FLAG_ACK);
    acks(1);
    QUIET();
    sends(SIDE_B, 9001, 999, FLAG_ACK);
    acks(1);
    QUIET();
    sends(SIDE_B, 9001, 1000, FLAG_ACK);
    acks(1);
    RAISES(cap_missed_ack, CHAT);
    sends(SIDE_B, 1, 0, FLAG_ACK);
    acks(2);
    RAISES(cap_missed_ack, CHAT);
}

/* Octets that cannot exist were not lost. */
static void test_loss_explained(void)
{
    observes(OBSERVED_LOSS_ACKED);
    has_closed(SIDE_A, 102, 7, 201);
    sends(SIDE_B, 201, 0, FLAG_ACK);
    acks(105);
    RAISES(fin_ack_beyond, ERROR);
}

static void test_resync(void)
{
    observes(OBSERVED_RESYNC);
    segment.seq = number_of(SIDE_A, 9000000);
    RAISES(state_resync, CHAT);
    CHECK_COMPARED(segment.seq, number_of(SIDE_A, 101), 4);
    segment.seq = number_of(SIDE_A, 101);
    segment.ack = number_of(SIDE_B, 9000000);
    RAISES(state_resync, CHAT);
    /* Who was taken for dead and goes on at its old numbers. */
    segment.ack = number_of(SIDE_B, 201);
    QUIET();
    segment.seq = number_of(SIDE_A, 101U - 65535U);
    QUIET();
    segment.seq = number_of(SIDE_A, 101U - 65536U);
    RAISES(state_resync, CHAT);
}

int main(void)
{
    test_each();
    test_amounts();
    test_not_taken();
    test_one_of_many();
    test_third_missing();
    test_loss_explained();
    test_resync();
    return check_status();
}
