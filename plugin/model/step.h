/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one segment did: the model's answer, read by the findings and turned into an annotation.
 * RFC 9293 3.3.2, 3.10.7. Words and decisions: the project's public contract.
 *
 * The sender's state is a fact, the state as the segment left. The receiver's is an expectation:
 * the state once this segment has been delivered and processed.
 */
#ifndef TCPSTATE_STEP_H
#define TCPSTATE_STEP_H

#include "connection.h"
#include "segment.h"
#include "tcp_state.h"

enum phase {
    PHASE_STRAY,
    PHASE_REFUSED,
    PHASE_RESET,
    PHASE_HANDSHAKE,
    PHASE_HALF_CLOSED,
    PHASE_TEARDOWN,
    PHASE_TIME_WAIT,
    PHASE_CLOSED,
    PHASE_ESTABLISHED,
    PHASES
};

/* How far the model may be trusted, best first: a larger value is worse evidence. */
enum evidence { EVIDENCE_FULL, EVIDENCE_LOSSY, EVIDENCE_MIDSTREAM, EVIDENCE_ONE_WAY, EVIDENCES };

enum teardown_kind {
    TEARDOWN_NONE, /* none yet, or not yet known */
    TEARDOWN_FOUR_WAY,
    TEARDOWN_THREE_SEGMENT,
    TEARDOWN_SIMULTANEOUS,
    TEARDOWN_RESET,
    TEARDOWN_KINDS
};

/* Bits of step.teardown_steps. */
enum { TEARDOWN_FIN = 1, TEARDOWN_ACK = 2, TEARDOWN_SECOND_FIN = 4, TEARDOWN_SECOND_ACK = 8 };

/* Bits of step.covers: what was acknowledged for the first time. */
enum { COVERS_SYN = 1, COVERS_DATA = 2, COVERS_FIN = 4 };

/* In the contract's order of matching; RST_NONE on a segment without RST. */
enum rst_class {
    RST_NONE,
    RST_SYNSENT_OK,
    RST_SYNSENT_BAD,
    RST_STALE,
    RST_EXACT,
    RST_CLOSED_REPLY,
    RST_IN_WINDOW,
    RST_OUT_OF_WINDOW,
    RST_UNKNOWN,
    RST_CLASSES
};

/* Bits of step.observed: what the segment shows of the capture itself (catalogue A10). Each is set
 * where it is to be told: once per connection or direction, or with each occurrence. */
enum observation {
    OBSERVED_ONE_WAY = 0x0001,      /* from here on the other direction counts as not captured */
    OBSERVED_MISSED_SYN = 0x0002,   /* accepted without a SYN in the capture */
    OBSERVED_MISSED_SYNACK = 0x0004,
    OBSERVED_MISSED_ACK = 0x0008,   /* the third segment */
    OBSERVED_MISSED_FIN = 0x0010,   /* inferred from this acknowledgment */
    OBSERVED_LOSS_ACKED = 0x0020,   /* step.loss_octets were acknowledged but never captured */
    OBSERVED_DUPLICATE = 0x0040,    /* the first captured duplicate of the connection */
    OBSERVED_REORDER = 0x0080,      /* this frame was stored later than it was sent */
    OBSERVED_TRUNCATED = 0x0100,    /* the first segment cut by the snap length */
    OBSERVED_OFFLOAD = 0x0200,      /* the first of its direction that is larger than the MSS */
    OBSERVED_TIME_STEP = 0x0400,    /* the capture's clock went back, or jumped */
    OBSERVED_RESYNC = 0x0800        /* the model took over numbers that contradict its own */
};

/* May the segment move the model? */
enum admission {
    ADMIT_FULL,      /* yes */
    ADMIT_DUPLICATE, /* the capture holds this segment twice */
    ADMIT_BAD_SUM,   /* checksum verified and wrong: no receiver takes it */
    ADMIT_IMPOSSIBLE, /* a combination of flags that every receiver drops */
    ADMIT_ALIEN      /* numbers that belong to another life or to nobody */
};

/* The states that one endpoint passes through on one segment: at[0] is where the model believed
 * it, at[count] where it is afterwards; each neighbouring pair is one row of the table. Bit i of
 * `listed` says that the change from at[i] to at[i + 1] is news: no earlier segment has told it. */
#define PATH_MAX_CHANGES 3
struct path {
    uint8_t count;
    uint8_t listed;
    uint8_t at[PATH_MAX_CHANGES + 1]; /* enum tcp_state */
};

static inline enum tcp_state path_end(const struct path *path)
{
    return (enum tcp_state)path->at[path->count];
}

/* Octets that differ from what was sent before under the same numbers. */
struct conflict {
    struct seq first; /* number of the first octet that differs */
    struct seq start; /* where the payload of the earlier segment began */
    uint32_t id;      /* segment.id and .frame of that */
    uint32_t frame;
    int64_t since_ns; /* from that to this; -1 when times are not known */
    bool damaged;     /* its checksum is bad, and it was the first */
};

/* What RSTs answer and leave behind (aftermath.h). Frames are 0 where there is none. */
struct step_aftermath {
    bool may_answer; /* a RST: so soon after the receiver's last segment that it may answer that */
    uint32_t answered_frame; /* a RST that answers: the oldest octets that its sender has not
                              * acknowledged, and could have got by then, are in this frame */
    uint32_t outlived_frame; /* its sender's own RST, after which this shows it to be alive */
    struct seq outlived_seq; /* … and SEG.SEQ of that */
    uint32_t unheard_frame;  /* a RST that its sender should have got long ago, but sends new data */
    uint32_t burst;          /* the most RSTs (or FINs) that its sender sent in a second, this one
                              * included, less those that may answer segments of its peer */
    uint32_t burst_before;   /* … and this one not included */
};

/* The life that the tuple led before, as the first SYN or SYN-ACK of a new one finds it. Sender and
 * receiver are those of this segment. Valid until the next segment. */
struct former {
    const struct endpoint *sender;
    const struct endpoint *receiver;
    bool one_way;       /* only one direction of it was captured */
    bool closed;        /* both FINs were acknowledged */
    bool reset;         /* a decisive RST ended it, and that was no refusal */
    bool half_closed;   /* it is not over, but at least one side has closed */
    bool sender_waited; /* the sender closed first, so it held TIME-WAIT */
    uint16_t syn_ip_id; /* of the sender's SYN or SYN-ACK */
    uint32_t closed_frame; /* acknowledged the last FIN, or was the RST; 0: none */
    int64_t since_ns;      /* since the last ACK of TIME-WAIT, or the end; -1: not known */
};

/* What a side has sent again in vain, this segment included. */
struct repeats {
    bool is_repetition; /* what the segment itself is: of the oldest octet … */
    bool is_keepalive;
    uint32_t count;        /* the oldest octet that is not acknowledged, so often after the first */
    uint32_t steady;       /* the last so many intervals of that were hardly longer than the one
                            * before; nothing was heard of the peer meanwhile */
    uint32_t first_frame;  /* sent it first; 0: that is not captured */
    int64_t first_ns;
    int64_t last_ns;
    int64_t interval_ns;        /* between the last two times; -1: not known */
    int64_t interval_before_ns; /* between the two before; 0: there were none */
    int64_t waited_ns;          /* since it was sent first; -1: not known */
    int64_t waited_before_ns;   /* the same, when it was sent again the time before */

    uint32_t keepalives;      /* since the peer was heard */
    uint32_t keepalive_frame; /* the first of these */
    int64_t keepalive_ns;
};

struct step {
    const struct segment *segment;
    struct connection *conn; /* NULL on a stray */
    enum admission admission;

    enum phase phase;
    enum evidence evidence;
    uint8_t handshake_step; /* 0 none, else 1..3 */
    uint8_t teardown_steps; /* TEARDOWN_FIN … */
    enum teardown_kind kind;
    enum rst_class rst_class;
    bool rst_decisive;

    enum tcp_state src_before; /* what the sender had shown with its previous segment */
    struct path src;           /* the sender, as the segment left */
    struct path dst;           /* the receiver, once delivered */

    bool seq_expected_known;
    struct seq seq_expected; /* SND.NXT of the sender as far as the capture proves it */
    bool ack_expected_known; /* false without ACK flag and while the peer is unseen */
    struct seq ack_expected; /* everything of the peer that is captured and contiguous */
    bool ack_new_known;
    uint32_t ack_new;   /* octets acknowledged for the first time */
    uint8_t covers;     /* COVERS_SYN … */
    uint32_t ack_frame; /* sent the last octet newly acknowledged; 0 when unknown */

    bool window_known;
    struct seq window_left;  /* the receiver's window for this segment */
    struct seq window_right; /* the furthest edge it ever granted */

    uint16_t observed;    /* enum observation */
    uint32_t loss_octets; /* with OBSERVED_LOSS_ACKED */
    int64_t since_own_ns; /* since its sender's segment before; -1: unknown */
    int64_t pause_ns;     /* an ACK to an end whose window is closed: nothing of either end was
                           * captured for so long before; -1: unknown */
    struct sack_block sack_dropped; /* octets that the sender had reported as received, and reports
                                     * no more; left == right: none */
    bool probe_taken; /* it acknowledges the octet with which the receiver probed the window */
    uint32_t clock_still_ms; /* its TSval has been the same for so long, though what it echoes has
                              * moved; told once; 0: no */
    bool series_goes_on;  /* data of a side that has closed, and what counts its packets (timestamp,
                           * IP identification) goes on as it was before its FIN, without that */
    const struct conflict *conflict; /* NULL: none is known; good until the next segment */
    bool edge_fresh; /* X-FRESH: una and edge of the sender are current (heard of lately) */
    bool answers_challenge; /* pure ACK with unchanged SND.NXT and RCV.NXT, within one turnaround of
                             * an in-window RST or of a SYN in a synchronized state: RFC 5961 */
    uint32_t challenge_frame; /* … which is this frame */
    uint32_t confirmed_frame; /* a RST that takes its number from the challenge ACK in this frame */
    bool first_of_tuple;      /* nothing of the tuple was captured before, not even strays */
    bool stale; /* of a life that a newer one has replaced, both SYNs of which are captured, and in
                 * the window of that not to be found */
    const struct former *former; /* NULL on nearly every segment */
    struct step_aftermath aftermath;
    const struct repeats *repeats; /* NULL: no repetition and no keepalive; good until the next
                                    * segment */
    bool knows_fin_acked;     /* the sender has had time to hear that its FIN was acknowledged */
    bool half_closed_first; /* the first data that the sender sends more than a round trip after
                             * its peer's FIN was acknowledged */
    uint32_t half_closed_octets; /* payload the sender has sent since then, this included */
    /* The segment begins a life: the one that the tuple led before; NULL: there is none. */
    const struct connection *previous;
    uint32_t fruitless_syns; /* … and it is a SYN: the number of initial numbers that were tried in
                              * a row without a connection, this included; 0: the one before led
                              * somewhere, or was the other end's */
    int64_t since_reset_ns; /* since the RST that ended the life; -1: there was none */
    uint16_t synack_numbers; /* a SYN-ACK with an initial number of its own: how many different
                              * ones the handshake has had, this included; 0: no such SYN-ACK */
    uint8_t option_changed; /* a SYN again: number of an option that the first one offered
                             * otherwise; 0: none */
    uint8_t option_unasked; /* a SYN-ACK: number of an option that no SYN asked for; 0: none */
    bool echo_foreign;      /* a SYN-ACK: its TSecr is the TSval of no SYN that it may answer */
    bool ecn_mirrored;      /* a SYN-ACK: it shows the ECN bits of the SYN again */
    bool disordered;       /* this connection was seen to be stored or to arrive out of order */
    bool synack_takes_back; /* a SYN-ACK again: acknowledges less than the first with its number */
    bool ack_known_synack; /* SEG.ACK acknowledges one of the SYN-ACKs that were captured */
    int64_t time_wait_ns[2]; /* sender, receiver: what is left of 2 MSL; -1: not in TIME-WAIT */

    /* Both endpoints as they were before this segment, by side: what rules compare with.
     * Zeroed on a stray. */
    struct endpoint before[2];
};

/** The sender and the receiver as they were before the segment. */
static inline const struct endpoint *step_sender(const struct step *step)
{
    return &step->before[step->segment->sender];
}

static inline const struct endpoint *step_receiver(const struct step *step)
{
    return &step->before[side_other(step->segment->sender)];
}

#endif
