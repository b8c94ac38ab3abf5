/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One end of a connection: a whole TCP endpoint after RFC 9293 3.10, with retransmission (RFC
 * 6298), delayed ACKs (RFC 5681 4.2), timestamps (RFC 7323), SACK blocks (RFC 2018), challenge ACKs
 * (RFC 5961), keepalives and zero-window probes. It is the judge of the plugin's model, so it
 * shares none of the model's code; only the words (enum tcp_state) and struct segment are common.
 *
 * A host has one tuple. Where it holds no control block it is LISTEN or CLOSED.
 */
#ifndef TCPSTATE_ORACLE_HOST_H
#define TCPSTATE_ORACLE_HOST_H

#include "rng.h"
#include "segment.h"
#include "spans.h"
#include "tcp_state.h"

enum end { END_CLIENT, END_SERVER };

#define MS     INT64_C(1000000)
#define SECOND (1000 * MS)
#define NEVER  INT64_MAX

/* How a stack and its user behave: drawn once for a life. All of it is legal. */
struct habits {
    bool listens; /* a passive OPEN stands behind the port */
    bool offers_ws, offers_ts, offers_sack;
    uint8_t scale;
    uint16_t mss;
    uint32_t buffer;      /* receive buffer in octets */
    int64_t delayed_ack;  /* 0: every segment is acknowledged at once */
    bool fin_ack_delayed; /* the ACK of a FIN may wait too, and then ride on our own FIN */
    int64_t rto_first, rto_min;
    unsigned tries; /* retransmissions before the connection is given up (R2) */
    int64_t orphan; /* how long FIN-WAIT-2 lasts after CLOSE; NEVER: for ever */
    int64_t keepalive, keepalive_gap;
    unsigned keepalive_tries;
    bool keepalive_octet;    /* the probe carries one octet */
    bool probe_octet;        /* a zero-window probe carries a new octet, not an old number */
    int64_t msl2;            /* 2 MSL */
    int64_t challenge_gap;   /* least time between two challenge ACKs */
    int64_t close_after_fin; /* the user's answer to end of stream; NEVER: none */
    bool half_only;          /* that answer is a half close, not CLOSE */
    bool fin_rides;          /* a FIN goes with the last data */
    bool merges;             /* a retransmission may carry more than the lost segment did */
    bool synack_again;       /* a repeated SYN is answered by the SYN-ACK, not by an ACK */
    bool rst_has_ack;        /* the RST of an ABORT has ACK set */
    unsigned ignores_syn;    /* per mille of SYNs dropped because a queue is full */
    unsigned ignores_ack;    /* per mille of third segments dropped for the same reason */
    bool obeys_old_reset;    /* a RST numbered RCV.NXT-1 after a FIN: Linux obeys it */
    bool hears_old_ack; /* the ACK of a segment that ends at RCV.NXT counts: it does in Linux */
    bool iss_rises;     /* ISS follows a clock (RFC 9293 3.4.1), else any number */
    uint32_t cwnd;      /* first congestion window, in segments */
};

struct tcb {
    bool open;
    bool passive;    /* came from LISTEN */
    uint16_t serial; /* which control block of this host, from 1 */
    enum tcp_state state;

    struct seq iss, una, nxt;
    struct seq resend;  /* where retransmission goes on; nxt when there is none */
    struct seq recover; /* end of what was in flight when a loss was noticed */
    bool recovering;
    uint32_t queued; /* octets written and not yet sent */
    bool fin_wanted, fin_sent;
    bool crossed;   /* it has been in CLOSING */
    struct seq fin; /* the FIN's number, valid once sent */
    uint32_t wnd, max_wnd, cwnd;
    struct seq wl1, wl2;
    unsigned dupacks;
    struct spans sacked;
    uint16_t mss;
    bool ws_ok, ts_ok, sack_ok;
    uint8_t peer_scale;

    struct seq irs, rcv_nxt, rcv_edge, last_ack;
    uint32_t unread;
    bool deaf;          /* the user called CLOSE: new data cannot be handed over */
    struct spans above; /* arrived above a hole */
    bool peer_fin_known, peer_fin_done;
    struct seq peer_fin;
    uint32_t ts_recent;
    unsigned ack_owed; /* segments that wait for an ACK */

    int64_t rtx_at, ack_at, probe_at, alive_at, orphan_at, wait_at;
    unsigned tries, probes, alive_tries;
    int64_t rto, srtt, rttvar, timed_at;
    bool timing;
    struct seq timed;
    uint64_t received, written; /* octets in order from the peer; octets from the user */
};

/* What was true of one end at one moment. */
struct truth {
    uint8_t state;       /* enum tcp_state */
    uint8_t shadow;      /* state it would be in had it not vanished without a word; STATES: none */
    bool expired;        /* the shadow is a TIME-WAIT that ran out */
    uint8_t normal;      /* what it would be had it not ignored a SYN or an ACK; STATES: none */
    bool fin_begun;      /* it was told to close */
    bool syn_open;       /* its SYN is not acknowledged yet */
    bool crossed;        /* the peer's FIN came before its own was acknowledged: CLOSING */
    struct seq peer_fin; /* the number after the peer's FIN, when crossed */
    uint8_t doubt;   /* what it would be had it treated a segment left of the window otherwise */
    bool may_listen; /* CLOSED or LISTEN: nobody can tell */
    bool overtaken, gap; /* heads only: see struct copy */
    uint16_t serial;     /* control block that this is about; 0: none ever */
    int64_t gone_at;
    uint32_t gone_sent; /* number of the segment after which it vanished */
};

struct world;

struct host {
    struct world *world; /* NULL in a shadow: nothing is sent */
    enum end end;
    struct habits habits;
    struct rng *rng;
    int64_t now;
    struct tcb tcb;
    struct tcb shadow;
    bool has_shadow, shadow_expired;
    uint32_t shadow_since;
    int64_t shadow_at;
    bool down; /* crashed and not yet up again */
    int64_t up_at;
    bool was_open; /* it has had a connection */
    bool reading;
    bool reopening; /* a SYN ends TIME-WAIT: the ISS must lie above the old numbers */
    int64_t challenged_at;
    uint8_t doubt;    /* see struct truth */
    bool doubt_alive; /* … is whether it lives: anything it sends tells */
    bool ignored;     /* what has just arrived was dropped because a queue was full */
    int64_t close_at; /* the user's answer to a FIN is due */
    uint16_t serials;
    uint16_t ip_id;
    uint32_t ts_offset;
    struct seq last_end; /* highest number used by the block before */
};

/* world.c: takes a segment onto the wire. */
void world_send(struct world *world, struct host *host, const struct segment *segment);
/* world.c: how many segments have been sent. */
uint32_t world_sent(const struct world *world);

/* host.c: control blocks, and what is true. */
void host_begin(struct host *host);
void host_vanish(struct host *host, bool expired);
void host_forget(struct host *host);
/** Lets the shadow, and nobody else, go through `step`. */
void host_tell_shadow(struct host *host, const struct segment *segment,
                      void (*step)(struct host *host, const struct segment *segment));
void host_truth(const struct host *host, struct truth *truth);
struct tcb *host_new_tcb(struct host *host, bool passive);
void host_time_wait(struct host *host);

/* host_call.c: what the user does. RFC 9293 3.10.1 to 3.10.5. */
void host_open(struct host *host);
void host_write(struct host *host, uint32_t octets);
void host_shutdown(struct host *host);
void host_close(struct host *host);
void host_abort(struct host *host);
void host_crash(struct host *host, int64_t up_after);
void host_read(struct host *host, bool reading);

/* host_output.c */
void output_syn(struct host *host);
void output_ack(struct host *host);
void output_more(struct host *host);
void output_at(struct host *host, struct seq start);
void output_reset(struct host *host);
void output_probe(struct host *host);
void output_alive(struct host *host);
void output_reset_reply(struct host *host, const struct segment *segment);
void output_ack_soon(struct host *host, bool at_once);
uint32_t output_clock(const struct host *host);

/* host_input.c: RFC 9293 3.10.7 */
void host_deliver(struct host *host, const struct segment *segment);

/* host_data.c: acknowledgments, data and FIN of an acceptable segment (3.10.7.4 steps 5 to 8) */
void data_time_syn(struct host *host);
void data_measure(struct host *host);
void data_acked(struct host *host, const struct segment *segment);
void data_options(struct host *host, const struct segment *segment);
void data_arrives(struct host *host, const struct segment *segment);
struct seq data_end(const struct tcb *tcb);

/* host_timer.c */
int64_t timer_next(const struct host *host);
void timer_run(struct host *host);
void timer_arm_rtx(struct host *host);

static inline bool is_synchronized(enum tcp_state state)
{
    return state >= STATE_ESTABLISHED;
}

#endif
