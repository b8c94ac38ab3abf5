/* SPDX-License-Identifier: GPL-2.0-or-later */
/* States, phases and steps in words, and the buffer they are written to. */
#include "one_connection.h"

/* ---- states and words ---- */

static void test_handshake_lines(void)
{
    send(SIDE_A, 0, 0, FLAG_SYN);
    step.phase = PHASE_HANDSHAKE;
    step.handshake_step = 1;
    states(STATE_CLOSED, STATE_SYN_SENT, STATE_LISTEN, STATE_SYN_RECEIVED);
    PLAIN(sentence_protocol, "handshake 1/3 (SYN), client SYN-SENT, server SYN-RECEIVED");
    PLAIN(sentence_sender, "client, CLOSED -> SYN-SENT");
    PLAIN(sentence_receiver, "server, LISTEN -> SYN-RECEIVED once delivered");
    PLAIN(sentence_info, "SYN, client SYN-SENT, server SYN-RECEIVED");

    send(SIDE_B, 0, 0, FLAG_SYN | FLAG_ACK);
    step.phase = PHASE_HANDSHAKE;
    step.handshake_step = 2;
    states(STATE_LISTEN, STATE_SYN_RECEIVED, STATE_SYN_SENT, STATE_ESTABLISHED);
    PLAIN(sentence_protocol, "handshake 2/3 (SYN-ACK), server SYN-RECEIVED, client ESTABLISHED");
    PLAIN(sentence_phase, "handshake");
    PLAIN(sentence_handshake, "SYN-ACK (2)");
    PLAIN(sentence_teardown, "");
    PLAIN(sentence_sender, "server, LISTEN -> SYN-RECEIVED");
    PLAIN(sentence_receiver, "client, SYN-SENT -> ESTABLISHED once delivered");
    PLAIN(sentence_evidence, "full");
    PLAIN(sentence_admission, "");
    PLAIN(sentence_reset, "");
    PLAIN(sentence_info, "SYN-ACK, client ESTABLISHED, server SYN-RECEIVED");

    /* A challenge ACK has no step. */
    send(SIDE_B, 500, 0, FLAG_ACK);
    step.phase = PHASE_HANDSHAKE;
    states(STATE_UNKNOWN, STATE_UNKNOWN, STATE_SYN_SENT, STATE_SYN_SENT);
    PLAIN(sentence_protocol, "handshake (ACK), server UNKNOWN, client SYN-SENT");
    PLAIN(sentence_receiver, "client, SYN-SENT");
}

static void test_established_lines(void)
{
    send(SIDE_A, 1, 77, FLAG_ACK);
    PLAIN(sentence_protocol,
          "established (77 data octets), client ESTABLISHED, server ESTABLISHED");
    PLAIN(sentence_sender, "client, ESTABLISHED");
    PLAIN(sentence_receiver, "server, ESTABLISHED");
    PLAIN(sentence_info, "established, client ESTABLISHED, server ESTABLISHED");
    send(SIDE_A, 1, 1, FLAG_ACK);
    step.evidence = EVIDENCE_MIDSTREAM;
    PLAIN(sentence_protocol, "established (1 data octet), client ESTABLISHED, server ESTABLISHED, "
                             "evidence midstream");
    PLAIN(sentence_evidence, "midstream: the capture begins inside the connection");
    send(SIDE_A, 78, 0, FLAG_ACK);
    step.admission = ADMIT_DUPLICATE;
    PLAIN(sentence_protocol,
          "established (ACK), client ESTABLISHED, server ESTABLISHED, not counted (duplicate)");
    PLAIN(sentence_admission, "the capture holds this segment twice: this is the second copy; "
                              "it changes no state and no number here");
}

static void test_teardown_lines(void)
{
    send(SIDE_A, 78, 0, FLAG_ACK | FLAG_FIN);
    step.phase = PHASE_TEARDOWN;
    step.teardown_steps = TEARDOWN_FIN;
    states(STATE_ESTABLISHED, STATE_FIN_WAIT_1, STATE_ESTABLISHED, STATE_CLOSE_WAIT);
    PLAIN(sentence_protocol, "teardown 1/4 (FIN), client FIN-WAIT-1, server CLOSE-WAIT");
    PLAIN(sentence_teardown, "FIN (1)");

    /* The server's only segment of the closing: it had received the FIN, and closes itself. */
    send(SIDE_B, 101, 0, FLAG_ACK | FLAG_FIN);
    step.phase = PHASE_TEARDOWN;
    step.teardown_steps = TEARDOWN_ACK | TEARDOWN_SECOND_FIN;
    step.src_before = STATE_ESTABLISHED;
    path(&step.src, STATE_CLOSE_WAIT, STATE_LAST_ACK);
    step.dst = (struct path){
        .count = 2, .listed = 3, .at = {STATE_FIN_WAIT_1, STATE_FIN_WAIT_2, STATE_TIME_WAIT}};
    PLAIN(sentence_protocol,
          "teardown 2+3/4 (ACK of FIN and second FIN), server LAST-ACK, client TIME-WAIT");
    PLAIN(sentence_teardown, "ACK of FIN (2) and second FIN (3)");
    PLAIN(sentence_sender, "server, ESTABLISHED -> CLOSE-WAIT -> LAST-ACK");
    PLAIN(sentence_receiver, "client, FIN-WAIT-1 -> FIN-WAIT-2 -> TIME-WAIT once delivered");
    PLAIN(sentence_info, "ACK of FIN and second FIN, client TIME-WAIT, server LAST-ACK");

    /* Believed in CLOSE-WAIT, but its FIN shows that it had not received the client's. */
    step.teardown_steps = TEARDOWN_SECOND_FIN;
    step.src = (struct path){
        .count = 2, .listed = 3, .at = {STATE_CLOSE_WAIT, STATE_ESTABLISHED, STATE_FIN_WAIT_1}};
    path(&step.dst, STATE_FIN_WAIT_1, STATE_CLOSING);
    PLAIN(sentence_sender, "server, ESTABLISHED -> FIN-WAIT-1");
    PLAIN(sentence_protocol, "teardown 3/4 (second FIN), server FIN-WAIT-1, client CLOSING");

    /* Data and ACKs between the FINs of a teardown have no step. */
    send(SIDE_B, 101, 5, FLAG_ACK);
    step.phase = PHASE_TEARDOWN;
    states(STATE_CLOSE_WAIT, STATE_CLOSE_WAIT, STATE_FIN_WAIT_1, STATE_FIN_WAIT_1);
    PLAIN(sentence_protocol, "teardown (5 data octets), server CLOSE-WAIT, client FIN-WAIT-1");
}

static void test_after_teardown_lines(void)
{
    conn.fin_frame[SIDE_A] = 7;
    conn.fin_frame[SIDE_B] = 20;
    send(SIDE_B, 101, 500, FLAG_ACK);
    step.phase = PHASE_HALF_CLOSED;
    states(STATE_CLOSE_WAIT, STATE_CLOSE_WAIT, STATE_FIN_WAIT_2, STATE_FIN_WAIT_2);
    PLAIN(sentence_phase, "half-closed: the client has closed, the server may still send");
    PLAIN(sentence_protocol, "half-closed (500 data octets), server CLOSE-WAIT, client FIN-WAIT-2");
    conn.fin_frame[SIDE_A] = 20;
    conn.fin_frame[SIDE_B] = 7;
    PLAIN(sentence_phase, "half-closed: the server has closed, the client may still send");

    send(SIDE_B, 101, 0, FLAG_ACK | FLAG_FIN);
    step.phase = PHASE_TIME_WAIT;
    step.teardown_steps = TEARDOWN_SECOND_FIN;
    states(STATE_LAST_ACK, STATE_LAST_ACK, STATE_TIME_WAIT, STATE_TIME_WAIT);
    PLAIN(sentence_protocol,
          "time-wait, teardown 3/4 (second FIN) again, server LAST-ACK, client TIME-WAIT");
    PLAIN(sentence_phase, "time-wait: both FINs are acknowledged, old segments may still arrive");
    step.phase = PHASE_CLOSED;
    step.teardown_steps = 0;
    PLAIN(sentence_phase, "closed: the connection is over");
    conn.fin_frame[SIDE_A] = conn.fin_frame[SIDE_B] = 0;

    /* The client's first segment after the SYN-ACK closes at once. */
    send(SIDE_A, 1, 0, FLAG_ACK | FLAG_FIN);
    step.phase = PHASE_HANDSHAKE;
    step.handshake_step = 3;
    step.teardown_steps = TEARDOWN_FIN;
    states(STATE_SYN_SENT, STATE_FIN_WAIT_1, STATE_SYN_RECEIVED, STATE_CLOSE_WAIT);
    PLAIN(sentence_protocol, "handshake 3/3 (ACK), teardown 1/4 (FIN), client FIN-WAIT-1, "
                             "server CLOSE-WAIT");
}

static void test_reset_lines(void)
{
    send(SIDE_B, 0, 0, FLAG_RST | FLAG_ACK);
    step.phase = PHASE_REFUSED;
    step.rst_class = RST_SYNSENT_OK;
    step.rst_decisive = true;
    states(STATE_CLOSED, STATE_CLOSED, STATE_SYN_SENT, STATE_CLOSED);
    PLAIN(sentence_protocol, "refused by server, server CLOSED, client CLOSED");
    PLAIN(sentence_phase, "refused: the RST rejects the attempt to connect");
    PLAIN(sentence_reset,
          "synsent_ok: it acknowledges the SYN, so the attempt to connect is refused");

    send(SIDE_A, 78, 0, FLAG_RST);
    step.phase = PHASE_RESET;
    step.rst_class = RST_EXACT;
    step.rst_decisive = true;
    states(STATE_ESTABLISHED, STATE_CLOSED, STATE_ESTABLISHED, STATE_CLOSED);
    PLAIN(sentence_protocol, "reset by client, client CLOSED, server CLOSED");
    PLAIN(sentence_reset, "exact: it has the number that the receiver expects, "
                          "so it ends the connection");

    /* A second RST ends nothing. */
    step.phase = PHASE_CLOSED;
    states(STATE_CLOSED, STATE_CLOSED, STATE_CLOSED, STATE_CLOSED);
    PLAIN(sentence_protocol, "closed (RST, exact), client CLOSED, server CLOSED");
    PLAIN(sentence_reset, "exact: it has the number that the receiver expects; "
                          "the connection was over already");

    send(SIDE_A, 90, 0, FLAG_RST);
    step.rst_class = RST_IN_WINDOW;
    states(STATE_ESTABLISHED, STATE_CLOSED, STATE_ESTABLISHED, STATE_ESTABLISHED);
    PLAIN(sentence_protocol, "established (RST, in_window, not decisive), client CLOSED, "
                             "server ESTABLISHED");
    PLAIN(sentence_reset, "in_window: in the window, but not the expected number: "
                          "answered by a challenge ACK");
    step.rst_decisive = true;
    PLAIN(sentence_reset, "in_window: in the window, but not the expected number: answered by a "
                          "challenge ACK; later frames show that the receiver obeyed");
}

static void test_stray(void)
{
    send(SIDE_A, 0, 0, FLAG_RST);
    step.conn = NULL;
    step.phase = PHASE_STRAY;
    step.rst_class = RST_UNKNOWN;
    expect_no_seq();
    states(STATE_UNKNOWN, STATE_CLOSED, STATE_UNKNOWN, STATE_UNKNOWN);
    segment.seq = seq_of(4711);
    PLAIN(sentence_protocol, "stray (RST), sender CLOSED, receiver UNKNOWN");
    PLAIN(sentence_reset, "unknown: no connection is known that it could end");
    PLAIN(sentence_sender, "UNKNOWN -> CLOSED");
    PLAIN(sentence_receiver, "UNKNOWN");
    PLAIN(sentence_info, "stray, sender CLOSED, receiver UNKNOWN");
    SEQUENCE("4711, no octets");
    CONNECTION("none: the segment from 10.0.0.1:40000 to 10.0.0.2:80 belongs to no connection and "
               "cannot start one, stream 0");
}

static void test_connection(void)
{
    send(SIDE_B, 1, 0, FLAG_ACK);
    CONNECTION("10.0.0.1:40000 (client) - 10.0.0.2:80 (server), stream 0");
    segment.stream = 17;
    conn.incarnation = 3;
    conn.roles_inferred = true;
    CONNECTION("10.0.0.1:40000 (client) - 10.0.0.2:80 (server), stream 17, "
               "connection 3 between these ends, client and server are inferred");
}

static void test_words(void)
{
    struct transition_shown change = {ROLE_CLIENT, STATE_ESTABLISHED, STATE_FIN_WAIT_1};
    char got[SENTENCE_MAX];
    sentence_transition(got, sizeof got, &change);
    CHECK_STR(got, "client ESTABLISHED -> FIN-WAIT-1");

    CHECK_STR(phase_name(PHASE_HALF_CLOSED), "half-closed");
    CHECK_STR(phase_name(PHASE_TIME_WAIT), "time-wait");
    CHECK_STR(phase_name(PHASES), "");
    CHECK_STR(evidence_name(EVIDENCE_ONE_WAY), "one-way");
    CHECK_STR(evidence_name(EVIDENCE_LOSSY), "lossy");
    CHECK_STR(teardown_kind_name(TEARDOWN_NONE), "");
    CHECK_STR(teardown_kind_name(TEARDOWN_FOUR_WAY), "four-way");
    CHECK_STR(teardown_kind_name(TEARDOWN_THREE_SEGMENT), "three-segment");
    CHECK_STR(teardown_kind_name(TEARDOWN_SIMULTANEOUS), "simultaneous");
    CHECK_STR(rst_class_name(RST_NONE), "");
    CHECK_STR(rst_class_name(RST_SYNSENT_OK), "synsent_ok");
    CHECK_STR(rst_class_name(RST_OUT_OF_WINDOW), "out_of_window");
    CHECK_STR(direction_name(ROLE_CLIENT), "client to server");
    CHECK_STR(direction_name(ROLE_SERVER), "server to client");
    CHECK_STR(handshake_step_name(3), "ACK");
    CHECK_STR(handshake_step_name(4), "");
    CHECK_STR(teardown_step_name(2), "ACK of FIN");
    CHECK_STR(teardown_step_name(4), "ACK of second FIN");
    CHECK_STR(teardown_step_name(5), "");
    CHECK_STR(covers_name(COVERS_SYN), "SYN");
    CHECK_STR(covers_name(COVERS_DATA), "data");
    CHECK_STR(covers_name(COVERS_FIN), "FIN");
}

/* ---- the buffer ---- */

static void test_small_buffers(void)
{
    const char *whole = "1 + 77 data octets = 78 next, as expected";
    send(SIDE_A, 1, 77, FLAG_ACK);
    struct annotation annotation = annotate();
    for (size_t size = 1; size <= strlen(whole) + 1; size++) {
        char got[64];
        memset(got, 'x', sizeof got);
        size_t length = sentence_sequence(got, size, &annotation, &context);
        CHECK_UINT(length, size - 1);
        CHECK_UINT(got[size - 1], 0);
        CHECK_TRUE(strncmp(got, whole, size - 1) == 0);
        CHECK_INT(got[size], 'x');
    }
    char untouched = 'x';
    CHECK_UINT(sentence_sequence(&untouched, 0, &annotation, &context), 0);
    CHECK_INT(untouched, 'x');

    struct finding finding = {.id = FINDING_hdr_xmas};
    for (size_t size = 0; size < 200; size++) {
        char got[201];
        memset(got, 'x', sizeof got);
        size_t length = sentence_finding_detail(got, size, &annotation, &context, &finding);
        CHECK_TRUE(size == 0 ? length == 0 : length < size && got[length] == '\0');
        CHECK_INT(got[size], 'x');
    }
}

int main(void)
{
    void (*const tests[])(void) = {
        test_handshake_lines,      test_established_lines, test_teardown_lines,
        test_after_teardown_lines, test_reset_lines,       test_stray,
        test_connection,           test_small_buffers,
    };
    run_around_the_wrap(tests, sizeof tests / sizeof tests[0]);
    test_words();
    return check_status();
}
