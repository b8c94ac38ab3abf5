/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on the header alone: each fires, and stays quiet on the closest innocent segment. */
#include "one_step.h"

/* The first SYN, to a server that has sent nothing yet. */
static void begin_open(void)
{
    begin();
    memset(step.before, 0, sizeof step.before);
    step.src.at[0] = STATE_CLOSED;
    step.dst.at[0] = STATE_LISTEN;
    sends(SIDE_A, 0, 0, FLAG_SYN);
}

static void flags_are(unsigned flags)
{
    begin();
    sends(SIDE_A, 101, 0, flags);
    if ((flags & FLAG_ACK) != 0)
        acks(201);
    /* Combinations that no receiver takes are kept out of the model; they are judged all the
     * same. */
    if ((flags & FLAG_ACK) == 0)
        step.admission = ADMIT_IMPOSSIBLE;
}

static void test_flags_null(void)
{
    flags_are(0);
    RAISES(hdr_flags_null, WARN);
    CHECK_UINT(verdict.findings[0].got, 0);
    flags_are(FLAG_CWR | FLAG_ECE | FLAG_AE);
    RAISES(hdr_flags_null, WARN);
    flags_are(FLAG_CWR | FLAG_ECE | FLAG_ACK);
    QUIET();
}

static void test_no_ack(void)
{
    flags_are(FLAG_FIN);
    RAISES(hdr_no_ack, WARN);
    CHECK_UINT(verdict.findings[0].got, FLAG_FIN);
    flags_are(FLAG_PSH);
    segment.payload_len = segment.len = 5;
    RAISES(hdr_no_ack, WARN);
    /* A bare SYN, with data or without, and a bare RST have no ACK by right. */
    begin_open();
    QUIET();
    sends(SIDE_A, 0, 10, FLAG_SYN);
    RAISES(hs_syn_data, CHAT);
    flags_are(FLAG_RST);
    step.admission = ADMIT_FULL;
    QUIET();
}

static void test_xmas(void)
{
    flags_are(FLAG_FIN | FLAG_PSH | FLAG_URG);
    segment.urgent = 1;
    RAISES(hdr_xmas, WARN);
    flags_are(FLAG_FIN | FLAG_URG);
    RAISES(hdr_no_ack, WARN);
    /* With ACK the mix is legal: the last urgent data before the end. */
    flags_are(FLAG_FIN | FLAG_PSH | FLAG_URG | FLAG_ACK);
    segment.urgent = 1;
    segment.payload_len = 1;
    segment.len = 2;
    QUIET();
}

static void test_contradictions(void)
{
    flags_are(FLAG_SYN | FLAG_FIN);
    RAISES(hdr_syn_fin, WARN);
    flags_are(FLAG_SYN | FLAG_FIN | FLAG_ACK);
    RAISES(hdr_syn_fin, WARN);
    flags_are(FLAG_SYN | FLAG_RST);
    RAISES(hdr_syn_rst, WARN);
    flags_are(FLAG_SYN | FLAG_RST | FLAG_ACK);
    RAISES(hdr_syn_rst, WARN);
    /* The RST is looked at first, so that is what matters of the three. */
    flags_are(FLAG_SYN | FLAG_RST | FLAG_FIN);
    RAISES(hdr_syn_rst, WARN);
    flags_are(FLAG_FIN | FLAG_RST | FLAG_ACK);
    RAISES(hdr_fin_rst, NOTE);
    flags_are(FLAG_RST | FLAG_ACK);
    QUIET();
    flags_are(FLAG_FIN | FLAG_ACK);
    QUIET();
}

static void test_urgent(void)
{
    begin_open();
    sends(SIDE_A, 0, 0, FLAG_SYN | FLAG_URG);
    segment.urgent = 1;
    RAISES(hdr_syn_urg, NOTE);
    begin();
    sends(SIDE_A, 101, 10, FLAG_URG | FLAG_ACK);
    acks(201);
    segment.urgent = 0;
    RAISES(hdr_urg_ptr_odd, NOTE);
    segment.urgent = 10;
    QUIET();
    /* The pointer may be ahead of this segment. */
    segment.urgent = 5000;
    QUIET();
    segment.payload_len = segment.len = 0;
    RAISES(hdr_urg_ptr_odd, NOTE);
    CHECK_UINT(verdict.findings[0].got, 5000);
    /* A stray pointer without URG is Wireshark's own finding. */
    segment.flags = FLAG_ACK;
    QUIET();
}

static void test_reserved_bits(void)
{
    for (unsigned bit = 0x200; bit <= 0x800; bit <<= 1) {
        flags_are(FLAG_ACK | bit);
        RAISES(hdr_reserved_bits, NOTE);
        CHECK_UINT(verdict.findings[0].got, bit);
    }
    flags_are(FLAG_ACK | FLAG_AE | FLAG_CWR | FLAG_ECE);
    QUIET();
}

static void test_options_twice(void)
{
    static const uint32_t numbers[OPTION_KINDS] = {
        [OPTION_MSS] = 2,  [OPTION_WS] = 3, [OPTION_SACK_PERM] = 4,
        [OPTION_SACK] = 5, [OPTION_TS] = 8, [OPTION_TFO] = 34};
    for (unsigned kind = 0; kind < OPTION_KINDS; kind++) {
        begin_open();
        segment.options.count[kind] = 1;
        QUIET();
        segment.options.count[kind] = 2;
        RAISES(opt_duplicate, WARN);
        CHECK_UINT(verdict.findings[0].got, numbers[kind]);
        CHECK_UINT(verdict.findings[0].limit, 2);
    }
    /* MPTCP and experiments may repeat. */
    begin_open();
    segment.options.mptcp = segment.options.tfo_experimental = true;
    QUIET();
}

static void test_options_without_syn(void)
{
    begin();
    segment.options.count[OPTION_WS] = 1;
    segment.options.count[OPTION_SACK_PERM] = 1;
    RAISES(opt_not_on_syn, WARN);
    CHECK_UINT(verdict.findings[0].got, 3);
    segment.options.count[OPTION_WS] = 0;
    RAISES(opt_not_on_syn, WARN);
    CHECK_UINT(verdict.findings[0].got, 4);
    segment.options.count[OPTION_TFO] = 1;
    RAISES(opt_not_on_syn, WARN);
    CHECK_UINT(verdict.findings[0].got, 34);
    segment.flags |= FLAG_SYN;
    QUIET();
    /* MSS is Wireshark's own finding; SACK blocks and timestamps belong everywhere. */
    begin();
    segment.options.count[OPTION_MSS] = 1;
    step.before[SIDE_A].offered_ts = step.before[SIDE_B].offered_ts = true;
    segment.options.count[OPTION_SACK] = 1;
    segment.options.count[OPTION_TS] = 1;
    QUIET();
    /* Twice on the same segment: only the more specific row of the two. */
    segment.options.count[OPTION_WS] = 2;
    RAISES(opt_duplicate, WARN);
}

static void test_ports(void)
{
    begin();
    segment.src_port = 0;
    RAISES(hdr_port_zero, NOTE);
    begin();
    segment.dst_port = 0;
    RAISES(hdr_port_zero, NOTE);
    segment.dst_port = 1;
    QUIET();
}

static void test_land(void)
{
    begin_open();
    segment.same_ends = true;
    RAISES(hdr_land, WARN);
    /* RFC 9293 3.5: a host may connect to itself. */
    segment.loopback = true;
    RAISES(hdr_land, NOTE);
    begin();
    segment.same_ends = true;
    RAISES(hdr_land, NOTE);
    begin_open();
    segment.src_port = segment.dst_port = 80;
    segment.loopback = true;
    QUIET();
}

static void test_not_unicast(void)
{
    begin_open();
    segment.dst_unicast = false;
    RAISES(hdr_dst_not_unicast, WARN);
    segment.dst_unicast = true;
    segment.src_unicast = false;
    RAISES(hdr_dst_not_unicast, WARN);
    segment.src_unicast = true;
    QUIET();
    /* The row speaks of SYNs only. */
    begin();
    segment.dst_unicast = false;
    QUIET();
}

int main(void)
{
    test_flags_null();
    test_no_ack();
    test_xmas();
    test_contradictions();
    test_urgent();
    test_reserved_bits();
    test_options_twice();
    test_options_without_syn();
    test_ports();
    test_land();
    test_not_unicast();
    return check_status();
}
