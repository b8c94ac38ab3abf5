/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timestamps that go back. The client has used 5000, the server keeps 5000 as TS.Recent; a round
 * trip takes 40 ms, and slow ones 80. RFC 7323 4.3, 5.3, 5.4. */
#include "one_step.h"

static void begin_times(uint32_t tsval, uint32_t first, uint32_t payload)
{
    begin();
    for (unsigned side = SIDE_A; side <= SIDE_B; side++) {
        struct endpoint *end = &step.before[side];
        end->offered_ts = true;
        end->turnaround_ns = 20000000;
        end->turnaround_late_ns = 40000000;
    }
    step.before[SIDE_A].ts_seen = true;
    step.before[SIDE_A].ts_high = 5000;
    step.before[SIDE_B].ts_recent_known = true;
    step.before[SIDE_B].ts_recent = 5000;
    sends(SIDE_A, first, payload, FLAG_ACK);
    acks(201);
    segment.options.count[OPTION_TS] = 1;
    segment.options.tsval = tsval;
}

static void test_new_data(void)
{
    begin_times(5000, 101, 10);
    QUIET();
    begin_times(4999, 101, 10);
    QUIET();
    /* On a path that changes the order, what is a usual round trip old may come late, … */
    begin_times(4998, 101, 10);
    RAISES(ts_regress_newdata, NOTE);
    begin_times(4800, 101, 10);
    RAISES(ts_regress_newdata, NOTE);
    begin_times(4799, 101, 10);
    RAISES(ts_regress_newdata, WARN);
    CHECK_COMPARED(seq_of(4799), seq_of(5000), 0);
    /* … or a long one where that is known. */
    step.before[SIDE_B].turnaround_late_ns = 161000000;
    RAISES(ts_regress_newdata, NOTE);
    begin_times(4799, 111, 10);
    RAISES(ts_regress_newdata, WARN);
    step.before[SIDE_B].iss_exact = false;
    RAISES(ts_regress_newdata, NOTE);
}

static void test_old_data(void)
{
    begin_times(4000, 50, 51);
    RAISES(ts_paws, NOTE);
    CHECK_COMPARED(seq_of(4000), seq_of(5000), 0);
    /* A last octet that is not acknowledged makes it more than a copy. */
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 100);
    RAISES(ts_paws, WARN);
    segment.options.tsval = 4800;
    RAISES(ts_paws, NOTE);
    segment.options.tsval = 4999;
    QUIET();
    /* A pure ACK carries nothing that could be lost. */
    begin_times(4799, 101, 0);
    RAISES(ts_paws, NOTE);
    segment.options.tsval = 4800;
    QUIET();
    /* Not the highest counts, but what the receiver keeps. */
    begin_times(4000, 50, 51);
    step.before[SIDE_B].ts_recent = 4000;
    QUIET();
    step.before[SIDE_B].ts_recent_known = false;
    QUIET();
}

/* The preference tcpstate.ts_paws_limit. */
static void test_limit(void)
{
    struct limits limits = limits_standard;

    begin_times(4000, 50, 51);
    limits.ts_paws_limit = 1000;
    judge(&step, &limits, fresh_docket(), &verdict);
    CHECK_UINT(verdict.count, 0);
    limits.ts_paws_limit = 999;
    judge(&step, &limits, fresh_docket(), &verdict);
    CHECK_UINT(verdict.count, 1);
    CHECK_UINT(limits_standard.msl_seconds, 30);
    CHECK_UINT(limits_standard.ts_paws_limit, 1);
    /* Each threshold is found by its row. */
    const struct limit_row *row = limit_rows;
    while (row->id != NULL && strcmp(row->id, "ts_paws") != 0)
        row++;
    CHECK_STR(row->name, "ts_paws_limit");
    CHECK_STR(row->title, "Limit of ts_paws (ticks)");
    CHECK_UINT(*limit_of(&limits, row), 999);
}

static void test_round_trip_unknown(void)
{
    begin_times(4800, 101, 10);
    step.before[SIDE_B].turnaround_ns = -1;
    RAISES(ts_regress_newdata, NOTE);
    segment.options.tsval = 4799;
    RAISES(ts_regress_newdata, WARN);
}

static void test_exempt(void)
{
    begin_times(4000, 101, 0);
    sends(SIDE_A, 101, 0, FLAG_RST);
    segment.options.count[OPTION_TS] = 1;
    QUIET();
    begin_times(4000, 101, 10);
    step.before[SIDE_B].offered_ts = false;
    RAISES(ts_unnegotiated, NOTE);
    step.before[SIDE_B].offered_ts = true;
    step.before[SIDE_A].options_known = false;
    QUIET();
}

int main(void)
{
    test_new_data();
    test_old_data();
    test_limit();
    test_round_trip_unknown();
    test_exempt();
    return check_status();
}
