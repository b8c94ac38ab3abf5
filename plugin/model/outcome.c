/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outcome.h"

#include "tcb.h"

#include <string.h>

/* ---- collecting ---- */

static void add_letter_of(struct work *work, enum side side, char letter)
{
    struct connection *conn = work->conn;
    bool server = connection_role(conn, side) == ROLE_SERVER;

    if (conn->history_len == CONNECTION_HISTORY_MAX)
        return;
    /* upper case: originator; lower case: responder */
    conn->history[conn->history_len++] = (char)(server ? letter + ('a' - 'A') : letter);
}

static void add_letter(struct work *work, char letter)
{
    add_letter_of(work, work->segment->sender, letter);
}

static void add_once(struct work *work, enum deed deed, char letter)
{
    uint16_t *did = &work->conn->did[work->segment->sender];

    if ((*did & deed) == 0)
        add_letter(work, letter);
    *did |= (uint16_t)deed;
}

/* Zeek repeats S, H, F and R when the number differs from the last one of that kind. */
static void add_numbered(struct work *work, enum deed deed, char letter, struct seq number)
{
    struct side_record *tail = work->tail;
    uint16_t *did = &work->conn->did[work->segment->sender];

    if ((*did & deed) == 0 || !seq_eq(tail->history_number, number))
        add_letter(work, letter);
    *did |= (uint16_t)deed;
    tail->history_number = number;
}

/* 1st, 10th, 100th … */
static bool is_power_of_ten(uint32_t n)
{
    while (n >= 10 && n % 10 == 0)
        n /= 10;
    return n == 1;
}

static void note_flags(struct work *work)
{
    const struct segment *segment = work->segment;

    if (segment_has(segment, FLAG_SYN) && segment_has_any(segment, FLAG_FIN | FLAG_RST))
        add_once(work, DEED_BAD_SYN, 'Q');
    else if (segment_is_syn(segment))
        add_numbered(work, DEED_SYN, 'S', segment->seq);
    else if (segment_is_syn_ack(segment))
        add_numbered(work, DEED_SYNACK, 'H', segment->seq);
    else if (segment_has(segment, FLAG_FIN | FLAG_RST))
        add_once(work, DEED_FIN_RST, 'I');
    else if (segment_has_any(segment, FLAG_RST))
        add_numbered(work, DEED_RST, 'R', segment->seq);
}

static void note_content(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct step *step = work->step;

    if (segment_is_pure_ack(segment))
        add_once(work, DEED_ACK, 'A');
    if (segment->payload_len > 0 && !segment_has_any(segment, FLAG_SYN | FLAG_RST)) {
        if (step->seq_expected_known && seq_le(segment_end(segment), step->seq_expected) &&
            is_power_of_ten(++work->tail->history_repeats))
            add_letter(work, 'T');
        if (!segment_has_any(segment, FLAG_FIN))
            add_once(work, DEED_DATA, 'D');
    }
    if (segment->wnd_field == 0 && !segment_has_any(segment, FLAG_RST) &&
        !work->head->end.sent_fin && !work->tail->end.sent_rst &&
        is_power_of_ten(++work->tail->history_zero_windows))
        add_letter(work, 'W');
    if (segment_has(segment, FLAG_FIN) && !segment_has_any(segment, FLAG_SYN | FLAG_RST))
        add_numbered(work, DEED_FIN, 'F', segment_end(segment));
}

void outcome_note(struct work *work)
{
    const struct segment *segment = work->segment;
    struct connection *conn = work->conn;
    uint16_t *did = &conn->did[segment->sender];

    if (work->step->admission == ADMIT_DUPLICATE)
        return;
    if ((*did & DEED_SEEN) == 0) {
        *did |= DEED_SEEN;
        if (segment_is_syn(segment))
            *did |= DEED_FIRST_SYN;
        else if (segment_is_syn_ack(segment))
            *did |= DEED_FIRST_SYNACK;
    }
    conn->segments[segment->sender]++;
    if (!segment_has_any(segment, FLAG_RST))
        conn->octets[segment->sender] += segment->payload_len;
    if (segment->has_time) {
        if (conn->first_ns == 0)
            conn->first_ns = segment->time_ns;
        conn->last_ns = segment->time_ns;
    }
    if (work->step->admission == ADMIT_BAD_SUM) {
        if (is_power_of_ten(++work->tail->history_bad_sums))
            add_letter(work, 'C');
        return;
    }
    note_flags(work);
    note_content(work);
}

void outcome_restart(struct connection *conn)
{
    for (unsigned side = 0; side < 2; side++) {
        conn->did[side] = 0;
        conn->segments[side] = 0;
        conn->octets[side] = 0;
    }
    conn->history_len = 0;
}

void outcome_settle(struct work *work)
{
    const struct tcb *tcb = work->tcb;
    struct connection *conn = work->conn;

    conn->handshake_done = tcb->handshake_done && !tcb->midstream;
    conn->midstream = tcb->midstream;
    conn->refused = tcb->refused;
    conn->fin_first_known = tcb->fin_first_known;
    conn->fin_first = tcb->fin_first;
    conn->simultaneous = tcb->kind == TEARDOWN_SIMULTANEOUS;
    if (tcb->cut_off && !conn->reset) {
        conn->reset = true;
        conn->reset_by = work->segment->sender;
    }
    /* a gap belongs to the side whose octets are missing */
    if (work->acked_a_gap && is_power_of_ten(++work->head->history_gaps))
        add_letter_of(work, side_other(work->segment->sender), 'G');
}

/* ---- our words ---- */

static bool both(const struct connection *conn, enum deed deed)
{
    return (conn->did[SIDE_A] & conn->did[SIDE_B] & deed) != 0;
}

static bool either(const struct connection *conn, enum deed deed)
{
    return ((conn->did[SIDE_A] | conn->did[SIDE_B]) & deed) != 0;
}

bool outcome_led_nowhere(const struct connection *conn)
{
    unsigned far = DEED_ACK | DEED_DATA | DEED_FIN | DEED_RST | DEED_FIN_RST;

    return (conn->did[conn->client] & (DEED_SYN | far)) == DEED_SYN && conn->closed_frame == 0 &&
           !conn->handshake_done;
}

enum conn_outcome outcome_of(const struct connection *conn, enum side *by)
{
    enum side server = side_other(conn->client);

    *by = conn->client;
    if (!either(conn, DEED_SYN | DEED_SYNACK | DEED_FIN | DEED_RST | DEED_FIN_RST))
        return CONN_MIDSTREAM;
    if (conn->refused)
        return CONN_REFUSED;
    if (conn->reset) {
        *by = conn->reset_by;
        return CONN_RESET;
    }
    if (!conn->midstream && (conn->did[server] & DEED_SEEN) == 0 &&
        conn->did[conn->client] != 0 && (conn->did[conn->client] & (DEED_ACK | DEED_DATA)) == 0)
        return CONN_UNANSWERED;
    if (!conn->midstream && !conn->handshake_done && !either(conn, DEED_FIN))
        return CONN_INCOMPLETE;
    if (both(conn, DEED_FIN)) {
        *by = conn->fin_first;
        return CONN_CLOSED;
    }
    if (either(conn, DEED_FIN)) {
        *by = (conn->did[SIDE_A] & DEED_FIN) != 0 ? SIDE_A : SIDE_B;
        return CONN_HALF_CLOSED;
    }
    return CONN_OPEN;
}

const char *outcome_word(const struct connection *conn)
{
    enum side by;
    enum conn_outcome outcome = outcome_of(conn, &by);
    bool client = connection_role(conn, by) == ROLE_CLIENT;

    switch (outcome) {
    case CONN_MIDSTREAM:
        return "midstream";
    case CONN_REFUSED:
        return "refused";
    case CONN_RESET:
        return client ? "reset by client" : "reset by server";
    case CONN_UNANSWERED:
        return "unanswered";
    case CONN_INCOMPLETE:
        return "handshake incomplete";
    case CONN_CLOSED:
        if (conn->simultaneous)
            return "closed simultaneously";
        return client ? "closed by client" : "closed by server";
    case CONN_HALF_CLOSED:
        return client ? "half-closed by client" : "half-closed by server";
    case CONN_OPEN:
        break;
    }
    return "open";
}

/* ---- Zeek's words ---- */

enum zeek_state {
    ZEEK_INACTIVE,
    ZEEK_PARTIAL,
    ZEEK_SYN_SENT,
    ZEEK_SYN_ACK_SENT,
    ZEEK_ESTABLISHED,
    ZEEK_CLOSED,
    ZEEK_RESET
};

static bool opened(unsigned did, unsigned peer_did)
{
    if ((did & DEED_FIRST_SYN) != 0)
        return (peer_did & (DEED_SYN | DEED_SYNACK)) != 0;
    return (did & (DEED_SYN | DEED_SYNACK)) != 0 || (peer_did & DEED_FIRST_SYNACK) != 0;
}

static enum zeek_state zeek_state(const struct connection *conn, enum side side)
{
    unsigned did = conn->did[side];
    unsigned peer = conn->did[side_other(side)];

    if ((did & DEED_SEEN) == 0)
        return ZEEK_INACTIVE;
    if ((did & (DEED_RST | DEED_FIN_RST)) != 0 && !both(conn, DEED_FIN))
        return ZEEK_RESET;
    if ((did & DEED_FIN) != 0)
        return ZEEK_CLOSED;
    if (opened(did, peer))
        return ZEEK_ESTABLISHED;
    if ((did & DEED_FIRST_SYN) != 0)
        return ZEEK_SYN_SENT;
    return (did & DEED_FIRST_SYNACK) != 0 ? ZEEK_SYN_ACK_SENT : ZEEK_PARTIAL;
}

static bool is_silent(enum zeek_state state)
{
    return state == ZEEK_INACTIVE || state == ZEEK_PARTIAL;
}

/* S then R of the originator, and nothing of H A F G I Q between. */
static bool reset_after_lone_syn(const struct connection *conn)
{
    const char *s = memchr(conn->history, 'S', conn->history_len);
    size_t rest;

    if (s == NULL)
        return false;
    rest = conn->history_len - (size_t)(s - conn->history);
    for (size_t i = 0; i < rest; i++) {
        if (s[i] == 'R')
            return true;
        if (strchr("HAFGIQ", s[i]) != NULL)
            return false;
    }
    return false;
}

static const char *zeek_reset(const struct connection *conn, enum zeek_state o, enum zeek_state r)
{
    if (r == ZEEK_RESET) {
        bool empty = conn->octets[SIDE_A] == 0 && conn->octets[SIDE_B] == 0;

        if (o == ZEEK_SYN_SENT || o == ZEEK_SYN_ACK_SENT || (o == ZEEK_RESET && empty))
            return "REJ";
        return is_silent(o) ? "RSTRH" : "RSTR";
    }
    if (is_silent(r))
        return reset_after_lone_syn(conn) ? "RSTOS0" : "OTH";
    return "RSTO";
}

const char *outcome_conn_state(const struct connection *conn)
{
    enum zeek_state o = zeek_state(conn, conn->client);
    enum zeek_state r = zeek_state(conn, side_other(conn->client));

    if (o == ZEEK_RESET || r == ZEEK_RESET)
        return zeek_reset(conn, o, r);
    if (o == ZEEK_CLOSED && r == ZEEK_CLOSED)
        return "SF";
    if (o == ZEEK_CLOSED)
        return is_silent(r) ? "SH" : "S2";
    if (r == ZEEK_CLOSED)
        return is_silent(o) ? "SHR" : "S3";
    if (o == ZEEK_SYN_SENT && r == ZEEK_INACTIVE)
        return "S0";
    if (o == ZEEK_ESTABLISHED && r == ZEEK_ESTABLISHED)
        return "S1";
    return "OTH";
}

void outcome_history(const struct connection *conn, char out[CONNECTION_HISTORY_MAX + 1])
{
    memcpy(out, conn->history, conn->history_len);
    out[conn->history_len] = '\0';
}
