/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a connection ended, in words. */
#include "one_connection.h"
#include "outcome.h"

#define SECOND 1000000000LL

static struct annex annex;

static void ends(int64_t now_ns, const char *want)
{
    char got[SENTENCE_MAX];
    struct annotation last = annotate();

    last.annex = &annex;
    size_t length = sentence_ending(got, sizeof got, &last, now_ns);
    CHECK_STR(got, want);
    CHECK_UINT(length, strlen(want));
}

static void whole_life(unsigned client_did, unsigned server_did)
{
    begin(CLIENT_ISS, SERVER_ISS);
    send(SIDE_A, 1, 0, FLAG_ACK);
    conn.did[SIDE_A] = (uint16_t)(DEED_SEEN | DEED_SYN | DEED_FIRST_SYN | DEED_ACK | client_did);
    conn.did[SIDE_B] = (uint16_t)(DEED_SEEN | DEED_SYNACK | DEED_FIRST_SYNACK | server_did);
    conn.handshake_done = true;
    annex = (struct annex){.time_wait_ns = {-1, -1}};
}

static void test_closed(void)
{
    whole_life(DEED_FIN, DEED_FIN);
    conn.fin_first = SIDE_A;
    conn.closed_frame = 9;
    conn.fins_apart_us = 2100000;
    annex.time_wait_ns[0] = 60 * SECOND;
    ends(1300 * SECOND / 1000, "closed by the client first; the server's FIN came 2.1 s later; "
                               "the client holds TIME-WAIT until 61.3 s");
    ends(-1, "closed by the client first; the server's FIN came 2.1 s later; "
             "the client holds TIME-WAIT for 60 s");
    /* Seen from the other end, which sends the last segment. */
    annex = (struct annex){.time_wait_ns = {-1, 1}};
    conn.fin_first = SIDE_B;
    conn.fins_apart_us = 0;
    step.segment = &segment;
    ends(0, "closed by the server first; the client's FIN came 0 s later; "
            "the server holds TIME-WAIT until 0 s");
    annex = (struct annex){.time_wait_ns = {-1, -1}};
    conn.fins_apart_us = FINS_APART_UNKNOWN;
    ends(5, "closed by the server first; the client's FIN came much later");
    conn.closed_frame = 0;
    conn.fins_apart_us = 1;
    ends(5, "closed by the server first; the client's FIN came 0.000001 s later; "
            "no acknowledgment of the last FIN is in the capture");
    conn.client = SIDE_B; /* a later frame corrected who is who */
    ends(5, "closed by the client first; the server's FIN came 0.000001 s later; "
            "no acknowledgment of the last FIN is in the capture");
}

static void test_crossing(void)
{
    whole_life(DEED_FIN, DEED_FIN);
    conn.simultaneous = true;
    conn.closed_frame = 9;
    conn.fins_apart_us = 100000;
    annex.time_wait_ns[0] = 59 * SECOND;
    annex.time_wait_ns[1] = 60 * SECOND;
    ends(2 * SECOND, "closed by both at once, their FINs crossed; the server's FIN came 0.1 s "
                     "later; the client holds TIME-WAIT until 61 s; the server holds TIME-WAIT "
                     "until 62 s");
}

static void test_not_closed(void)
{
    whole_life(0, 0);
    ends(1, "still open where the capture ends");
    whole_life(0, DEED_FIN);
    ends(1, "half-closed by the server; no FIN of the client is in the capture");
    whole_life(DEED_FIN, 0);
    ends(1, "half-closed by the client; no FIN of the server is in the capture");
    whole_life(DEED_RST, 0);
    conn.reset = true;
    conn.reset_by = SIDE_B;
    ends(1, "reset by the server: what was still on its way is lost");
    whole_life(0, DEED_RST);
    conn.refused = true;
    ends(1, "refused by the server, which answered with a RST");
    whole_life(0, 0);
    conn.handshake_done = false;
    states(STATE_SYN_SENT, STATE_SYN_SENT, STATE_SYN_RECEIVED, STATE_SYN_RECEIVED);
    ends(1, "the handshake was not completed: client SYN-SENT, server SYN-RECEIVED");
    conn.did[SIDE_A] = DEED_SEEN | DEED_SYN | DEED_FIRST_SYN;
    conn.did[SIDE_B] = 0;
    conn.segments[SIDE_A] = 3;
    ends(1, "unanswered: 3 segments of the client, none of a server");
    conn.segments[SIDE_A] = 1;
    ends(1, "unanswered: 1 segment of the client, none of a server");
    conn.midstream = true;
    conn.did[SIDE_A] = conn.did[SIDE_B] = DEED_SEEN | DEED_ACK;
    ends(1, "neither its opening nor its end is in the capture");
}

int main(void)
{
    test_closed();
    test_crossing();
    test_not_closed();
    return check_status();
}
