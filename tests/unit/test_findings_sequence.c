/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on windows, on numbers that go back, and on the urgent pointer. */
#include "one_step.h"

/* The server has granted the client 100 octets in frame 6, and closed its window since. */
static void begin_closed_window(void)
{
    begin();
    step.before[SIDE_A].edge_known = true;
    step.before[SIDE_A].snd.edge = number_of(SIDE_A, 101);
    step.before[SIDE_A].edge_frame = 6;
    step.edge_fresh = true;
    sends(SIDE_A, 101, 10, FLAG_ACK);
    acks(201);
}

static void test_zero_window(void)
{
    begin_closed_window();
    RAISES(seq_into_zero_window, NOTE);
    CHECK_COMPARED(number_of(SIDE_A, 111), number_of(SIDE_A, 101), 6);
    sends(SIDE_A, 101, 2, FLAG_ACK);
    RAISES(seq_into_zero_window, NOTE);
    /* A probe. */
    sends(SIDE_A, 101, 1, FLAG_ACK);
    QUIET();
}

static void test_zero_window_innocent(void)
{
    begin_closed_window();
    step.edge_fresh = false;
    QUIET();
    begin_closed_window();
    step.before[SIDE_B].mptcp = true;
    QUIET();
    begin_closed_window();
    step.before[SIDE_A].scale_known = false;
    QUIET();
    begin_closed_window();
    sends(SIDE_A, 91, 10, FLAG_ACK); /* sent before the window closed, and again */
    QUIET();
    begin_closed_window();
    sends(SIDE_A, 101, 14, FLAG_RST); /* no data of the stream */
    RAISES(rst_with_data, CHAT);
}

static void test_seq_below_iss(void)
{
    begin();
    sends(SIDE_A, 0, 1, FLAG_ACK); /* a keepalive on the SYN's number */
    QUIET();
    segment.seq = seq_sub(number_of(SIDE_A, 0), 1);
    RAISES(seq_below_iss, WARN);
    CHECK_COMPARED(seq_sub(number_of(SIDE_A, 0), 1), number_of(SIDE_A, 0), 1);
    /* Far below it may as well be above, come round. */
    conn.octets[SIDE_A] = (1U << 30) - 1;
    RAISES(seq_below_iss, WARN);
    conn.octets[SIDE_A]++;
    QUIET();
    conn.octets[SIDE_A] = 0;
    /* The peer took another SYN-ACK than the first. */
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 0);
    QUIET();
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 101);
    step.observed = OBSERVED_RESYNC;
    QUIET();
    step.observed = 0;
    step.before[SIDE_A].iss_exact = false;
    QUIET();
}

static void test_ack_below_iss(void)
{
    begin();
    acks(1); /* the SYN-ACK's own number, once more */
    QUIET();
    acks(0);
    RAISES(ack_below_iss, WARN);
    CHECK_COMPARED(number_of(SIDE_B, 0), number_of(SIDE_B, 1), 2);
    segment.flags = FLAG_ACK | FLAG_RST;
    RAISES(ack_below_iss, WARN);
    segment.ack = seq_of(0); /* an abort that fills in nothing */
    step.before[SIDE_B].snd.iss = seq_of(20);
    step.before[SIDE_B].snd.nxt = step.before[SIDE_B].snd.una = seq_of(40);
    RAISES(rst_ack_zero, CHAT);
    segment.ack = seq_of(1);
    RAISES(ack_below_iss, WARN);
    /* What does not acknowledge has no number that could be wrong. */
    segment.flags = FLAG_RST;
    QUIET();
    segment.flags = FLAG_ACK;
    RAISES(ack_below_iss, WARN);
    step.dst.at[0] = STATE_SYN_SENT;
    QUIET();
}

static void begin_regress(void)
{
    begin();
    step.before[SIDE_B].una_frame = 7;
    sends(SIDE_A, 101, 10, FLAG_ACK);
    acks(200);
}

static void test_regress(void)
{
    begin_regress();
    RAISES(ack_regress_newdata, WARN);
    CHECK_COMPARED(number_of(SIDE_B, 200), number_of(SIDE_B, 201), 7);
    acks(201);
    QUIET();
    /* Not exactly where it goes on: it may have been overtaken, or others are missing. */
    begin_regress();
    segment.seq = number_of(SIDE_A, 100);
    QUIET();
    segment.seq = number_of(SIDE_A, 102);
    QUIET();
    /* A pure ACK may have been overtaken by one. */
    begin_regress();
    sends(SIDE_A, 101, 0, FLAG_ACK);
    QUIET();
    begin_regress();
    step.before[SIDE_B].mptcp = true;
    QUIET();
    /* What it acknowledged before was more than the peer had sent. */
    begin_regress();
    step.before[SIDE_B].snd.nxt = number_of(SIDE_B, 200);
    QUIET();
}

static void test_regress_of_times(void)
{
    begin_regress();
    segment.options.count[OPTION_TS] = 1;
    segment.options.tsval = 5000;
    step.before[SIDE_A].offered_ts = step.before[SIDE_B].offered_ts = true;
    step.before[SIDE_A].ts_seen = true;
    step.before[SIDE_A].ts_high = 5000;
    RAISES(ack_regress_newdata, WARN);
    step.before[SIDE_A].ts_high = 5001;
    QUIET();
}

static void begin_urgent(void)
{
    begin();
    step.before[SIDE_A].urg_known = true;
    step.before[SIDE_A].urg_high = number_of(SIDE_A, 301);
    sends(SIDE_A, 101, 10, FLAG_ACK | FLAG_URG);
    segment.urgent = 199;
}

static void test_urgent(void)
{
    begin_urgent();
    RAISES(hdr_urg_recede, NOTE);
    CHECK_COMPARED(number_of(SIDE_A, 300), number_of(SIDE_A, 301), 0);
    segment.urgent = 200;
    QUIET();
    /* What lies below is sent again. */
    begin_urgent();
    segment.seq = number_of(SIDE_A, 100);
    QUIET();
    /* Everything urgent was sent: a new pointer is a new call. */
    begin_urgent();
    step.before[SIDE_A].urg_high = number_of(SIDE_A, 100);
    segment.urgent = 1;
    QUIET();
    begin_urgent();
    step.before[SIDE_A].iss_exact = false;
    QUIET();
    begin_urgent();
    step.admission = ADMIT_ALIEN;
    QUIET();
}

int main(void)
{
    test_zero_window();
    test_zero_window_innocent();
    test_seq_below_iss();
    test_ack_below_iss();
    test_regress();
    test_regress_of_times();
    test_urgent();
    return check_status();
}
