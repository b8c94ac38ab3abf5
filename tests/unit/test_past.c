/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states so far: what the segments of a connection listed, strung together. */
#include "check.h"
#include "past.h"
#include "sentence.h"
#include "test_arena.h"

/* ---- which segments listed something ---- */

static struct test_arena memory;

static void test_turns_by_connection(void)
{
    struct turns turns = {0};
    uint32_t ids[TURNS_MAX];

    CHECK_UINT(turns_of(&turns, 1, ids), 0);
    turns_add(&turns, 1, 10, &memory.arena);
    turns_add(&turns, 70000, 11, &memory.arena);
    turns_add(&turns, 1, 12, &memory.arena);
    CHECK_UINT(turns_of(&turns, 1, ids), 2);
    CHECK_UINT(ids[0], 10);
    CHECK_UINT(ids[1], 12);
    CHECK_UINT(turns_of(&turns, 70000, ids), 1);
    CHECK_UINT(ids[0], 11);
    CHECK_UINT(turns_of(&turns, 2, ids), 0);
}

static void test_turns_are_bounded(void)
{
    struct turns turns = {0};
    uint32_t ids[TURNS_MAX];

    for (uint32_t id = 0; id < TURNS_MAX + 5; id++)
        turns_add(&turns, 1, id, &memory.arena);
    CHECK_UINT(turns.count, TURNS_MAX);
    CHECK_UINT(turns_of(&turns, 1, ids), TURNS_MAX);
    CHECK_UINT(ids[0], 0);
    CHECK_UINT(ids[TURNS_MAX - 1], TURNS_MAX - 1);
    turns_add(&turns, 2, 99, &memory.arena);
    CHECK_UINT(turns_of(&turns, 2, ids), 1);
}

/* ---- the states ---- */

static struct connection conn;
static struct annotation segments[TURNS_MAX + 2];
static struct turned turned;

static void begin(void)
{
    conn = (struct connection){.id = 1, .client = SIDE_A};
    memset(segments, 0, sizeof segments);
    turned = (struct turned){0};
}

/* The next segment of side A: its own change, and the one that it causes at side B. */
static struct annotation *segment(enum tcp_state from, enum tcp_state to, enum tcp_state peer_from,
                                  enum tcp_state peer_to)
{
    struct annotation *next = &segments[turned.count];
    struct segment facts = {0};
    struct step step = {.segment = &facts, .conn = &conn};

    step.src = (struct path){from != to, from != to, {(uint8_t)from, (uint8_t)to}};
    step.dst = (struct path){peer_from != peer_to, peer_from != peer_to,
                             {(uint8_t)peer_from, (uint8_t)peer_to}};
    annotation_from_step(next, &step);
    turned.at[turned.count++] = next;
    return next;
}

/* Where the client has been once the segment of that place has passed. */
static void check_client(unsigned place, const char *want)
{
    struct past past;
    char got[SENTENCE_MAX];

    turned.so_far = place + 1;
    past_of(&past, turned.at[place], ROLE_CLIENT, &turned);
    sentence_past(got, sizeof got, &past);
    CHECK_STR(got, want);
}

static void test_one_after_the_other(void)
{
    begin();
    segment(STATE_CLOSED, STATE_SYN_SENT, STATE_LISTEN, STATE_SYN_RECEIVED);
    segment(STATE_SYN_SENT, STATE_ESTABLISHED, STATE_SYN_RECEIVED, STATE_ESTABLISHED);
    segment(STATE_ESTABLISHED, STATE_FIN_WAIT_1, STATE_ESTABLISHED, STATE_CLOSE_WAIT);
    check_client(0, "CLOSED > SYN-SENT");
    check_client(1, "CLOSED > SYN-SENT > ESTABLISHED");
    check_client(2, "CLOSED > SYN-SENT > ESTABLISHED > FIN-WAIT-1");
    conn.client = SIDE_B; /* a later frame corrected who is who */
    check_client(2, "LISTEN > SYN-RECEIVED > ESTABLISHED > CLOSE-WAIT");
}

static void test_begun_in_the_middle(void)
{
    begin();
    segment(STATE_UNKNOWN, STATE_ESTABLISHED, STATE_UNKNOWN, STATE_ESTABLISHED);
    segment(STATE_ESTABLISHED, STATE_FIN_WAIT_1, STATE_ESTABLISHED, STATE_CLOSE_WAIT);
    check_client(0, "ESTABLISHED");
    check_client(1, "ESTABLISHED > FIN-WAIT-1");
}

/* A segment that left before the other end's FIN arrived does not know of CLOSE-WAIT yet. */
static void test_not_yet_arrived(void)
{
    begin();
    segment(STATE_CLOSED, STATE_SYN_SENT, STATE_LISTEN, STATE_SYN_RECEIVED);
    segment(STATE_SYN_SENT, STATE_ESTABLISHED, STATE_SYN_RECEIVED, STATE_ESTABLISHED);
    segment(STATE_ESTABLISHED, STATE_CLOSE_WAIT, STATE_ESTABLISHED, STATE_ESTABLISHED);
    segment(STATE_ESTABLISHED, STATE_ESTABLISHED, STATE_ESTABLISHED, STATE_ESTABLISHED);
    check_client(3, "CLOSED > SYN-SENT > ESTABLISHED");
}

/* What crosses: it is shown where the segment will find the end, after what that sends meanwhile. */
static void test_crossing(void)
{
    begin();
    segment(STATE_ESTABLISHED, STATE_ESTABLISHED, STATE_UNKNOWN, STATE_ESTABLISHED);
    segment(STATE_SYN_SENT, STATE_ESTABLISHED, STATE_ESTABLISHED, STATE_ESTABLISHED);
    annotation_amend(segment(STATE_ESTABLISHED, STATE_CLOSE_WAIT, STATE_ESTABLISHED,
                             STATE_ESTABLISHED),
                     AMEND_SRC_STATE, STATE_CLOSING);
    segment(STATE_ESTABLISHED, STATE_FIN_WAIT_1, STATE_ESTABLISHED, STATE_ESTABLISHED);
    segment(STATE_FIN_WAIT_1, STATE_CLOSING, STATE_ESTABLISHED, STATE_ESTABLISHED);
    check_client(2, "SYN-SENT > ESTABLISHED > FIN-WAIT-1 > CLOSING");
    check_client(3, "SYN-SENT > ESTABLISHED > FIN-WAIT-1");
}

/* A SYN of the other end's own that crosses this one: it is not in LISTEN after all. */
static void test_crossing_syns(void)
{
    begin();
    annotation_amend(segment(STATE_CLOSED, STATE_SYN_SENT, STATE_LISTEN, STATE_SYN_RECEIVED),
                     AMEND_DST_BEFORE, STATE_SYN_SENT);
    segment(STATE_SYN_SENT, STATE_SYN_RECEIVED, STATE_CLOSED, STATE_SYN_SENT);
    segment(STATE_SYN_RECEIVED, STATE_ESTABLISHED, STATE_LAST_ACK, STATE_CLOSED);
    conn.client = SIDE_B;
    check_client(0, "CLOSED > SYN-SENT > SYN-RECEIVED");
    check_client(1, "CLOSED > SYN-SENT");
}

static void test_taken_back(void)
{
    begin();
    segment(STATE_CLOSED, STATE_SYN_SENT, STATE_LISTEN, STATE_SYN_RECEIVED);
    annotation_amend(segment(STATE_SYN_SENT, STATE_ESTABLISHED, STATE_LISTEN, STATE_LISTEN),
                     AMEND_SRC_STATE, STATE_SYN_SENT);
    check_client(1, "CLOSED > SYN-SENT");
}

/* CLOSED again is the end, not the beginning. */
static void test_closed_again(void)
{
    begin();
    segment(STATE_CLOSED, STATE_SYN_SENT, STATE_LISTEN, STATE_SYN_RECEIVED);
    annotation_amend(segment(STATE_SYN_SENT, STATE_SYN_SENT, STATE_LISTEN, STATE_LISTEN),
                     AMEND_SRC_STATE, STATE_CLOSED);
    check_client(1, "CLOSED > SYN-SENT > CLOSED");
}

static void test_more_than_is_kept(void)
{
    begin();
    for (unsigned i = 0; i < TURNS_MAX / 2; i++) {
        segment(STATE_LISTEN, STATE_SYN_RECEIVED, STATE_CLOSED, STATE_CLOSED);
        segment(STATE_SYN_RECEIVED, STATE_LISTEN, STATE_CLOSED, STATE_CLOSED);
    }
    struct past past;
    struct annotation after = segments[0];
    annotation_amend(&after, AMEND_SRC_STATE, STATE_ESTABLISHED);
    turned.so_far = turned.count;
    past_of(&past, &after, ROLE_CLIENT, &turned);
    CHECK_UINT(past.count, TURNS_MAX + 2);
    CHECK_TRUE(past.cut);
    CHECK_UINT(past.at[past.count - 1], STATE_ESTABLISHED);

    /* three changes in each segment are more than fit */
    struct segment facts = {0};
    struct step step = {.segment = &facts, .conn = &conn};
    step.src = (struct path){3, 7, {STATE_LISTEN, STATE_SYN_RECEIVED, STATE_LISTEN,
                                    STATE_SYN_RECEIVED}};
    for (unsigned i = 0; i < TURNS_MAX; i++)
        annotation_from_step(&segments[i], &step);
    past_of(&past, &segments[TURNS_MAX - 1], ROLE_CLIENT, &turned);
    CHECK_UINT(past.count, PAST_MAX);
    CHECK_TRUE(past.cut);
    CHECK_UINT(past.at[PAST_MAX - 1], STATE_SYN_RECEIVED);
}

static void test_stray(void)
{
    struct past past;
    struct annotation stray = {0};

    begin();
    past_of(&past, &stray, ROLE_CLIENT, &turned);
    CHECK_UINT(past.count, 0);
}

int main(void)
{
    test_arena_start(&memory);
    test_turns_by_connection();
    test_turns_are_bounded();
    test_arena_end(&memory);
    test_one_after_the_other();
    test_begun_in_the_middle();
    test_not_yet_arrived();
    test_crossing();
    test_crossing_syns();
    test_taken_back();
    test_closed_again();
    test_more_than_is_kept();
    test_stray();
    return check_status();
}
