/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on the handshake, on RSTs, timestamps and the capture's begin. */
#include "one_step.h"

/* After SYN and SYN-ACK; the client's third segment is under test. */
static void begin_third(void)
{
    begin();
    open_endpoint(SIDE_A, 0, 1, 1);
    open_endpoint(SIDE_B, 0, 2, 2);
    step.before[SIDE_A].sent_past_syn = false;
    step.before[SIDE_B].sent_past_syn = false;
    step.phase = PHASE_HANDSHAKE;
    step.dst.at[0] = STATE_SYN_RECEIVED;
    sends(SIDE_A, 1, 0, 0);
    acks(1);
}

static void test_final_ack(void)
{
    begin_third();
    QUIET();
    acks(5001);
    RAISES(hs_final_ack_bad_ack, WARN);
    CHECK_COMPARED(number_of(SIDE_B, 5001), number_of(SIDE_B, 1), 2);
    /* The server's own number acknowledges nothing. */
    acks(0);
    RAISES(hs_final_ack_bad_ack, WARN);
    /* Data that the server sent after its SYN-ACK may be acknowledged. */
    step.before[SIDE_B].snd.nxt = number_of(SIDE_B, 5001);
    acks(5001);
    QUIET();
    /* One beyond may be its FIN, uncaptured. */
    acks(5002);
    RAISES(hs_final_ack_bad_ack, NOTE);
    acks(5003);
    RAISES(hs_final_ack_bad_ack, WARN);
}

static void test_final_ack_of_another_synack(void)
{
    /* Two SYN-ACKs with different numbers were captured, and the other one is acknowledged. */
    begin_third();
    acks(70001);
    step.ack_known_synack = true;
    QUIET();
    step.ack_known_synack = false;
    RAISES(hs_final_ack_bad_ack, WARN);
}

static void test_final_ack_innocent(void)
{
    /* Another number: not the third segment. */
    begin_third();
    sends(SIDE_A, 2, 0, 0);
    acks(5001);
    QUIET();
    /* The data of a Fast Open SYN moves it. */
    begin_third();
    step.before[SIDE_A].snd.nxt = number_of(SIDE_A, 11);
    sends(SIDE_A, 11, 0, 0);
    acks(5001);
    RAISES(hs_final_ack_bad_ack, WARN);
    /* Once the server is past the handshake, the row does not apply. */
    begin_third();
    step.dst.at[0] = STATE_ESTABLISHED;
    acks(5001);
    QUIET();
    /* A RST is looked at before its ACK: the client wants no connection. */
    begin_third();
    sends(SIDE_A, 1, 0, FLAG_RST);
    acks(5001);
    RAISES(hs_halfopen_probe, NOTE);
    /* The server's segments are not judged by it, not even in a simultaneous open. */
    begin_third();
    step.before[SIDE_A].sent_synack = true;
    sends(SIDE_B, 1, 0, 0);
    acks(5001);
    QUIET();
    /* One SYN was not captured: one step lower, and silent where it is the server's. */
    begin_third();
    acks(5001);
    step.before[SIDE_A].iss_exact = false;
    RAISES(hs_final_ack_bad_ack, NOTE);
    step.before[SIDE_A].iss_exact = true;
    step.before[SIDE_B].iss_exact = false;
    QUIET();
}

static void begin_refusal(void)
{
    begin();
    open_endpoint(SIDE_A, 0, 1, 1);
    memset(&step.before[SIDE_B], 0, sizeof step.before[SIDE_B]);
    step.phase = PHASE_REFUSED;
    step.rst_class = RST_SYNSENT_OK;
    step.rst_decisive = true;
    step.dst.at[0] = STATE_SYN_SENT;
    sends(SIDE_B, 0, 0, FLAG_RST);
    acks(1);
}

static void test_refused(void)
{
    begin_refusal();
    RAISES(hs_refused, CHAT);
    CHECK_COMPARED(number_of(SIDE_A, 1), number_of(SIDE_A, 1), 1);
    /* A RST that does not acknowledge the SYN refuses nothing. */
    step.phase = PHASE_HANDSHAKE;
    step.rst_class = RST_SYNSENT_BAD;
    step.rst_decisive = false;
    acks(2);
    RAISES(rst_synsent_unacceptable, WARN);
    /* An ordinary reset is no refusal. */
    begin();
    step.phase = PHASE_RESET;
    step.rst_class = RST_EXACT;
    sends(SIDE_B, 201, 0, FLAG_RST);
    QUIET();
    /* The SYN's number must be known. */
    begin_refusal();
    step.before[SIDE_A].iss_exact = false;
    QUIET();
}

static void test_rst_with_data(void)
{
    begin();
    sends(SIDE_B, 201, 14, FLAG_RST | FLAG_ACK);
    acks(101);
    step.rst_class = RST_EXACT;
    RAISES(rst_with_data, CHAT);
    CHECK_UINT(verdict.findings[0].got, 14);
    sends(SIDE_B, 201, 0, FLAG_RST | FLAG_ACK);
    acks(101);
    QUIET();
    sends(SIDE_B, 201, 14, FLAG_ACK);
    acks(101);
    QUIET();
    /* Also where no connection is known. */
    begin();
    sends(SIDE_B, 201, 14, FLAG_RST);
    step.conn = NULL;
    memset(step.before, 0, sizeof step.before);
    RAISES(rst_with_data, CHAT);
    /* Two rows of different prefixes stand side by side: a refusal that gives its reason. */
    begin_refusal();
    sends(SIDE_B, 0, 14, FLAG_RST);
    acks(1);
    judge(&step, &limits_standard, fresh_docket(), &verdict);
    CHECK_UINT(verdict.count, 2);
    CHECK_UINT(verdict.findings[0].id, FINDING_hs_refused);
    CHECK_UINT(verdict.findings[1].id, FINDING_rst_with_data);
}

static void begin_timestamps(void)
{
    begin();
    step.before[SIDE_A].offered_ts = step.before[SIDE_B].offered_ts = true;
}

static void test_ts_missing(void)
{
    begin_timestamps();
    RAISES(ts_missing, NOTE);
    CHECK_UINT(verdict.findings[0].limit_frame, 2);
    CHECK_UINT(verdict.findings[0].count, 1);
    /* Listed every time, an expert only once in each direction. */
    step.before[SIDE_A].ts_missed = 6;
    RAISES_QUIETLY(ts_missing, NOTE);
    CHECK_UINT(verdict.findings[0].count, 7);
    step.before[SIDE_A].ts_missed = 0;
    step.before[SIDE_B].ts_missed = 6;
    RAISES(ts_missing, NOTE);
    segment.options.count[OPTION_TS] = 1;
    QUIET();
    /* Only one end offered it. */
    begin_timestamps();
    step.before[SIDE_B].offered_ts = false;
    QUIET();
    /* RFC 7323 3.2: a RST need not carry it. */
    begin_timestamps();
    sends(SIDE_B, 201, 0, FLAG_RST);
    QUIET();
    /* Absence proves nothing where the options are cut or cannot be read to their end. */
    begin_timestamps();
    segment.options.cut = true;
    QUIET();
    segment.options.cut = false;
    segment.options.malformed = true;
    QUIET();
    /* A copy of the SYN-ACK is not yet under the agreement. */
    begin_timestamps();
    sends(SIDE_B, 0, 0, FLAG_SYN);
    acks(1);
    RAISES(hs_synack_after_established, NOTE);
    /* What the SYN offered is not known for sure. */
    begin_timestamps();
    step.before[SIDE_A].options_known = false;
    QUIET();
}

static void test_midstream(void)
{
    begin();
    memset(step.before, 0, sizeof step.before);
    step.evidence = EVIDENCE_MIDSTREAM;
    RAISES(cap_midstream, CHAT);
    sends(SIDE_A, 101, 0, FLAG_FIN | FLAG_ACK);
    RAISES(cap_midstream, CHAT);
    /* The peer's first segment says nothing new. */
    step.before[SIDE_B].seen = true;
    QUIET();
    step.before[SIDE_B].seen = false;
    /* A SYN or SYN-ACK is no middle, nor is a stray segment a connection. */
    sends(SIDE_A, 0, 0, FLAG_SYN);
    QUIET();
    sends(SIDE_B, 0, 0, FLAG_SYN | FLAG_ACK);
    QUIET();
    sends(SIDE_A, 101, 0, FLAG_RST);
    step.conn = NULL;
    QUIET();
}

int main(void)
{
    test_final_ack();
    test_final_ack_of_another_synack();
    test_final_ack_innocent();
    test_refused();
    test_rst_with_data();
    test_ts_missing();
    test_midstream();
    return check_status();
}
