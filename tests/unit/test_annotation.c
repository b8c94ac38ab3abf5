/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step packed into 80 bytes and read back: every value of every member survives. */
#include "annotation.h"
#include "check.h"

static struct connection conn;
static struct segment segment;
static struct step step;
static struct annotation packed;
static struct annex annex;

/* A step in which no two numbers are alike, so that a mix-up shows. */
static void begin(void)
{
    memset(&conn, 0, sizeof conn);
    memset(&segment, 0, sizeof segment);
    memset(&step, 0, sizeof step);
    memset(&packed, 0xff, sizeof packed);
    packed.annex = &annex;
    packed.next = 77;
    segment.frame = 1001;
    segment.stream = 1002;
    segment.sender = SIDE_A;
    segment.seq = seq_of(0xfffffff1U);
    segment.ack = seq_of(0xfffffff2U);
    segment.len = 1003;
    segment.flags = FLAG_ACK;
    step.segment = &segment;
    step.conn = &conn;
    step.seq_expected = seq_of(0xfffffff3U);
    step.ack_expected = seq_of(0xfffffff4U);
    step.ack_new = 0xfffffff5U;
    step.ack_frame = 0xfffffff6U;
    step.window_left = seq_of(0xfffffff7U);
    step.window_right = seq_of(0xfffffff8U);
}

static void numbers(void)
{
    begin();
    annotation_from_step(&packed, &step);
    CHECK_TRUE(packed.conn == &conn);
    CHECK_UINT(packed.frame, 1001);
    CHECK_UINT(packed.stream, 1002);
    CHECK_SEQ(packed.seq, segment.seq);
    CHECK_SEQ(packed.ack, segment.ack);
    CHECK_UINT(packed.len, 1003);
    CHECK_SEQ(packed.seq_expected, step.seq_expected);
    CHECK_SEQ(packed.ack_expected, step.ack_expected);
    CHECK_UINT(packed.ack_new, step.ack_new);
    CHECK_UINT(packed.ack_frame, step.ack_frame);
    CHECK_UINT(packed.acked_in, 0);
    CHECK_SEQ(packed.window_left, step.window_left);
    CHECK_SEQ(packed.window_right, step.window_right);
    /* The store's own members are not touched. */
    CHECK_TRUE(packed.annex == &annex);
    CHECK_UINT(packed.next, 77);
}

static void words(void)
{
    for (int i = 0; i < PHASES; i++) {
        begin();
        step.phase = (enum phase)i;
        annotation_from_step(&packed, &step);
        CHECK_INT(packed.phase, i);
    }
    for (int i = 0; i < EVIDENCES; i++) {
        begin();
        step.evidence = (enum evidence)i;
        annotation_from_step(&packed, &step);
        CHECK_INT(packed.evidence, i);
    }
    for (int i = 0; i < TEARDOWN_KINDS; i++) {
        begin();
        step.kind = (enum teardown_kind)i;
        annotation_from_step(&packed, &step);
        CHECK_INT(packed.kind, i);
    }
    for (int i = 0; i < RST_CLASSES; i++) {
        begin();
        step.rst_class = (enum rst_class)i;
        annotation_from_step(&packed, &step);
        CHECK_INT(packed.rst_class, i);
    }
    for (int i = 0; i <= ADMIT_ALIEN; i++) {
        begin();
        step.admission = (enum admission)i;
        annotation_from_step(&packed, &step);
        CHECK_INT(packed.admission, i);
    }
}

static void small_numbers(void)
{
    for (unsigned i = 0; i < 16; i++) {
        begin();
        step.handshake_step = (uint8_t)(i % 4);
        step.teardown_steps = (uint8_t)i;
        step.covers = (uint8_t)(i % 8);
        step.rst_decisive = (i & 1) != 0;
        step.seq_expected_known = (i & 2) != 0;
        step.ack_expected_known = (i & 4) != 0;
        step.ack_new_known = (i & 8) != 0;
        step.window_known = (i & 1) == 0;
        segment.sender = (i & 2) != 0 ? SIDE_B : SIDE_A;
        annotation_from_step(&packed, &step);
        CHECK_UINT(packed.handshake_step, i % 4);
        CHECK_UINT(packed.teardown_steps, i);
        CHECK_UINT(packed.covers, i % 8);
        CHECK_BOOL(packed.rst_decisive, step.rst_decisive);
        CHECK_BOOL(packed.seq_expected_known, step.seq_expected_known);
        CHECK_BOOL(packed.ack_expected_known, step.ack_expected_known);
        CHECK_BOOL(packed.ack_new_known, step.ack_new_known);
        CHECK_BOOL(packed.window_known, step.window_known);
        CHECK_UINT(packed.sender, segment.sender);
    }
    for (unsigned bit = 0; bit < 12; bit++) {
        begin();
        segment.flags = (uint16_t)(1U << bit);
        annotation_from_step(&packed, &step);
        CHECK_UINT(packed.flags, segment.flags);
    }
}

/* Every state at every place of a path, with every number of changes. */
static void paths(void)
{
    for (unsigned count = 0; count <= PATH_MAX_CHANGES; count++) {
        for (unsigned i = 0; i < STATES; i++) {
            struct transition_shown shown[ANNOTATION_TRANSITIONS_MAX];

            begin();
            step.src.count = step.dst.count = (uint8_t)count;
            for (unsigned at = 0; at <= count; at++) {
                step.src.at[at] = (uint8_t)((i + at) % STATES);
                step.dst.at[at] = (uint8_t)((i + 5 + 3 * at) % STATES);
            }
            step.src_before = (enum tcp_state)((i + 7) % STATES);
            annotation_from_step(&packed, &step);
            CHECK_INT(packed.src_before, step.src_before);
            CHECK_INT(annotation_src_state(&packed), path_end(&step.src));
            CHECK_INT(annotation_dst_before(&packed), step.dst.at[0]);
            CHECK_INT(annotation_dst_state(&packed), path_end(&step.dst));
            CHECK_UINT(annotation_transitions(&packed, shown), 0); /* none is news */
        }
    }
}

/* The sender's changes come first; only what is listed is told; roles as they are known now. */
static void transitions(void)
{
    struct transition_shown shown[ANNOTATION_TRANSITIONS_MAX];

    begin();
    conn.client = SIDE_B;
    step.src = (struct path){
        .count = 2, .listed = 2, .at = {STATE_ESTABLISHED, STATE_CLOSE_WAIT, STATE_LAST_ACK}};
    step.dst = (struct path){
        .count = 2, .listed = 3, .at = {STATE_FIN_WAIT_1, STATE_FIN_WAIT_2, STATE_TIME_WAIT}};
    annotation_from_step(&packed, &step);
    CHECK_UINT(annotation_transitions(&packed, shown), 3);
    CHECK_INT(shown[0].who, ROLE_SERVER);
    CHECK_INT(shown[0].from, STATE_CLOSE_WAIT);
    CHECK_INT(shown[0].to, STATE_LAST_ACK);
    CHECK_INT(shown[1].who, ROLE_CLIENT);
    CHECK_INT(shown[1].from, STATE_FIN_WAIT_1);
    CHECK_INT(shown[1].to, STATE_FIN_WAIT_2);
    CHECK_INT(shown[2].from, STATE_FIN_WAIT_2);
    CHECK_INT(shown[2].to, STATE_TIME_WAIT);
    CHECK_INT(annotation_role_state(&packed, ROLE_SERVER), STATE_LAST_ACK);
    CHECK_INT(annotation_role_state(&packed, ROLE_CLIENT), STATE_TIME_WAIT);

    /* A later frame shows that the roles were the other way round. */
    conn.client = SIDE_A;
    CHECK_UINT(annotation_transitions(&packed, shown), 3);
    CHECK_INT(shown[0].who, ROLE_CLIENT);
    CHECK_INT(annotation_role_state(&packed, ROLE_CLIENT), STATE_LAST_ACK);

    /* There is no transition from UNKNOWN. */
    step.src = (struct path){.count = 1, .listed = 1, .at = {STATE_UNKNOWN, STATE_ESTABLISHED}};
    step.dst = (struct path){.count = 0, .at = {STATE_UNKNOWN}};
    annotation_from_step(&packed, &step);
    CHECK_UINT(annotation_transitions(&packed, shown), 0);
}

/* A correction changes what it names, and the transition that it takes back is no longer told. */
static void amendments(void)
{
    struct transition_shown shown[ANNOTATION_TRANSITIONS_MAX];

    begin();
    step.src = (struct path){.count = 1, .listed = 1, .at = {STATE_ESTABLISHED, STATE_FIN_WAIT_1}};
    step.dst = (struct path){.count = 1, .listed = 1, .at = {STATE_ESTABLISHED, STATE_CLOSE_WAIT}};
    annotation_from_step(&packed, &step);
    annotation_amend(&packed, AMEND_ACKED_IN, 4242);
    CHECK_UINT(packed.acked_in, 4242);
    CHECK_UINT(annotation_transitions(&packed, shown), 2);

    annotation_amend(&packed, AMEND_DST_STATE, STATE_CLOSING);
    CHECK_INT(annotation_dst_state(&packed), STATE_CLOSING);
    CHECK_INT(annotation_dst_before(&packed), STATE_ESTABLISHED);
    CHECK_UINT(annotation_transitions(&packed, shown), 1);
    CHECK_INT(shown[0].to, STATE_FIN_WAIT_1);
    annotation_amend(&packed, AMEND_DST_BEFORE, STATE_FIN_WAIT_1);
    CHECK_INT(annotation_dst_before(&packed), STATE_FIN_WAIT_1);
    CHECK_INT(annotation_dst_state(&packed), STATE_CLOSING);

    annotation_amend(&packed, AMEND_SRC_STATE, STATE_LAST_ACK);
    CHECK_INT(annotation_src_state(&packed), STATE_LAST_ACK);
    CHECK_INT(annotation_dst_state(&packed), STATE_CLOSING);
    CHECK_UINT(packed.acked_in, 4242);
}

/* A refused SYN: both of the receiver's states become CLOSED, and no transition of it is left. */
static void refusal(void)
{
    struct transition_shown shown[ANNOTATION_TRANSITIONS_MAX];

    begin();
    step.src = (struct path){.count = 1, .listed = 1, .at = {STATE_CLOSED, STATE_SYN_SENT}};
    step.dst = (struct path){.count = 1, .listed = 1, .at = {STATE_LISTEN, STATE_SYN_RECEIVED}};
    annotation_from_step(&packed, &step);
    annotation_amend(&packed, AMEND_DST_BEFORE, STATE_CLOSED);
    annotation_amend(&packed, AMEND_DST_STATE, STATE_CLOSED);
    CHECK_INT(annotation_dst_before(&packed), STATE_CLOSED);
    CHECK_INT(annotation_dst_state(&packed), STATE_CLOSED);
    CHECK_UINT(annotation_transitions(&packed, shown), 1);
    CHECK_INT(shown[0].from, STATE_CLOSED);
    CHECK_INT(shown[0].to, STATE_SYN_SENT);
}

/* A stray has no connection: nobody is asked for a role. */
static void stray(void)
{
    begin();
    step.conn = NULL;
    step.phase = PHASE_STRAY;
    annotation_from_step(&packed, &step);
    CHECK_TRUE(packed.conn == NULL);
    CHECK_INT(annotation_sender_role(&packed), ROLE_CLIENT);
    CHECK_INT(annotation_src_state(&packed), STATE_UNKNOWN);
}

static void payload(void)
{
    begin();
    segment.flags = FLAG_SYN | FLAG_FIN;
    segment.len = 102;
    annotation_from_step(&packed, &step);
    CHECK_UINT(annotation_payload(&packed), 100);
    segment.flags = FLAG_ACK;
    annotation_from_step(&packed, &step);
    CHECK_UINT(annotation_payload(&packed), 102);
}

int main(void)
{
    CHECK_TRUE(sizeof(struct annotation) <= 80);
    numbers();
    words();
    small_numbers();
    paths();
    transitions();
    amendments();
    refusal();
    stray();
    payload();
    return check_status();
}
