/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on windows and on the urgent pointer. */
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
    test_urgent();
    return check_status();
}
