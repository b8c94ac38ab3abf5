/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How an incarnation ended: in our words, and in the conn_state and history words that Zeek uses
 * for the same connection (catalogue, part C). Computed when asked for, from the connection record
 * alone, so that it grows with the capture.
 */
#ifndef TCPSTATE_OUTCOME_H
#define TCPSTATE_OUTCOME_H

#include "connection.h"

/* Bits of connection.did. */
enum deed {
    DEED_SYN = 0x001,    /* sent a SYN without ACK */
    DEED_SYNACK = 0x002,
    DEED_ACK = 0x004,    /* a pure ACK */
    DEED_DATA = 0x008,
    DEED_FIN = 0x010,
    DEED_RST = 0x020,
    DEED_FIN_RST = 0x040,
    DEED_BAD_SYN = 0x080, /* SYN with FIN or RST */
    DEED_SEEN = 0x100,
    DEED_FIRST_SYN = 0x200,   /* its first segment was a SYN */
    DEED_FIRST_SYNACK = 0x400 /* … a SYN-ACK */
};

/* The first that fits, in this order. */
enum conn_outcome {
    CONN_MIDSTREAM,   /* neither SYN, SYN-ACK, FIN nor RST */
    CONN_REFUSED,
    CONN_RESET,
    CONN_UNANSWERED,
    CONN_INCOMPLETE,  /* the handshake */
    CONN_CLOSED,      /* both FINs seen */
    CONN_HALF_CLOSED, /* one */
    CONN_OPEN
};

struct work;

/** Counts the segment. To be called before the numbers move. */
void outcome_note(struct work *work);

/** Forgets what was counted: the first segment is about to be taken again. */
void outcome_restart(struct connection *conn);

/** Takes over what only the working record knows. To be called last. */
void outcome_settle(struct work *work);

/** @param by  who sent the RST, or the first FIN; the client for all else. */
enum conn_outcome outcome_of(const struct connection *conn, enum side *by);

/** Did it end with the client's SYN, or with the SYN-ACK? Nobody went on, and nobody reset it. */
bool outcome_led_nowhere(const struct connection *conn);

/** "refused", "reset by client", "closed by server", … : a constant string. */
const char *outcome_word(const struct connection *conn);

/** Zeek's conn_state: "SF", "S1", "REJ", … : a constant string. */
const char *outcome_conn_state(const struct connection *conn);

/** Zeek's history, at most CONNECTION_HISTORY_MAX letters; `out` needs one more for the end. */
void outcome_history(const struct connection *conn, char out[CONNECTION_HISTORY_MAX + 1]);

#endif
