/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judge remembers: how often it said something, and verdicts that wait for proof. */
#include "one_step.h"

static int64_t pause_ns = 10 * 1000000; /* longer than any that the order of frames may change */

/* The step is judged as it follows on those before it. */
static void follow(void)
{
    segment.id++;
    segment.frame++;
    segment.time_ns += pause_ns;
    judge(&step, &limits_standard, &docket, &verdict);
}

/* ---- repetition ---- */

static void test_back_off(void)
{
    begin();
    (void)fresh_docket();
    sends(SIDE_A, 101, 0, FLAG_ACK | 0x800);
    for (uint32_t i = 1; i <= 100; i++) {
        follow();
        CHECK_UINT(verdict.count, 1);
        CHECK_UINT(verdict.findings[0].count, i);
        CHECK_BOOL(verdict.findings[0].expert,
                   i == 1 || i == 2 || i == 4 || i == 8 || i == 16 || i == 32 || i == 64);
    }
    /* The other direction, another finding, another connection: each is counted for itself. */
    sends(SIDE_B, 201, 0, FLAG_ACK | 0x800);
    follow();
    CHECK_UINT(verdict.findings[0].count, 1);
    sends(SIDE_A, 101, 14, FLAG_RST);
    follow();
    CHECK_UINT(verdict.findings[0].count, 1);
    sends(SIDE_A, 101, 0, FLAG_ACK | 0x800);
    conn.id = 2;
    follow();
    CHECK_UINT(verdict.findings[0].count, 1);
    conn.id = 1;
    follow();
    CHECK_UINT(verdict.findings[0].count, 101);
}

/* Strays are counted by their stream. */
static void test_back_off_of_strays(void)
{
    begin();
    (void)fresh_docket();
    step.conn = NULL;
    step.phase = PHASE_STRAY;
    memset(step.before, 0, sizeof step.before);
    sends(SIDE_A, 0, 0, 0);
    follow();
    follow();
    follow();
    CHECK_UINT(verdict.findings[0].count, 3);
    CHECK_FALSE(verdict.findings[0].expert);
    segment.stream = 1;
    follow();
    CHECK_UINT(verdict.findings[0].count, 1);
}

/* More connections than there is room for: whoever is talked of now is still counted right. */
static void test_counters_run_out(void)
{
    begin();
    (void)fresh_docket();
    sends(SIDE_A, 101, 0, FLAG_ACK | 0x800);
    for (uint32_t id = 1; id <= 10 * DOCKET_COUNTERS_MAX; id++) {
        conn.id = id;
        follow();
        CHECK_UINT(verdict.findings[0].count, 1);
        follow();
        CHECK_UINT(verdict.findings[0].count, 2);
    }
}

/* ---- waiting ---- */

/* How many verdicts of that id wait. */
static unsigned waiting(enum finding_id id)
{
    unsigned count = 0;

    for (unsigned i = 0; i < docket.open; i++)
        count += docket.cases[i].finding.id == id;
    return count;
}

#define CHECK_WAITING(want_id, want) CHECK_UINT(waiting(FINDING_##want_id), want)

/* The server has granted the client 30000 octets in frame 6. */
static void begin_window(void)
{
    begin();
    (void)fresh_docket();
    segment.id = 8;
    segment.has_time = true;
    for (unsigned side = SIDE_A; side <= SIDE_B; side++) {
        struct endpoint *end = &step.before[side];
        end->edge_known = true;
        end->snd.edge = seq_add(end->snd.nxt, 30000);
        end->snd.mwnd = 30000;
        end->edge_frame = 6;
        end->mss = 1000;
    }
    step.edge_fresh = true;
}

static bool odd_in_disorder; /* the connection was seen out of order before */

/* An odd segment of the client; 30101 is the edge. */
static void odd(uint32_t first, uint32_t payload)
{
    begin_window();
    step.disordered = odd_in_disorder;
    sends(SIDE_A, first, payload, FLAG_ACK);
    acks(201);
    follow();
}

/* The server's next segment: what it acknowledges and grants. */
static void server_acks(uint32_t ack, uint16_t window)
{
    sends(SIDE_B, 201, 0, FLAG_ACK);
    acks(ack);
    segment.wnd_field = window;
    follow();
}

static void client_sends(uint32_t first, uint32_t payload)
{
    sends(SIDE_A, first, payload, FLAG_ACK);
    acks(201);
    follow();
}

#define CHECK_PROVED(want_id, want_severity)                                                       \
    do {                                                                                           \
        CHECK_UINT(verdict.count, 1);                                                              \
        CHECK_UINT(verdict.findings[0].id, FINDING_##want_id);                                     \
        CHECK_STR(severity_name((enum severity)verdict.findings[0].severity), want_severity);      \
        CHECK_UINT(verdict.findings[0].about, 9 + 1);                                              \
        CHECK_UINT(verdict.findings[0].about_frame, 10);                                           \
    } while (0)

static void test_overshoot(void)
{
    /* The tail of a segment sticks out by less than a segment: told at once. */
    odd(29601, 1000);
    CHECK_UINT(verdict.count, 1);
    CHECK_STR(severity_name((enum severity)verdict.findings[0].severity), "note");
    CHECK_COMPARED(number_of(SIDE_A, 30601), number_of(SIDE_A, 30101), 6);
    CHECK_WAITING(seq_beyond_window, 0);
    odd(29601, 500);
    CHECK_UINT(verdict.count, 0);
    odd(30101, 1); /* a probe */
    CHECK_UINT(verdict.count, 0);
    CHECK_WAITING(seq_beyond_window, 0);
}

static void test_outside_by_receiver(void)
{
    /* The receiver grants no more than before. */
    odd(30101, 1000);
    CHECK_UINT(verdict.count, 0);
    CHECK_WAITING(seq_beyond_window, 1);
    server_acks(101, 30000);
    CHECK_PROVED(seq_beyond_window, "warn");
    CHECK_UINT(verdict.findings[0].sender, SIDE_A);
    /* It takes the octets, or has room for them: then it had granted them, uncaptured. */
    odd(30101, 1000);
    server_acks(31101, 100);
    CHECK_UINT(verdict.count, 0);
    CHECK_WAITING(seq_beyond_window, 0);
    odd(30101, 1000);
    server_acks(101, 31000);
    CHECK_WAITING(seq_beyond_window, 0);
    CHECK_UINT(verdict.count, 0);
    /* A little more room proves nothing, and an old ACK neither. */
    odd(30101, 1000);
    server_acks(101, 30500);
    CHECK_WAITING(seq_beyond_window, 1);
    server_acks(100, 30000);
    CHECK_WAITING(seq_beyond_window, 1);
    CHECK_UINT(verdict.count, 1);
    CHECK_UINT(verdict.findings[0].id, FINDING_ack_old);
}

static void test_outside_by_sender(void)
{
    /* Near enough to have been on its way: the sender alone proves nothing. */
    odd(30101, 1000);
    client_sends(101, 500);
    CHECK_WAITING(seq_beyond_window, 1);
    /* Farther than anything that the sender may have had under way, but near the edge. */
    odd(30102, 1000);
    client_sends(101, 500);
    CHECK_PROVED(seq_beyond_window, "warn");
    /* More than a window outside. */
    odd(60102, 1000);
    client_sends(101, 0);
    CHECK_PROVED(seq_beyond_window, "error");
    /* The receiver leaves that to the sender; data sent again shows nothing; going on out there
     * does not either. */
    odd(60102, 1000);
    server_acks(101, 30000);
    CHECK_WAITING(seq_beyond_window, 1);
    client_sends(51, 50);
    CHECK_WAITING(seq_beyond_window, 1);
    step.edge_fresh = false;
    client_sends(61102, 500);
    CHECK_WAITING(seq_beyond_window, 1);
    client_sends(101, 500);
    CHECK_PROVED(seq_beyond_window, "error");
}

/* X-REO: the round trip is not 12 ms, so that 3 ms may be the capture's order; a quarter of a longer
 * one; and any usual one where the order was seen to change. */
static void proves_after(int64_t late_ns, bool disordered, int64_t least_ns)
{
    odd_in_disorder = disordered;
    odd(60102, 1000);
    step.before[SIDE_A].turnaround_late_ns = late_ns;
    pause_ns = least_ns;
    client_sends(101, 500);
    CHECK_WAITING(seq_beyond_window, 1);
    odd_in_disorder = disordered;
    odd(60102, 1000);
    step.before[SIDE_A].turnaround_late_ns = late_ns;
    pause_ns = least_ns + 1;
    client_sends(101, 500);
    CHECK_PROVED(seq_beyond_window, "error");
    pause_ns = 10 * 1000000;
    odd_in_disorder = false;
}

static void test_order(void)
{
    proves_after(0, false, 3000000);
    proves_after(12000000, false, 3000000);
    proves_after(16000000, false, 4000000);
    proves_after(16000000, true, 200000000);
    proves_after(300000000, true, 300000000);
}

static void test_outside_less_known(void)
{
    begin_window();
    step.before[SIDE_B].iss_exact = false;
    sends(SIDE_A, 60102, 1000, FLAG_ACK);
    follow();
    client_sends(101, 500);
    CHECK_PROVED(seq_beyond_window, "warn");
    odd(60102, 1000);
    step.observed = OBSERVED_RESYNC;
    segment.seq = number_of(SIDE_A, 161102);
    follow();
    CHECK_WAITING(seq_beyond_window, 0);
    CHECK_UINT(verdict.count, 1);
    CHECK_UINT(verdict.findings[0].id, FINDING_state_resync);
}

static void odd_ack(uint32_t ack, uint16_t observed)
{
    begin_window();
    step.observed = observed;
    step.loss_octets = 30002;
    sends(SIDE_B, 201, 0, FLAG_ACK);
    acks(ack);
    follow();
    step.observed = 0;
}

static void test_ack_beyond(void)
{
    /* One beyond the edge may be a FIN, or a probe. */
    odd_ack(30102, 0);
    CHECK_WAITING(ack_beyond_window, 0);
    odd_ack(30103, 0);
    CHECK_WAITING(ack_beyond_window, 1);
    client_sends(101, 0);
    CHECK_PROVED(ack_beyond_window, "error");
    CHECK_UINT(verdict.findings[0].sender, SIDE_B);
    CHECK_COMPARED(number_of(SIDE_A, 30103), number_of(SIDE_A, 30101), 6);
    /* It had sent them after all: they are only not captured. */
    odd_ack(30103, OBSERVED_LOSS_ACKED);
    CHECK_UINT(verdict.count, 0);
    client_sends(51, 50); /* sent again */
    CHECK_WAITING(ack_beyond_window, 1);
    client_sends(30103, 100);
    CHECK_PROVED(cap_loss_acked, "chat");
    CHECK_UINT(verdict.findings[0].got, 30002);
    /* Otherwise that is not said. */
    odd_ack(30103, OBSERVED_LOSS_ACKED);
    client_sends(30102, 100);
    CHECK_PROVED(ack_beyond_window, "error");
}

/* A SYN waits; its answer acknowledges something else. */
static void odd_synack(uint32_t ack)
{
    begin();
    (void)fresh_docket();
    segment.id = 8;
    open_endpoint(SIDE_A, 0, 1, 1);
    step.before[SIDE_A].sent_past_syn = false;
    step.before[SIDE_B] = (struct endpoint){0};
    step.dst.at[0] = STATE_SYN_SENT;
    sends(SIDE_B, 0, 0, FLAG_SYN | FLAG_ACK);
    acks(ack);
    step.before[SIDE_A].una_known = false;
    follow();
    step.before[SIDE_B].seen = step.before[SIDE_B].sent_synack = true;
}

static void test_synack(void)
{
    odd_synack(1);
    CHECK_WAITING(hs_synack_bad_ack, 0);
    odd_synack(0);
    CHECK_WAITING(hs_synack_bad_ack, 1);
    odd_synack(2);
    sends(SIDE_A, 2, 0, FLAG_RST);
    follow();
    CHECK_PROVED(hs_synack_bad_ack, "note");
    odd_synack(2);
    sends(SIDE_A, 1, 0, FLAG_RST);
    follow();
    CHECK_PROVED(hs_synack_bad_ack, "warn");
    odd_synack(2);
    sends(SIDE_A, 0, 0, FLAG_SYN);
    follow();
    CHECK_PROVED(hs_synack_bad_ack, "warn");
    /* The client goes on at that number: somebody renumbers the stream. */
    odd_synack(2);
    sends(SIDE_A, 2, 0, FLAG_ACK);
    acks(1);
    follow();
    CHECK_UINT(verdict.count, 0);
    CHECK_WAITING(hs_synack_bad_ack, 0);
    /* The SYN that it answers was only stored later. */
    odd_synack(2);
    sends(SIDE_A, 1, 0, FLAG_SYN);
    follow();
    CHECK_UINT(verdict.count, 0);
    CHECK_WAITING(hs_synack_bad_ack, 0);
}

/* The client opens a new life while the server is still in the old one. */
static struct connection old_life;

static void odd_syn(enum tcp_state server)
{
    begin();
    (void)fresh_docket();
    old_life = conn;
    conn.id = conn.incarnation = 2;
    segment.id = 8;
    step.before[SIDE_A] = step.before[SIDE_B] = (struct endpoint){0};
    step.dst.at[0] = (uint8_t)server;
    step.previous = &old_life;
    sends(SIDE_A, 900000, 0, FLAG_SYN);
    follow();
    step.previous = NULL;
}

/* From here on the steps are of the old life. */
static void old_step(enum side sender, unsigned flags)
{
    open_endpoint(SIDE_A, 100, 1, 4);
    open_endpoint(SIDE_B, 200, 2, 5);
    step.conn = &old_life;
    step.dst.at[0] = STATE_ESTABLISHED;
    sends(sender, sender == SIDE_A ? 101 : 201, 0, flags);
    if ((flags & FLAG_ACK) != 0)
        acks(sender == SIDE_A ? 201 : 101);
}

static void challenge(void)
{
    old_step(SIDE_B, FLAG_ACK);
    step.answers_challenge = true;
    step.challenge_frame = 10;
    follow();
    step.answers_challenge = false;
    CHECK_WAITING(syn_est_new, 1);
}

static void test_syn_of_somebody_else(void)
{
    odd_syn(STATE_ESTABLISHED);
    CHECK_WAITING(syn_est_new, 1);
    challenge();
    old_step(SIDE_A, FLAG_ACK);
    follow();
    CHECK_PROVED(syn_est_new, "warn");
    CHECK_UINT(verdict.findings[0].outcome, OUTCOME_CHALLENGED);
    /* Nobody answers it at all. */
    odd_syn(STATE_ESTABLISHED);
    old_step(SIDE_A, FLAG_ACK);
    follow();
    CHECK_PROVED(syn_est_new, "warn");
    CHECK_UINT(verdict.findings[0].outcome, OUTCOME_IGNORED);
    /* The old life began before the capture, on one side, or on both. */
    odd_syn(STATE_ESTABLISHED);
    old_step(SIDE_A, FLAG_ACK);
    step.before[SIDE_B].iss_exact = false;
    follow();
    CHECK_PROVED(syn_est_new, "note");
    odd_syn(STATE_ESTABLISHED);
    old_step(SIDE_A, FLAG_ACK);
    step.before[SIDE_A].iss_exact = false;
    follow();
    CHECK_UINT(verdict.count, 0);
    CHECK_WAITING(syn_est_new, 0);
}

static void test_syn_after_crash(void)
{
    odd_syn(STATE_ESTABLISHED);
    challenge();
    old_step(SIDE_A, FLAG_RST);
    step.rst_class = RST_EXACT;
    step.rst_decisive = true;
    follow();
    CHECK_PROVED(syn_est_new, "note");
    CHECK_UINT(verdict.findings[0].outcome, OUTCOME_CHALLENGED);
    /* A RST that nobody asked for tells nothing of the SYN. */
    odd_syn(STATE_ESTABLISHED);
    old_step(SIDE_A, FLAG_RST);
    step.rst_class = RST_EXACT;
    step.rst_decisive = true;
    follow();
    CHECK_WAITING(syn_est_new, 1);
}

static void test_syn_answered(void)
{
    odd_syn(STATE_ESTABLISHED);
    sends(SIDE_B, 700000, 0, FLAG_SYN | FLAG_ACK);
    acks(900001);
    follow();
    CHECK_PROVED(syn_est_new, "note");
    CHECK_UINT(verdict.findings[0].outcome, OUTCOME_ACCEPTED);
    odd_syn(STATE_ESTABLISHED);
    step.before[SIDE_A].seen = true;
    sends(SIDE_B, 0, 0, FLAG_RST);
    acks(900001);
    step.rst_class = RST_SYNSENT_OK;
    follow();
    CHECK_PROVED(syn_est_new, "note");
    CHECK_UINT(verdict.findings[0].outcome, OUTCOME_RESET);
    /* Sent again it waits on. */
    odd_syn(STATE_ESTABLISHED);
    step.before[SIDE_A].seen = true;
    sends(SIDE_A, 900000, 0, FLAG_SYN);
    follow();
    CHECK_WAITING(syn_est_new, 1);
}

static void test_syn_of_another_kind(void)
{
    static const enum tcp_state others[] = {STATE_LISTEN,     STATE_SYN_RECEIVED, STATE_FIN_WAIT_1,
                                            STATE_FIN_WAIT_2, STATE_CLOSE_WAIT,   STATE_LAST_ACK,
                                            STATE_TIME_WAIT,  STATE_CLOSED};

    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
        odd_syn(others[i]);
        CHECK_WAITING(syn_est_new, 0);
    }
    odd_syn(STATE_CLOSING);
    CHECK_WAITING(syn_est_new, 1);
}

/* A copy or a damaged segment proves nothing; another tuple's never does. */
static void test_proves_nothing(void)
{
    static int other;

    odd(60102, 1000);
    step.admission = ADMIT_DUPLICATE;
    client_sends(101, 500);
    CHECK_WAITING(seq_beyond_window, 1);
    step.admission = ADMIT_FULL;
    conn.owner = &other;
    client_sends(101, 500);
    CHECK_WAITING(seq_beyond_window, 1);
    conn.owner = NULL;
    client_sends(101, 500);
    CHECK_PROVED(seq_beyond_window, "error");
}

/* More wait than there is room for: the oldest are given up. */
static void test_cases_run_out(void)
{
    begin_window();
    for (unsigned i = 0; i < DOCKET_CASES_MAX + 10; i++)
        client_sends(60102, 1000);
    CHECK_UINT(docket.open, DOCKET_CASES_MAX);
    client_sends(101, 500); /* no more than a verdict holds is settled at once */
    CHECK_UINT(docket.open, DOCKET_CASES_MAX - VERDICT_MAX);
    CHECK_UINT(verdict.count, VERDICT_MAX);
}

int main(void)
{
    test_order();
    test_back_off();
    test_back_off_of_strays();
    test_counters_run_out();
    test_overshoot();
    test_outside_by_receiver();
    test_outside_by_sender();
    test_outside_less_known();
    test_ack_beyond();
    test_synack();
    test_syn_of_somebody_else();
    test_syn_after_crash();
    test_syn_answered();
    test_syn_of_another_kind();
    test_proves_nothing();
    test_cases_run_out();
    return check_status();
}
