/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on closing. The client's FIN stands at 101 and ends at 102, in frame 7. */
#include "one_step.h"

static void begin_closing(void)
{
    begin();
    has_closed(SIDE_A, 102, 7, 201);
    step.phase = PHASE_TEARDOWN;
}

static void test_data_after(void)
{
    begin_closing();
    sends(SIDE_A, 102, 10, FLAG_ACK);
    RAISES(fin_data_after, ERROR);
    CHECK_COMPARED(number_of(SIDE_A, 112), number_of(SIDE_A, 101), 7);
    /* Even a single octet, and one that begins before the FIN. */
    sends(SIDE_A, 91, 11, FLAG_ACK);
    RAISES(fin_data_after, ERROR);
    CHECK_COMPARED(number_of(SIDE_A, 102), number_of(SIDE_A, 101), 7);
    /* Data before the FIN may be sent again. */
    sends(SIDE_A, 91, 10, FLAG_ACK);
    QUIET();
    sends(SIDE_A, 91, 10, FLAG_ACK | FLAG_FIN);
    QUIET();
    /* RFC 9293 3.8.4: a keepalive in the half-closed state carries an octet on the FIN's number. */
    sends(SIDE_A, 101, 1, FLAG_ACK);
    QUIET();
    sends(SIDE_A, 101, 2, FLAG_ACK);
    RAISES(fin_data_after, ERROR);
    /* The other end may go on. */
    sends(SIDE_B, 201, 500, FLAG_ACK);
    acks(102);
    QUIET();
    /* What a RST carries is no data of the stream. */
    sends(SIDE_A, 102, 14, FLAG_RST);
    RAISES(rst_with_data, CHAT);
}

static void test_data_after_less_known(void)
{
    begin_closing();
    sends(SIDE_A, 102, 10, FLAG_ACK);
    step.before[SIDE_A].fin_inferred = true;
    RAISES(fin_data_after, NOTE);
    step.before[SIDE_A].fin_inferred = false;
    step.before[SIDE_B].iss_exact = false;
    RAISES(fin_data_after, WARN);
    step.before[SIDE_A].iss_exact = false;
    QUIET();
    begin_closing();
    sends(SIDE_A, 102, 10, FLAG_ACK);
    step.evidence = EVIDENCE_ONE_WAY;
    QUIET();
}

static void test_ack_beyond(void)
{
    begin_closing();
    sends(SIDE_B, 201, 0, FLAG_ACK);
    acks(102);
    QUIET();
    acks(103);
    RAISES(fin_ack_beyond, ERROR);
    CHECK_COMPARED(number_of(SIDE_A, 103), number_of(SIDE_A, 102), 7);
    /* Octets in front of the FIN that the capture lacks are no excuse. */
    step.evidence = EVIDENCE_LOSSY;
    step.before[SIDE_A].has_hole = true;
    RAISES(fin_ack_beyond, ERROR);
    /* An inferred FIN may have been an uncaptured octet. */
    step.before[SIDE_A].fin_inferred = true;
    QUIET();
    /* Nothing is compared with an ACK field that the flag does not validate, or that a RST has. */
    begin_closing();
    sends(SIDE_B, 201, 0, FLAG_RST);
    acks(103);
    QUIET();
    /* An end that has not closed sets no limit here. */
    begin();
    sends(SIDE_B, 201, 0, FLAG_ACK);
    acks(103);
    QUIET();
}

static void test_moved(void)
{
    begin_closing();
    sends(SIDE_A, 102, 0, FLAG_ACK | FLAG_FIN);
    RAISES(fin_moved, WARN);
    CHECK_COMPARED(number_of(SIDE_A, 103), number_of(SIDE_A, 102), 7);
    sends(SIDE_A, 91, 0, FLAG_ACK | FLAG_FIN);
    RAISES(fin_moved, WARN);
    CHECK_COMPARED(number_of(SIDE_A, 92), number_of(SIDE_A, 102), 7);
    /* Sent again, alone or with data cut differently. */
    sends(SIDE_A, 101, 0, FLAG_ACK | FLAG_FIN);
    QUIET();
    sends(SIDE_A, 51, 50, FLAG_ACK | FLAG_FIN);
    QUIET();
    /* With new octets in front of it, those are what is wrong. */
    sends(SIDE_A, 102, 10, FLAG_ACK | FLAG_FIN);
    RAISES(fin_data_after, ERROR);
    step.before[SIDE_A].fin_inferred = true;
    sends(SIDE_A, 102, 0, FLAG_ACK | FLAG_FIN);
    RAISES(fin_moved, NOTE);
    /* The RST of the two counts. */
    step.before[SIDE_A].fin_inferred = false;
    sends(SIDE_A, 102, 0, FLAG_RST | FLAG_FIN);
    RAISES(hdr_fin_rst, NOTE);
}

static void test_simultaneous(void)
{
    /* Neither acknowledges the other. */
    begin_closing();
    sends(SIDE_B, 201, 0, FLAG_FIN);
    acks(101);
    RAISES(fin_simultaneous, CHAT);
    CHECK_COMPARED(number_of(SIDE_A, 101), number_of(SIDE_A, 102), 7);
    /* The three-segment close. */
    acks(102);
    QUIET();
    /* Told once. */
    acks(101);
    has_closed(SIDE_B, 202, 8, 101);
    QUIET();
    /* The captured order is wrong: the client's FIN already acknowledged this one. */
    begin_closing();
    has_closed(SIDE_A, 102, 7, 202);
    sends(SIDE_B, 201, 0, FLAG_FIN);
    acks(101);
    QUIET();
    /* The peer's FIN is known from an ACK alone. */
    begin_closing();
    step.before[SIDE_A].sent_fin = false;
    step.before[SIDE_A].fin_inferred = true;
    sends(SIDE_B, 201, 0, FLAG_FIN);
    acks(101);
    QUIET();
    /* The first of the two. */
    begin();
    sends(SIDE_B, 201, 0, FLAG_FIN);
    acks(101);
    QUIET();
}

static void test_seq_wrong(void)
{
    begin_closing();
    sends(SIDE_A, 102, 0, FLAG_ACK);
    QUIET();
    sends(SIDE_A, 103, 0, FLAG_ACK);
    RAISES(fin_seq_wrong, WARN);
    CHECK_COMPARED(number_of(SIDE_A, 103), number_of(SIDE_A, 102), 7);
    sends(SIDE_A, 100, 0, FLAG_ACK);
    QUIET();
    segment.options.count[OPTION_TS] = 1;
    segment.options.tsval = 50;
    step.before[SIDE_A].offered_ts = step.before[SIDE_B].offered_ts = true;
    step.before[SIDE_A].ts_seen = true;
    step.before[SIDE_A].ts_high = 50;
    QUIET();
    segment.options.tsval = 51;
    RAISES(fin_seq_wrong, NOTE);
    sends(SIDE_A, 101, 0, FLAG_ACK);
    QUIET();
}

static void test_urg_after(void)
{
    begin_closing();
    sends(SIDE_A, 91, 10, FLAG_ACK | FLAG_URG);
    segment.urgent = 11;
    QUIET();
    segment.urgent = 12;
    RAISES(fin_urg_after, NOTE);
    CHECK_COMPARED(number_of(SIDE_A, 103), number_of(SIDE_A, 102), 7);
}

static void test_storm(void)
{
    begin_closing();
    sends(SIDE_A, 101, 0, FLAG_ACK | FLAG_FIN);
    step.aftermath.burst = 9;
    step.aftermath.burst_before = 8;
    QUIET();
    step.aftermath.burst = 10;
    step.aftermath.burst_before = 9;
    RAISES(fin_storm, NOTE);
    CHECK_UINT(verdict.findings[0].got, 10);
    step.aftermath.burst_before = 10;
    QUIET();
}

/* The server has granted the client 50 octets in frame 6; what waits, or FINDINGS. */
static enum finding_id fin_at(uint32_t relative, bool fresh)
{
    begin();
    step.before[SIDE_A].edge_known = true;
    step.before[SIDE_A].snd.edge = number_of(SIDE_A, 151);
    step.before[SIDE_A].edge_frame = 6;
    step.before[SIDE_A].snd.contiguous = number_of(SIDE_A, relative);
    step.edge_fresh = fresh;
    sends(SIDE_A, relative, 0, FLAG_FIN);
    acks(201);
    judge(&step, &limits_standard, fresh_docket(), &verdict);
    CHECK_UINT(verdict.count, 0);
    return docket.open == 1 ? (enum finding_id)docket.cases[0].finding.id : FINDINGS;
}

static void test_fin_outside(void)
{
    CHECK_UINT(fin_at(151, true), FINDINGS);
    CHECK_UINT(fin_at(152, true), FINDING_fin_out_of_window);
    CHECK_UINT(docket.cases[0].finding.limit, number_of(SIDE_A, 151).n);
    CHECK_UINT(docket.cases[0].finding.limit_frame, 6);
    CHECK_UINT(docket.cases[0].finding.severity, SEVERITY_WARN);
    CHECK_UINT(fin_at(152, false), FINDINGS);
    begin();
    sends(SIDE_A, 99, 0, FLAG_FIN); /* it ends at 100, and 101 is acknowledged */
    acks(201);
    RAISES(fin_out_of_window, WARN);
    CHECK_COMPARED(number_of(SIDE_A, 100), number_of(SIDE_A, 101), 0);
    sends(SIDE_A, 100, 0, FLAG_FIN);
    acks(201);
    QUIET();
    sends(SIDE_A, 99, 0, FLAG_FIN);
    acks(201);
    step.before[SIDE_B].mptcp = true;
    QUIET();
}

int main(void)
{
    test_fin_outside();
    test_storm();
    test_seq_wrong();
    test_urg_after();
    test_data_after();
    test_data_after_less_known();
    test_ack_beyond();
    test_moved();
    test_simultaneous();
    return check_status();
}
