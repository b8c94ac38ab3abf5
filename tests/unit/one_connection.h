/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sentence tests share: one connection, and one step of it put together by hand. The
 * client is SIDE_A, its SYN is frame 1, the server's SYN-ACK frame 2; the segment under test is
 * frame 9. Sentences are asked for with initial numbers at and around the wrap.
 */
#ifndef TCPSTATE_TESTS_ONE_CONNECTION_H
#define TCPSTATE_TESTS_ONE_CONNECTION_H

#include "check.h"
#include "sentence.h"

#define CLIENT_ISS 2881823103U
#define SERVER_ISS 2881823104U

static struct connection conn;
static struct segment segment;
static struct step step;
static struct sentence_context context;
static uint32_t iss[2];

/* Where both initial numbers lie in the run that is going on. */
static inline void begin(uint32_t client_iss, uint32_t server_iss)
{
    iss[SIDE_A] = client_iss;
    iss[SIDE_B] = server_iss;
    memset(&conn, 0, sizeof conn);
    conn.id = 1;
    conn.incarnation = 1;
    conn.client = SIDE_A;
    conn.base_known[SIDE_A] = conn.base_known[SIDE_B] = true;
    conn.base[SIDE_A] = seq_of(client_iss);
    conn.base[SIDE_B] = seq_of(server_iss);
    conn.syn_frame = 1;
    conn.synack_frame = 2;
    context = (struct sentence_context){true, "10.0.0.1:40000", "10.0.0.2:80"};
}

static inline struct seq number_of(enum side side, uint32_t relative)
{
    return seq_of(iss[side] + relative);
}

static inline enum side receiver(void)
{
    return side_other(segment.sender);
}

/* A segment of the established phase: SEQ relative, and as expected unless told otherwise. */
static inline void send(enum side sender, uint32_t first, uint32_t payload, unsigned flags)
{
    memset(&segment, 0, sizeof segment);
    memset(&step, 0, sizeof step);
    segment.frame = 9;
    segment.sender = sender;
    segment.flags = (uint16_t)flags;
    segment.payload_len = payload;
    segment.len = payload + ((flags & FLAG_SYN) != 0) + ((flags & FLAG_FIN) != 0);
    segment.seq = number_of(sender, first);
    step.segment = &segment;
    step.conn = &conn;
    step.phase = PHASE_ESTABLISHED;
    step.evidence = EVIDENCE_FULL;
    step.src_before = STATE_ESTABLISHED;
    step.src.at[0] = step.dst.at[0] = STATE_ESTABLISHED;
    step.seq_expected_known = true;
    step.seq_expected = segment.seq;
}

static inline void expect_seq(uint32_t relative)
{
    step.seq_expected = number_of(segment.sender, relative);
}

static inline void expect_no_seq(void)
{
    step.seq_expected_known = false;
}

/* The acknowledgment: its number, what would acknowledge all, and what is new. */
static inline void ack(uint32_t relative, uint32_t all, uint32_t fresh, unsigned covers,
                       uint32_t frame)
{
    segment.flags |= FLAG_ACK;
    segment.ack = number_of(receiver(), relative);
    step.ack_expected_known = true;
    step.ack_expected = number_of(receiver(), all);
    step.ack_new_known = true;
    step.ack_new = fresh;
    step.covers = (uint8_t)covers;
    step.ack_frame = frame;
}

static inline void window(uint32_t left, uint32_t right)
{
    step.window_known = true;
    step.window_left = number_of(segment.sender, left);
    step.window_right = number_of(segment.sender, right);
}

static inline void path(struct path *path, enum tcp_state from, enum tcp_state to)
{
    path->at[0] = (uint8_t)from;
    path->count = path->listed = from != to;
    path->at[path->count] = (uint8_t)to;
}

static inline void states(enum tcp_state src_before, enum tcp_state src, enum tcp_state dst_before,
                          enum tcp_state dst)
{
    step.src_before = src_before;
    path(&step.src, src, src);
    path(&step.dst, dst_before, dst);
}

static inline struct annotation annotate(void)
{
    struct annotation annotation;
    memset(&annotation, 0, sizeof annotation);
    annotation_from_step(&annotation, &step);
    return annotation;
}

typedef size_t (*plain_fn)(char *, size_t, const struct annotation *);
typedef size_t (*number_fn)(char *, size_t, const struct annotation *,
                            const struct sentence_context *);

static inline void plain_is(const char *file, int line, plain_fn sentence, const char *want)
{
    char got[SENTENCE_MAX];
    struct annotation annotation = annotate();
    size_t length = sentence(got, sizeof got, &annotation);
    check_str(file, line, "sentence", got, want);
    check_uint(file, line, "length", length, strlen(want));
}

static inline void numbers_are(const char *file, int line, number_fn sentence, const char *want)
{
    char got[SENTENCE_MAX];
    struct annotation annotation = annotate();
    size_t length = sentence(got, sizeof got, &annotation, &context);
    check_str(file, line, "sentence", got, want);
    check_uint(file, line, "length", length, strlen(want));
}

#define PLAIN(sentence, want) plain_is(__FILE__, __LINE__, sentence, want)
#define SEQUENCE(want)        numbers_are(__FILE__, __LINE__, sentence_sequence, want)
#define ACKNOWLEDGMENT(want)  numbers_are(__FILE__, __LINE__, sentence_acknowledgment, want)
#define WINDOW(want)          numbers_are(__FILE__, __LINE__, sentence_window, want)
#define CONNECTION(want)      numbers_are(__FILE__, __LINE__, sentence_connection, want)

/** Runs every test with the initial numbers at and around the wrap. */
static inline void run_around_the_wrap(void (*const tests[])(void), size_t count)
{
    static const uint32_t numbers[][2] = {
        {0, 0}, {CLIENT_ISS, SERVER_ISS}, {0x7fffff00U, 0xffffff00U}, {0xffffffffU, 0x7fffffffU}};
    for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
        snprintf(check_context, sizeof check_context, "ISS %lu, %lu", (unsigned long)numbers[n][0],
                 (unsigned long)numbers[n][1]);
        for (size_t i = 0; i < count; i++) {
            begin(numbers[n][0], numbers[n][1]);
            tests[i]();
        }
    }
    check_context[0] = '\0';
}

#endif
