/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One incarnation: one life of a 4-tuple, from SYN to close. RFC 9293 3.3.1 (TCB), 3.4.1.
 *
 * struct connection is what stays until the file is closed (identity, roles, turning points); its
 * tcb holds what is needed only while segments may still arrive. Arrays are indexed by enum side,
 * which never changes; client and server are a view on it that a later frame may correct.
 */
#ifndef TCPSTATE_CONNECTION_H
#define TCPSTATE_CONNECTION_H

#include "endpoint.h"
#include "segment.h"

enum role { ROLE_CLIENT, ROLE_SERVER, ROLES };

static inline enum role role_other(enum role role)
{
    return role == ROLE_CLIENT ? ROLE_SERVER : ROLE_CLIENT;
}

struct tcb;

#define CONNECTION_HISTORY_MAX 24

/* What fins_apart_us says of times that are not known or do not fit: 71 minutes and more. */
#define FINS_APART_UNKNOWN UINT32_MAX

struct connection {
    void *owner;          /* what history_new was given */
    struct tcb *tcb;      /* NULL once nothing more is expected, and while asleep */
    struct segment *seed; /* asleep: nothing but this SYN was captured; NULL otherwise */
    uint32_t id;          /* unique in the file, from 1 */
    uint32_t incarnation; /* 1, 2, … of this 4-tuple */
    uint32_t stream;      /* tcp.stream of its first segment */

    enum side client;    /* sent the first SYN, or is taken for the client */
    bool roles_inferred; /* no SYN and no SYN-ACK was captured */

    /* Base of the relative numbers: the ISS; without a captured SYN one less than the first
     * number of that side which the capture shows. */
    bool base_known[2];
    struct seq base[2];

    /* Turning points; 0 where there is none (yet). */
    uint32_t first_frame;
    uint32_t last_frame;
    uint32_t syn_frame;         /* first SYN without ACK */
    uint32_t synack_frame;      /* first SYN-ACK */
    uint32_t established_frame; /* shows both ends past the handshake */
    uint32_t fin_frame[2];      /* first FIN of each side */
    uint32_t closed_frame;      /* acknowledges the last FIN, or the decisive RST */

    /* What each side did, for how the life is summed up (outcome.h). */
    uint16_t did[2];     /* enum deed */
    uint32_t segments[2];
    uint64_t octets[2];  /* payload octets carried by its segments, repeated ones included */
    int64_t first_ns;    /* capture time of the first and of the last segment; 0 without times */
    int64_t last_ns;
    bool handshake_done; /* both ends past it, captured or proved */
    bool midstream;      /* began with neither SYN nor SYN-ACK */
    bool refused;
    bool reset;          /* by a decisive RST, before both FINs were acknowledged: */
    enum side reset_by;
    bool fin_first_known;
    enum side fin_first;
    bool simultaneous;   /* the FINs crossed */
    uint8_t history_len;
    char history[CONNECTION_HISTORY_MAX]; /* Zeek's letters, not terminated */

    int64_t handshake_rtt_ns;   /* SYN to third segment; -1 when it cannot be told */
    uint32_t handshake_rtt_frame; /* from this frame on the field is shown */
    uint32_t fins_apart_us;     /* between the first FINs of both sides; FINS_APART_UNKNOWN */
};

static inline enum role connection_role(const struct connection *conn, enum side side)
{
    return side == conn->client ? ROLE_CLIENT : ROLE_SERVER;
}

static inline enum side connection_side(const struct connection *conn, enum role role)
{
    return role == ROLE_CLIENT ? conn->client : side_other(conn->client);
}

#endif
