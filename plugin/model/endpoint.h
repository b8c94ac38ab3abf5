/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One end of one connection as a passive observer can know it. RFC 9293 3.3.1 (send and receive
 * sequence variables), 3.4, 3.8.6; RFC 7323 2 and 4.
 *
 * A plain struct, copied into every step: rules compare a segment with what was known before it.
 * Each number says whether it is exact or a bound, and what moves it. A number is meaningless where
 * its `…_known` is false; nothing is ever "zero for unknown".
 */
#ifndef TCPSTATE_ENDPOINT_H
#define TCPSTATE_ENDPOINT_H

#include "seq.h"
#include "tcp_options.h"
#include "tcp_state.h"

struct endpoint {
    /* What was captured of it. */
    bool seen;        /* at least one segment of this incarnation */
    bool iss_exact;   /* its SYN or SYN-ACK was captured: iss is exact */
    bool iss_known;   /* exact, or inferred from the peer's first ACK */
    bool sent_syn;    /* a SYN without ACK */
    bool sent_synack;
    bool sent_fin;    /* a FIN was captured (see fin_inferred for the other case) */
    bool sent_rst;
    bool sent_past_syn; /* any segment without SYN and RST */

    bool nxt_known;
    bool una_known;
    bool edge_known;
    bool edge_loose;     /* acknowledged by segments that stand below others of the peer: RFC 9293
                          * 3.10.7.4 step 5 takes no window from these, only the number */
    bool fin_known;      /* fin_next is known: from a FIN that was captured, or inferred */
    bool fin_inferred;   /* only the peer's ACK told of it */
    bool options_known;  /* its SYN was captured with all its options */
    bool offered_ws;     /* … and had these: */
    bool offered_ts;
    bool offered_sack;
    bool offered_tfo;
    bool offers_vary;    /* copies of its SYN differ in timestamps or in SACK-permitted */
    bool mptcp;
    bool has_hole;       /* octets below snd.nxt are not captured (and not given up) */
    uint8_t scale;       /* shift of the windows it advertises; 0 unless both offered it */
    bool scale_known;    /* both SYNs captured; SYNs themselves are never scaled */

    uint8_t shown;    /* enum tcp_state: proved by its last own segment */
    uint8_t expected; /* enum tcp_state: with everything delivered that is on the wire */

    struct {
        struct seq iss;
        struct seq nxt;        /* lower bound of SND.NXT: highest SEQ + SEG.LEN it has sent */
        struct seq una;        /* highest ACK the peer has sent: upper bound of SND.UNA here,
                                * and exact RCV.NXT of the peer when it sent that */
        struct seq contiguous; /* end of what is captured from it without a hole; valid with
                                * nxt_known; raised to una, whatever the capture lacks */
        struct seq edge;       /* right edge granted to it, the furthest ever (valid: edge_known) */
        uint32_t mwnd;         /* largest window ever granted to it; RFC 5961 MAX.SND.WND */
        uint32_t wnd;          /* window of the peer's last segment, in octets */
    } snd;

    struct seq fin_next;  /* the number after its FIN (valid: fin_known) */
    uint32_t fin_frame;   /* first frame that carried the FIN; 0 when inferred */
    uint32_t una_frame;   /* the peer's segment that set snd.una; 0: none */
    uint32_t edge_frame;  /* the peer's segment that set snd.edge; 0: none */
    uint32_t nxt_frame;   /* its own segment that set snd.nxt; 0: none */
    uint32_t iss_frame;   /* its first SYN or SYN-ACK; 0: none */
    struct seq fin_ack;   /* the ACK number on its first FIN (valid: fin_known, not inferred) */
    bool fin_ack_known;
    bool ecn_refused; /* no SYN-ACK of it agreed to ECN (RFC 3168 6.1.1, RFC 9768 3.1.2) */

    uint32_t ts_missed;   /* segments of it without timestamps that should have had them */
    uint16_t mss;         /* the largest segment it takes, by its SYN; 0: unknown */
    bool urg_known;
    struct seq urg_high;  /* highest SEQ + urgent pointer it has sent (valid: urg_known) */
    bool ts_recent_known;
    uint32_t ts_recent;   /* TS.Recent that it holds as a receiver (RFC 7323 4.3), as far as it got
                           * what was captured */
    bool ts_seen;         /* ts_high is set */
    bool ts_first_known;
    uint32_t ts_first;    /* lowest TSval it has sent; known while ts_high is not so far above it that
                           * an echo could be taken for one below */
    uint32_t ts_high;     /* highest TSval it has sent */
    int64_t turnaround_ns; /* least time from a segment that passed the capture point to this
                            * endpoint's answer passing it; -1 while unknown */
    int64_t turnaround_late_ns; /* answers later than this are unusual (RFC 6298: smoothed
                                 * time + 4 deviations); meaningless while unknown */
};

/** It has sent its SYN and nothing that shows more, so far as its own segments tell. */
static inline bool endpoint_waits_for_synack(const struct endpoint *end)
{
    return end->sent_syn && end->nxt_known && !end->sent_synack && !end->sent_past_syn &&
           !end->sent_rst;
}

/** A SYN of it was captured, with or without ACK. */
static inline bool endpoint_sent_any_syn(const struct endpoint *end)
{
    return end->sent_syn || end->sent_synack;
}

/** Timestamps are in force: both SYNs captured and both offered them (RFC 7323 3.2). */
static inline bool endpoint_pair_uses_ts(const struct endpoint *a, const struct endpoint *b)
{
    return a->options_known && b->options_known && a->offered_ts && b->offered_ts;
}

/** Do the options of its segment hold a timestamp that is newer than any it has sent before? */
static inline bool endpoint_stamps_anew(const struct endpoint *sender,
                                        const struct tcp_options *options)
{
    return tcp_options_has(options, OPTION_TS) && sender->ts_seen &&
           seq_gt(seq_of(options->tsval), seq_of(sender->ts_high));
}

#endif
