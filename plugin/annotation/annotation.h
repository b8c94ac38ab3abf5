/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered of one segment and shown on every pass: 80 bytes, so that a million segments
 * cost what the budget allows (at most 96 each, index included). Plain data; const once sealed.
 *
 * Everything that belongs to the whole connection (roles, bases of relative numbers, links to its
 * turning points) is read through `conn`, so that later passes see what later frames added.
 */
#ifndef TCPSTATE_ANNOTATION_H
#define TCPSTATE_ANNOTATION_H

#include "history.h"
#include "step.h"

struct finding;

/* The rare part: allocated only where there is something to say. */
struct annex {
    const struct finding *findings; /* in the order of raising, or NULL */
    int64_t time_wait_ns[2];        /* sender, receiver: what is left of 2 MSL; -1 not in TIME-WAIT */
};

/* Where a segment lies that begins below the expected number. */
enum seq_past {
    PAST_NOT,   /* it does not begin below */
    PAST_AGAIN, /* all of it was captured before */
    PAST_FILLS, /* it fills a hole, at least the beginning of it */
    PAST_UNSURE /* above the first hole: sent again, or filling another one */
};

struct annotation {
    const struct connection *conn; /* NULL on a stray */
    struct annex *annex;           /* NULL: nothing */
    uint32_t frame;
    uint32_t next; /* id + 1 of the next TCP layer in the same frame, outermost first; 0: none */
    uint32_t stream;
    struct seq seq;
    struct seq ack; /* meaningful with FLAG_ACK */
    uint32_t len;   /* SEG.LEN: payload + SYN + FIN */
    struct seq seq_expected;
    struct seq ack_expected;
    uint32_t ack_new;
    uint32_t ack_frame; /* 0: none or unknown */
    uint32_t acked_in;  /* 0: not (yet) acknowledged; filled by later segments */
    struct seq window_left;
    struct seq window_right;

    /* src and dst: see struct path; src[0]/dst[0] the state before, then one nibble per change. */
    uint16_t src_path;
    uint16_t dst_path;
    unsigned src_changes : 2;
    unsigned dst_changes : 2;
    unsigned src_before : 4; /* enum tcp_state */
    unsigned flags : 12;     /* enum segment_flag */
    unsigned phase : 4;
    unsigned evidence : 2;
    unsigned sender : 1; /* enum side; its role is read through conn */
    unsigned handshake_step : 2;
    unsigned rst_decisive : 1;
    unsigned seq_expected_known : 1;
    unsigned ack_expected_known : 1; /* without it every ack.* field is absent */

    unsigned teardown_steps : 4;
    unsigned kind : 3;
    unsigned rst_class : 4;
    unsigned admission : 3;
    unsigned covers : 3;
    unsigned ack_new_known : 1;
    unsigned window_known : 1;
    unsigned src_listed : 3; /* bit i: change i of the path is listed as a transition */
    unsigned dst_listed : 3;
    unsigned seq_past : 2; /* enum seq_past */
    unsigned ack_old : 1; /* lower than an acknowledgment that its sender had sent before */
};

_Static_assert(sizeof(struct annotation) <= 80, "an annotation is budgeted at 80 bytes");

/** Copies what is to be remembered. `annotation->annex` and `->next` stay untouched. */
void annotation_from_step(struct annotation *annotation, const struct step *step);

/** Takes a correction from a later segment (see enum amendment). */
void annotation_amend(struct annotation *annotation, enum amendment what, uint32_t value);

/** Puts a finding before those of the annotation; `next` of the finding is not used. */
void annotation_file(struct annotation *annotation, const struct finding *finding,
                     const struct arena *arena);

/** Files a finding of it that the segment of that frame has proved. */
void annotation_prove(struct annotation *annotation, const struct finding *finding,
                      uint32_t proved_by, const struct arena *arena);

/** Role of the sender; ROLE_CLIENT on a stray. */
enum role annotation_sender_role(const struct annotation *annotation);

enum tcp_state annotation_src_state(const struct annotation *annotation);
enum tcp_state annotation_dst_state(const struct annotation *annotation);
enum tcp_state annotation_dst_before(const struct annotation *annotation);

/** State of the endpoint with that role after the segment. */
enum tcp_state annotation_role_state(const struct annotation *annotation, enum role role);

/* One state change, as listed in tcpstate.transition. */
struct transition_shown {
    enum role who; /* by what is known now */
    enum tcp_state from;
    enum tcp_state to;
};

#define ANNOTATION_TRANSITIONS_MAX (2 * PATH_MAX_CHANGES)

/** Writes the segment's state changes, the sender's first; returns how many (never more than
 *  ANNOTATION_TRANSITIONS_MAX). */
unsigned annotation_transitions(const struct annotation *annotation,
                                struct transition_shown out[ANNOTATION_TRANSITIONS_MAX]);

/** Payload octets: len without SYN and FIN. */
uint32_t annotation_payload(const struct annotation *annotation);

#endif
