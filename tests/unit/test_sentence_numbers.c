/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SEQ, ACK and the window written out: the exact sentence in each situation. RFC 9293 3.4. */
#include "one_connection.h"

/* ---- SEQ ---- */

static void test_sequence_in_order(void)
{
    send(SIDE_A, 1, 77, FLAG_ACK);
    SEQUENCE("1 + 77 data octets = 78 next, as expected");
    send(SIDE_A, 1, 1, FLAG_ACK);
    SEQUENCE("1 + 1 data octet = 2 next, as expected");
    send(SIDE_A, 78, 0, FLAG_ACK);
    SEQUENCE("78, no octets, as expected");
    send(SIDE_A, 1, 77, FLAG_ACK | FLAG_FIN);
    SEQUENCE("1 + 77 data octets + 1 (FIN) = 79 next, as expected");
    send(SIDE_A, 78, 0, FLAG_ACK | FLAG_FIN);
    SEQUENCE("78 + 1 (FIN) = 79 next, as expected");
    /* A stream longer than half the number space. */
    send(SIDE_A, 4000000000U, 500000000U, FLAG_ACK);
    SEQUENCE("4000000000 + 500000000 data octets = 205032704 next, as expected");
}

static void test_sequence_hole(void)
{
    send(SIDE_A, 101, 200, FLAG_ACK);
    expect_seq(1);
    SEQUENCE("101 + 200 data octets = 301 next; starts 100 beyond 1, the next expected: "
             "100 octets are missing in between");
    send(SIDE_A, 2, 10, FLAG_ACK);
    expect_seq(1);
    SEQUENCE("2 + 10 data octets = 12 next; starts 1 beyond 1, the next expected: "
             "1 octet is missing in between");
    send(SIDE_A, 101, 0, FLAG_ACK);
    expect_seq(1);
    SEQUENCE("101, no octets; 100 beyond 1, the next expected: 100 octets are missing in between");
    send(SIDE_A, 101, 0, FLAG_ACK | FLAG_FIN);
    expect_seq(1);
    SEQUENCE("101 + 1 (FIN) = 102 next; starts 100 beyond 1, the next expected: "
             "100 octets are missing in between");
}

/* How far its sender had come, and up to where everything of it was captured. */
static void captured(uint32_t next, uint32_t contiguous)
{
    struct endpoint *sender = &step.before[segment.sender];
    sender->nxt_known = true;
    sender->snd.nxt = number_of(segment.sender, next);
    sender->snd.contiguous = number_of(segment.sender, contiguous);
    sender->has_hole = next != contiguous;
    expect_seq(next);
}

static void test_sequence_again(void)
{
    send(SIDE_A, 1, 77, FLAG_ACK);
    captured(201, 201);
    SEQUENCE("1 + 77 data octets = 78 next; 200 below 201, the next expected: sent before");
    /* A hole further up changes nothing. */
    captured(201, 78);
    SEQUENCE("1 + 77 data octets = 78 next; 200 below 201, the next expected: sent before");
    captured(21, 21);
    SEQUENCE("1 + 77 data octets = 78 next; starts 20 below 21, the next expected: "
             "sent before, then 57 new octets");
    captured(2, 2);
    SEQUENCE("1 + 77 data octets = 78 next; starts 1 below 2, the next expected: "
             "sent before, then 76 new octets");
    send(SIDE_A, 1, 0, FLAG_ACK);
    captured(78, 78);
    SEQUENCE(
        "1, no octets; 77 below 78, the next expected: an older segment, late or out of order");
}

static void test_sequence_in_a_hole(void)
{
    /* 1..77 are missing, 78..200 were captured. */
    send(SIDE_A, 1, 77, FLAG_ACK);
    captured(201, 1);
    SEQUENCE("1 + 77 data octets = 78 next; 200 below 201, the next expected: "
             "it fills a hole");
    send(SIDE_A, 1, 300, FLAG_ACK);
    captured(201, 1);
    SEQUENCE("1 + 300 data octets = 301 next; starts 200 below 201, the next expected: "
             "it fills a hole, then 100 new octets");
    /* Above the missing 1..9 nothing is known of the octets that were captured. */
    send(SIDE_A, 11, 77, FLAG_ACK);
    captured(201, 1);
    SEQUENCE("11 + 77 data octets = 88 next; 190 below 201, the next expected: "
             "sent before, or it fills a hole");
    /* The last octet is the missing one: no keepalive. */
    send(SIDE_A, 77, 1, FLAG_ACK);
    captured(78, 77);
    SEQUENCE("77 + 1 data octet = 78 next; 1 below 78, the next expected: "
             "it fills a hole");
}

static void test_sequence_syn_again(void)
{
    send(SIDE_A, 0, 0, FLAG_SYN);
    expect_seq(1);
    SEQUENCE("0 + 1 (SYN) = 1 next; the same SYN again, 1 below 1, the next expected");
    send(SIDE_B, 0, 0, FLAG_SYN | FLAG_ACK);
    expect_seq(1);
    SEQUENCE("0 + 1 (SYN) = 1 next; the same SYN again, 1 below 1, the next expected");
    send(SIDE_A, 0, 0, FLAG_SYN);
    expect_seq(501);
    SEQUENCE("0 + 1 (SYN) = 1 next; the same SYN again, 501 below 501, the next expected");
}

static void test_sequence_fin_again(void)
{
    conn.fin_frame[SIDE_A] = 7;
    send(SIDE_A, 78, 0, FLAG_ACK | FLAG_FIN);
    expect_seq(79);
    SEQUENCE("78 + 1 (FIN) = 79 next; the FIN again, 1 below 79, the next expected");
    send(SIDE_A, 58, 20, FLAG_ACK | FLAG_FIN);
    expect_seq(79);
    SEQUENCE("58 + 20 data octets + 1 (FIN) = 79 next; the FIN again, 21 below 79, "
             "the next expected");
    /* The first FIN, on data that was sent before. */
    conn.fin_frame[SIDE_A] = 9;
    send(SIDE_A, 58, 20, FLAG_ACK | FLAG_FIN);
    captured(78, 78);
    SEQUENCE("58 + 20 data octets + 1 (FIN) = 79 next; starts 20 below 78, the next expected: "
             "sent before, then the FIN");
    conn.fin_frame[SIDE_A] = 0;
}

static void test_sequence_keepalive(void)
{
    send(SIDE_A, 77, 0, FLAG_ACK);
    expect_seq(78);
    SEQUENCE("77, no octets; 1 below 78, the next expected: a keepalive");
    send(SIDE_A, 77, 1, FLAG_ACK);
    expect_seq(78);
    SEQUENCE("77 + 1 data octet = 78 next; 1 below 78, the next expected: "
             "a keepalive, or the last octet again");
    conn.fin_frame[SIDE_A] = 7;
    send(SIDE_A, 78, 0, FLAG_ACK);
    expect_seq(79);
    SEQUENCE("78, no octets; 1 below 79, the next expected: "
             "a keepalive, or an ACK that left before the FIN");
    conn.fin_frame[SIDE_A] = 0;
}

static void test_sequence_rst(void)
{
    send(SIDE_B, 1, 0, FLAG_RST);
    SEQUENCE("1, no octets, as expected");
    send(SIDE_B, 1, 14, FLAG_RST | FLAG_ACK);
    SEQUENCE("1 + 14 data octets = 15 next, as expected; the octets of a RST do not count");
    send(SIDE_B, 501, 0, FLAG_RST);
    expect_seq(1);
    SEQUENCE("501, no octets; 500 beyond 1, the next expected");
    send(SIDE_B, 1, 0, FLAG_RST);
    expect_seq(501);
    SEQUENCE("1, no octets; 500 below 501, the next expected");
}

static void test_sequence_not_ours(void)
{
    send(SIDE_A, 1000001, 10, FLAG_ACK);
    expect_seq(1);
    step.admission = ADMIT_ALIEN;
    SEQUENCE("1000001 + 10 data octets = 1000011 next; 1000000 beyond 1, the next expected");
    /* A second copy tells what it is like any other segment; the admission line says the rest. */
    send(SIDE_A, 1, 77, FLAG_ACK);
    captured(78, 78);
    step.admission = ADMIT_DUPLICATE;
    SEQUENCE("1 + 77 data octets = 78 next; 77 below 78, the next expected: sent before");
}

/* ---- ACK ---- */

static void test_acknowledgment_of_all(void)
{
    send(SIDE_B, 0, 0, FLAG_SYN);
    ack(1, 1, 1, COVERS_SYN, 1);
    ACKNOWLEDGMENT("1 = 0 + 1 (client's SYN, frame 1), as expected");
    send(SIDE_A, 1, 0, 0);
    ack(1, 1, 1, COVERS_SYN, 2);
    ACKNOWLEDGMENT("1 = 0 + 1 (server's SYN, frame 2), as expected");
    send(SIDE_B, 1, 0, 0);
    ack(78, 78, 77, COVERS_DATA, 4);
    ACKNOWLEDGMENT("78 = 1 + 77 (client's data up to frame 4), as expected");
    ack(79, 79, 78, COVERS_DATA | COVERS_FIN, 7);
    ACKNOWLEDGMENT("79 = 1 + 77 (client's data) + 1 (client's FIN, frame 7), as expected");
    ack(79, 79, 1, COVERS_FIN, 7);
    ACKNOWLEDGMENT("79 = 78 + 1 (client's FIN, frame 7), as expected");
    ack(11, 11, 11, COVERS_SYN | COVERS_DATA, 1);
    ACKNOWLEDGMENT("11 = 0 + 1 (client's SYN) + 10 (client's data up to frame 1), as expected");
    ack(12, 12, 12, COVERS_SYN | COVERS_DATA | COVERS_FIN, 5);
    ACKNOWLEDGMENT("12 = 0 + 1 (client's SYN) + 10 (client's data) + 1 (client's FIN, frame 5), "
                   "as expected");
    ack(2, 2, 2, COVERS_SYN | COVERS_FIN, 0);
    ACKNOWLEDGMENT("2 = 0 + 1 (client's SYN) + 1 (client's FIN), as expected");
}

static void test_acknowledgment_of_part(void)
{
    send(SIDE_B, 1, 0, 0);
    ack(78, 178, 77, COVERS_DATA, 4);
    ACKNOWLEDGMENT("78 = 1 + 77 (client's data up to frame 4); 100 octets are still outstanding "
                   "(178 would acknowledge all)");
    ack(78, 178, 0, 0, 0);
    ACKNOWLEDGMENT("78, nothing new; 100 octets are still outstanding "
                   "(178 would acknowledge all)");
    ack(78, 79, 0, 0, 0);
    ACKNOWLEDGMENT("78, nothing new; 1 octet is still outstanding (79 would acknowledge all)");
    /* The last of it is the client's FIN. */
    conn.fin_frame[SIDE_A] = 7;
    ACKNOWLEDGMENT("78, nothing new; the client's FIN is still outstanding "
                   "(79 would acknowledge all)");
    ack(78, 81, 0, 0, 0);
    ACKNOWLEDGMENT("78, nothing new; 2 octets and the FIN are still outstanding "
                   "(81 would acknowledge all)");
    /* A FIN that comes later is not among it. */
    conn.fin_frame[SIDE_A] = 20;
    ACKNOWLEDGMENT("78, nothing new; 3 octets are still outstanding "
                   "(81 would acknowledge all)");
    conn.fin_frame[SIDE_A] = 7;
    /* With something missing, the FIN may lie beyond what counts as captured. */
    step.evidence = EVIDENCE_LOSSY;
    ACKNOWLEDGMENT("78, nothing new; 3 octets are still outstanding "
                   "(81 would acknowledge all)");
    conn.fin_frame[SIDE_A] = 0;
}

static void test_acknowledgment_of_nothing(void)
{
    send(SIDE_B, 1, 100, 0);
    ack(78, 78, 0, 0, 0);
    ACKNOWLEDGMENT("78, nothing new, as expected");
    send(SIDE_A, 0, 0, FLAG_SYN);
    ACKNOWLEDGMENT("none, the ACK flag is not set");
}

static void test_acknowledgment_that_is_old(void)
{
    send(SIDE_B, 1, 0, 0);
    ack(78, 178, 0, 0, 0);
    step.before[SIDE_A].una_known = true;
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 178);
    ACKNOWLEDGMENT("78, nothing new, older than one already sent; 100 below 178, "
                   "which would acknowledge all");
    /* The same number again is no older one. */
    step.before[SIDE_A].snd.una = number_of(SIDE_A, 78);
    ACKNOWLEDGMENT("78, nothing new; 100 octets are still outstanding "
                   "(178 would acknowledge all)");
}

static void test_acknowledgment_beyond(void)
{
    send(SIDE_B, 1, 0, 0);
    ack(178, 78, 177, COVERS_DATA, 0);
    ACKNOWLEDGMENT("178 = 1 + 177 (client's data); 100 octets beyond 78 were never captured");
    ack(79, 78, 1, COVERS_DATA, 0);
    ACKNOWLEDGMENT("79 = 78 + 1 (client's data); 1 octet beyond 78 was never captured");
    ack(1000078, 78, 0, 0, 0);
    step.admission = ADMIT_ALIEN;
    ACKNOWLEDGMENT("1000078, nothing new; 1000000 beyond 78, which would acknowledge all");
}

static void test_midstream(void)
{
    conn.syn_frame = conn.synack_frame = 0;
    send(SIDE_A, 1, 100, FLAG_ACK);
    expect_no_seq();
    char want[SENTENCE_MAX];
    snprintf(want, sizeof want,
             "1 + 100 data octets = 101 next; first captured number of this side (raw %lu), "
             "nothing was expected",
             (unsigned long)segment.seq.n);
    SEQUENCE(want);
    segment.ack = number_of(SIDE_B, 1);
    snprintf(want, sizeof want,
             "1, nothing of the other side was captured to compare it with (raw %lu)",
             (unsigned long)segment.ack.n);
    ACKNOWLEDGMENT(want);
    send(SIDE_B, 1, 0, 0);
    ack(101, 101, 0, 0, 0);
    step.ack_new_known = false;
    ACKNOWLEDGMENT("101, first captured acknowledgment of this side, as expected");
}

/* ---- window ---- */

static void test_window(void)
{
    send(SIDE_B, 0, 0, FLAG_SYN | FLAG_ACK);
    WINDOW("");
    window(1, 64241);
    WINDOW("1 to 64241, 64240 octets free");
    send(SIDE_A, 1, 77, FLAG_ACK);
    window(1, 79);
    WINDOW("1 to 79, 1 octet free");
    window(1, 78);
    WINDOW("1 to 78, full");
    window(1, 70);
    WINDOW("1 to 70, exceeded by 8 octets");
    send(SIDE_A, 78, 0, FLAG_ACK);
    window(78, 78);
    WINDOW("closed at 78");
    send(SIDE_A, 78, 1, FLAG_ACK);
    window(78, 78);
    WINDOW("closed at 78, exceeded by 1 octet");
    /* A repeated octet below the window takes nothing of it. */
    send(SIDE_A, 77, 0, FLAG_ACK);
    window(78, 178);
    WINDOW("78 to 178, 100 octets free");
    /* Nor does what a RST carries. */
    send(SIDE_A, 78, 50, FLAG_ACK | FLAG_RST);
    window(78, 178);
    WINDOW("78 to 178, 100 octets free");
}

/* ---- raw numbers ---- */

static void test_raw(void)
{
    begin(CLIENT_ISS, SERVER_ISS);
    send(SIDE_B, 0, 0, FLAG_SYN);
    expect_no_seq();
    ack(1, 1, 1, COVERS_SYN, 1);
    window(1, 64241);
    SEQUENCE("0 + 1 (SYN) = 1 next; first number of this side (raw 2881823104)");
    context.relative = false;
    SEQUENCE("2881823104 + 1 (SYN) = 2881823105 next; first number of this side");
    ACKNOWLEDGMENT("2881823104 = 2881823103 + 1 (client's SYN, frame 1), as expected");
    WINDOW("2881823105 to 2881887345, 64240 octets free");

    begin(0xffffffffU, 0xffffff00U);
    context.relative = false;
    send(SIDE_B, 200, 100, 0);
    ack(2, 2, 2, COVERS_SYN | COVERS_DATA, 3);
    SEQUENCE("4294967240 + 100 data octets = 44 next, as expected");
    ACKNOWLEDGMENT("1 = 4294967295 + 1 (client's SYN) + 1 (client's data up to frame 3), "
                   "as expected");
    captured(300, 300);
    SEQUENCE("4294967240 + 100 data octets = 44 next; 100 below 44, the next expected: "
             "sent before");

    /* No base: raw numbers although relative ones were asked for. */
    context.relative = true;
    conn.base_known[SIDE_B] = false;
    send(SIDE_B, 0x100, 0, FLAG_RST | FLAG_ACK);
    expect_no_seq();
    SEQUENCE("0, no octets; first captured number of this side, nothing was expected");
}

int main(void)
{
    void (*const tests[])(void) = {
        test_sequence_in_order,
        test_sequence_hole,
        test_sequence_again,
        test_sequence_in_a_hole,
        test_sequence_syn_again,
        test_sequence_fin_again,
        test_sequence_keepalive,
        test_sequence_rst,
        test_sequence_not_ours,
        test_acknowledgment_of_all,
        test_acknowledgment_of_part,
        test_acknowledgment_of_nothing,
        test_acknowledgment_that_is_old,
        test_acknowledgment_beyond,
        test_midstream,
        test_window,
    };
    run_around_the_wrap(tests, sizeof tests / sizeof tests[0]);
    test_raw();
    return check_status();
}
