/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The working record of an incarnation: what the two Transmission Control Blocks of RFC 9293 3.3.1
 * look like from outside, and what is on its way between them. Private to the model.
 */
#ifndef TCPSTATE_TCB_H
#define TCPSTATE_TCB_H

#include "connection.h"
#include "flight.h"
#include "history.h"
#include "ledger.h"
#include "transition.h"

/* Something that passed the capture point on its way to an endpoint and that the endpoint has not
 * been proved to have received. Delivery is a hypothesis. */
struct arrival {
    uint8_t event;  /* enum event, one of RECEIVES_… */
    uint8_t from;   /* the change that its segment listed for the receiver: enum tcp_state */
    uint8_t to;
    bool has_proof; /* it took sequence space: an ACK of `end` proves that it arrived */
    bool has_ts;
    bool has_time;
    bool doubtful;  /* the endpoint should have shown it by now and has not */
    struct seq seq;   /* of the first segment that carried it */
    struct seq end;
    uint32_t tsval;
    int64_t first_ns; /* when the first copy passed */
    int64_t last_ns;  /* when the latest copy passed */
};

#define ARRIVALS_MAX 4

struct inbox {
    uint8_t count;
    struct arrival items[ARRIVALS_MAX]; /* in capture order */
};

#define RECENT_MAX 8

/* Fingerprints of the last segments of a direction: to tell captured duplicates. */
struct recent {
    struct {
        uint32_t hash;
        uint32_t time_us; /* modulo 2^32: 71 minutes */
        uint16_t ip_id;
        uint8_t origin; /* interface and tunnel depth, folded */
    } seen[RECENT_MAX];
    uint8_t used;
    uint8_t next;
};

/* What the SYNs of one side offered. */
struct offer {
    bool known; /* at least one of them was captured: */
    bool cut;   /* … not with all its options */
    bool classic_ecn;
    bool accurate_ecn;
    uint8_t kinds; /* bits by enum option_kind, of the first SYN */
    uint8_t ever;  /* … of all */
    uint8_t ws;    /* of the first */
    uint16_t mss;
};

/* Alternative numbers of a handshake; the third segment decides which pair counted. */
#define OPENING_MAX 8
struct opening {
    uint8_t syns;
    uint8_t synacks;
    uint16_t synack_numbers; /* also of those that found no room below */
    bool echo_known; /* the latest SYN-ACK carried timestamps: */
    uint32_t echo;   /* … and its TSecr */
    struct offer offer[2]; /* by side */
    struct {
        uint32_t tsval;
        uint32_t tsecr;
        uint32_t id; /* segment.id */
        int64_t time_ns;
        bool has_time;
    } syn[OPENING_MAX];
    struct {
        struct seq seq;
        struct seq ack;
        uint32_t frame;
        uint32_t tsval; /* valid: has_ts */
        bool has_ts;
        uint8_t sender; /* enum side: after a simultaneous open both send one */
    } synack[OPENING_MAX];
};

struct aftermath;
struct one_number;

/* One direction: what one side sends, and what is on its way to that side. */
struct side_record {
    struct endpoint end;
    struct flight flight; /* octets it sent, unacknowledged */
    struct inbox inbox;   /* events on their way to it */
    struct ledger *ledger; /* what was shown on the strength of them; NULL: nothing */
    uint64_t copies;      /* place of the newest copy of its segments (copies.h); 0: none */
    bool assumed;         /* something was taken as received without proof */
    struct recent recent;

    uint8_t before_rst;   /* enum tcp_state before it sent its RST */
    bool fin_delivered;   /* the peer's FIN is in the inbox or was applied */
    bool fin_repeated;    /* it repeated its FIN and no ACK answered that yet */
    bool synack_repeated; /* likewise its SYN-ACK */
    bool offload_told;    /* OBSERVED_OFFLOAD */
    bool stuck;           /* its peer lacks `stuck_at` although it passed the capture point */
    struct seq stuck_at;
    uint8_t sacked_count; /* what its peer reports above that hole: */
    struct sack_block sacked[SACK_BLOCKS_MAX];
    bool alien_pending;   /* a segment far outside the numbers waits for confirmation */
    struct seq alien_end;
    uint8_t ts_still;     /* segments in a row with the same TSval; 255: that was told */
    uint16_t ts_still_echo; /* low half of the first one's TSecr */
    uint32_t ts_still_ms; /* when it was captured; modulo 2^32: 49 days */
    bool synack_window;   /* edge waits for the ISS: window of the peer's SYN */
    uint16_t syn_window;

    bool probe_known;     /* it probed a closed window with the octet before probe_end */
    struct seq probe_end;

    struct seq history_number; /* of the last S, H, F or R in the history */
    uint32_t history_repeats;
    uint32_t history_zero_windows;
    uint32_t history_bad_sums;
    uint32_t history_gaps;

    bool last_known;      /* its last admitted segment: */
    bool last_had_ack;
    struct seq last_end;
    struct seq last_ack;
    int64_t last_ns;
    struct seq rst_seq;   /* of its RST */
    int64_t rst_ns;
    int64_t fin_ns;       /* of its first FIN */
    uint32_t fin_id;      /* segment.id of that FIN */
    uint32_t fin_tsval;   /* its TSval (valid: fin_has_ts) */
    uint16_t fin_ip_id;   /* its IP identification; 0: none */
    bool fin_has_ts;
    uint16_t last_ip_id;  /* of its last admitted segment; 0: none */
    uint16_t prior_ip_id; /* of the one before its first FIN; 0: none */
    bool prior_ts_known;  /* and the highest TSval until then: */
    uint32_t prior_ts;
    uint8_t fin_found;    /* enum tcp_state in which that FIN was to find the peer */
    uint16_t syn_ip_id;   /* IP identification of its latest SYN or SYN-ACK */
    int64_t smoothed_ns;  /* RFC 6298 2: SRTT and RTTVAR of its turnaround */
    int64_t deviation_ns;
    int64_t time_wait_ns; /* start of TIME-WAIT, capture time */
    uint32_t since_heard; /* segments of it since its peer was captured last */
    bool acked_data;      /* its peer acknowledged at least one octet after the SYN */
    bool challenged;      /* it was sent what a challenge ACK answers, in this frame: */
    uint32_t challenge_frame;
    int64_t challenge_ns;
    uint32_t challenge_ack_frame; /* its last segment answered a challenge; 0: it did not */
    bool half_closed_told;
    uint32_t half_closed_octets;
    int64_t fin_acked_ns; /* when its FIN was seen to be acknowledged */
    int64_t waits_ns;     /* its oldest unacknowledged octet waits since then */
    int64_t repeated_ns;  /* … and was sent again last; waits_ns: never */
    int64_t synack_ns;    /* its first SYN-ACK */
    bool probes;          /* it probes a closed window without an octet; until that opens */
    struct one_number *one_number; /* of its peer, which is not seen (unseen.h); NULL: none */
    struct aftermath *aftermath; /* of its RSTs and repeated FINs; NULL: none */
    struct repeats *repeats; /* since there was progress, or an answer; NULL: nothing */
    uint32_t unanswered;  /* distinct answer-demanding segments since the peer was heard */
};

struct tcb {
    struct side_record side[2];
    struct opening *opening; /* until the handshake is complete; NULL otherwise */

    uint16_t observed;    /* enum observation that was told already */
    bool forged;          /* the opener went on in the life before: the SYN was not its own */
    uint8_t reopened_count; /* segments of the life before that were shown to find SYN-SENT: */
    uint8_t reopened_state[2];
    uint32_t reopened_id[2];
    bool borrowed;        /* the server is taken to be in the state of the life before */
    bool midstream;       /* began with neither SYN nor SYN-ACK */
    bool syn_missing;     /* began with a SYN-ACK */
    bool segment_missing; /* a handshake or FIN segment is proved to be missing */
    bool octets_missing;  /* octets were acknowledged that the capture lacks */
    bool limit_reached;
    bool one_way;
    bool handshake_done;
    bool tfo;             /* the SYN's data was acknowledged by the SYN-ACK */
    bool reset;           /* a decisive RST was sent */
    bool refused;
    bool cut_off;         /* … before both FINs were acknowledged, and not a refusal */
    bool fin_first_known;
    enum side fin_first;  /* sent the first FIN */
    enum teardown_kind kind;
    uint8_t last_rst;     /* enum rst_class of the last segment */
    bool lost;            /* a synchronized end answered like one without connection: */
    uint8_t lost_side;
    int64_t lost_ns;      /* … so long after its last segment */
    uint8_t idle_side;    /* spoke last; its peer has been silent since … */
    uint8_t idle_repeats; /* … and it has sent again so often */
    int64_t idle_ns;      /* the longest that nobody spoke meanwhile, nothing being unanswered */
    bool ended;           /* both FINs acknowledged, or reset */
    int64_t ended_ns;
};

/* Everything one call of history_apply works on. */
struct work {
    struct model *model;
    struct connection *conn;
    struct tcb *tcb;
    const struct segment *segment;
    struct step *step;
    struct side_record *tail; /* the sender */
    struct side_record *head; /* the receiver */
    bool stale;               /* of a life that a newer one has replaced */
    bool overtaken;           /* sent before segments of its sender that were captured before */
    bool acked_a_gap;         /* octets were acknowledged that the capture lacks */
};

/** Notes what the segment shows of the capture: once per connection. */
void work_observe_once(struct work *work, enum observation what);

/** Tells the shell what a later segment proves about an earlier one. */
void work_amend(const struct work *work, uint32_t id, enum amendment what, uint32_t value);

/** Had enough time passed for something to reach the endpoint and its answer to come back? An
 *  answer that passes the capture point earlier cannot have been caused by it. */
bool endpoint_could_answer(const struct endpoint *endpoint, int64_t elapsed);

/** So much time passed that an answer without it proves that it was lost. */
bool endpoint_must_have_it(const struct endpoint *endpoint, int64_t elapsed);

#endif
