/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transition table: complete, free of contradictions, and the RFC's at the places that matter.
 */
#include "check.h"
#include "transition.h"

static unsigned rows_for(enum tcp_state state, enum event event)
{
    unsigned count;
    unsigned found = 0;
    const struct transition *rows = transition_rows(&count);

    for (unsigned i = 0; i < count; i++)
        found += rows[i].state == state && rows[i].event == event;
    return found;
}

/* Every pair has exactly one row, and the look-up finds that one. */
static void total(void)
{
    unsigned count;

    (void)transition_rows(&count);
    CHECK_UINT(count, (unsigned)STATES * (unsigned)EVENTS);
    for (int state = 0; state < STATES; state++) {
        for (int event = 0; event < EVENTS; event++) {
            const struct transition *row =
                transition_find((enum tcp_state)state, (enum event)event);

            snprintf(check_context, sizeof check_context, "%s, %s",
                     tcp_state_name((enum tcp_state)state), event_name((enum event)event));
            CHECK_UINT(rows_for((enum tcp_state)state, (enum event)event), 1);
            if (!CHECK_TRUE(row != NULL))
                continue;
            CHECK_INT(row->state, state);
            CHECK_INT(row->event, event);
            CHECK_INT(transition_next((enum tcp_state)state, (enum event)event), row->next);
        }
    }
}

/* What is ignored or impossible moves nobody, and every row says why. */
static void each_row(void)
{
    unsigned count;
    const struct transition *rows = transition_rows(&count);

    for (unsigned i = 0; i < count; i++) {
        snprintf(check_context, sizeof check_context, "%s, %s", tcp_state_name(rows[i].state),
                 event_name(rows[i].event));
        if (rows[i].verdict != LEGAL)
            CHECK_INT(rows[i].next, rows[i].state);
        CHECK_TRUE(rows[i].next < STATES);
        CHECK_TRUE(strlen(rows[i].rfc) > 4);
        /* UNKNOWN is where nothing is known yet: nobody goes back there. */
        if (rows[i].next == STATE_UNKNOWN)
            CHECK_INT(rows[i].state, STATE_UNKNOWN);
    }
}

/* A RST ends every connection, TIME-WAIT's timer runs in TIME-WAIT only, and nothing that an
 * endpoint does or receives leads out of CLOSED but an active OPEN and what proves one. */
static void columns(void)
{
    for (int state = STATE_SYN_SENT; state < STATES; state++) {
        snprintf(check_context, sizeof check_context, "%s", tcp_state_name((enum tcp_state)state));
        CHECK_INT(transition_next((enum tcp_state)state, EVENT_RECEIVES_RST), STATE_CLOSED);
        CHECK_INT(transition_next((enum tcp_state)state, EVENT_SENDS_RST), STATE_CLOSED);
        CHECK_INT(transition_next((enum tcp_state)state, EVENT_TIMER_2MSL),
                  state == STATE_TIME_WAIT ? STATE_CLOSED : state);
    }
    check_context[0] = '\0';
    CHECK_INT(transition_next(STATE_LISTEN, EVENT_RECEIVES_RST), STATE_LISTEN);
    for (int event = EVENT_RECEIVES_SYN; event <= EVENT_TIMER_2MSL; event++)
        CHECK_INT(transition_next(STATE_CLOSED, (enum event)event), STATE_CLOSED);
}

struct walk {
    const char *name;
    enum tcp_state from;
    struct {
        enum event event;
        enum tcp_state next;
    } steps[7];
};

/* The lives of RFC 9293 3.3.2 Figure 5, 3.5 Figures 6 and 7, 3.6 Figures 12 and 13. */
static const struct walk walks[] = {
    {"active open, active close",
     STATE_CLOSED,
     {{EVENT_SENDS_SYN, STATE_SYN_SENT},
      {EVENT_RECEIVES_SYN_ACK, STATE_ESTABLISHED},
      {EVENT_SENDS_FIN, STATE_FIN_WAIT_1},
      {EVENT_RECEIVES_ACK_OF_FIN, STATE_FIN_WAIT_2},
      {EVENT_RECEIVES_FIN, STATE_TIME_WAIT},
      {EVENT_TIMER_2MSL, STATE_CLOSED}}},
    {"passive open, passive close",
     STATE_LISTEN,
     {{EVENT_RECEIVES_SYN, STATE_SYN_RECEIVED},
      {EVENT_SENDS_SYN_ACK, STATE_SYN_RECEIVED},
      {EVENT_RECEIVES_ACK_OF_SYN, STATE_ESTABLISHED},
      {EVENT_RECEIVES_FIN, STATE_CLOSE_WAIT},
      {EVENT_SENDS_FIN, STATE_LAST_ACK},
      {EVENT_RECEIVES_ACK_OF_FIN, STATE_CLOSED}}},
    {"simultaneous open and close",
     STATE_CLOSED,
     {{EVENT_SENDS_SYN, STATE_SYN_SENT},
      {EVENT_RECEIVES_SYN, STATE_SYN_RECEIVED},
      {EVENT_RECEIVES_SYN_ACK, STATE_ESTABLISHED},
      {EVENT_SENDS_FIN, STATE_FIN_WAIT_1},
      {EVENT_RECEIVES_FIN, STATE_CLOSING},
      {EVENT_RECEIVES_ACK_OF_FIN, STATE_TIME_WAIT},
      {EVENT_TIMER_2MSL, STATE_CLOSED}}},
    {"FIN from SYN-RECEIVED",
     STATE_SYN_RECEIVED,
     {{EVENT_SENDS_FIN, STATE_FIN_WAIT_1}, {EVENT_RECEIVES_ACK_OF_FIN, STATE_FIN_WAIT_2}}},
    {"client aborts the handshake",
     STATE_SYN_RECEIVED,
     {{EVENT_RECEIVES_RST_AS_LISTENER, STATE_LISTEN}}},
    {"a FIN that cannot be checked", STATE_SYN_SENT, {{EVENT_RECEIVES_FIN, STATE_SYN_SENT}}},
    {"a pure ACK into SYN-SENT", STATE_SYN_SENT, {{EVENT_RECEIVES_ACK_OF_SYN, STATE_SYN_SENT}}},
};

static void lives(void)
{
    for (size_t i = 0; i < sizeof walks / sizeof walks[0]; i++) {
        enum tcp_state state = walks[i].from;

        snprintf(check_context, sizeof check_context, "%s", walks[i].name);
        /* A step that is not written is SENDS_SYN -> UNKNOWN, which no row has. */
        for (int step = 0; step < 7 && walks[i].steps[step].next != STATE_UNKNOWN; step++) {
            state = transition_next(state, walks[i].steps[step].event);
            CHECK_INT(state, walks[i].steps[step].next);
        }
    }
}

static void names(void)
{
    check_context[0] = '\0';
    CHECK_STR(tcp_state_name(STATE_FIN_WAIT_1), "FIN-WAIT-1");
    CHECK_STR(tcp_state_name(STATE_SYN_RECEIVED), "SYN-RECEIVED");
    CHECK_STR(tcp_state_name(STATES), "UNKNOWN");
    CHECK_STR(event_name(EVENT_RECEIVES_ACK_OF_FIN), "RECEIVES_ACK_OF_FIN");
    CHECK_FALSE(tcp_state_is_synchronized(STATE_SYN_RECEIVED));
    CHECK_FALSE(tcp_state_is_synchronized(STATE_CLOSED));
    CHECK_FALSE(tcp_state_is_synchronized(STATE_UNKNOWN));
    CHECK_TRUE(tcp_state_is_synchronized(STATE_ESTABLISHED));
    CHECK_TRUE(tcp_state_is_synchronized(STATE_TIME_WAIT));
}

int main(void)
{
    total();
    each_row();
    columns();
    lives();
    names();
    return check_status();
}
