/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sums written out and the states in words: what the tree says about one segment, so that
 * somebody who learns TCP can follow it and somebody who debugs can check it. RFC 9293 3.4, 3.6.
 *
 * Pure: no Wireshark. Nothing is concluded here; every fact comes from the annotation. A sentence
 * is the text after the label ("Sequence: " and the like are the tree's). Every function writes at
 * most `size` octets, always ends them with a zero (size 0 writes nothing) and returns the length
 * of what stands in the buffer; 0 means that there is no such line on this segment. A text that
 * does not fit is cut. SENTENCE_MAX octets are always enough.
 */
#ifndef TCPSTATE_SENTENCE_H
#define TCPSTATE_SENTENCE_H

#include "annotation.h"
#include "finding.h"
#include "past.h"

#include <stddef.h>

#define SENTENCE_MAX 512

struct sentence_context {
    /* Numbers count from each side's base, as the fields do; false: raw numbers everywhere. A side
     * whose base is not known shows raw numbers in either case. */
    bool relative;
    /* "10.0.0.1:40000", or "[2001:db8::1]:40000". On a stray, which has no roles, `client` is the
     * segment's source and `server` its destination. NULL: the role alone is named. */
    const char *client;
    const char *server;
};

/** `handshake 2/3 (SYN-ACK), server SYN-RECEIVED, client ESTABLISHED`: sender first. */
size_t sentence_protocol(char *out, size_t size, const struct annotation *annotation);

/** The phase or step and both states by role, for the Info column:
 *  `SYN-ACK, client ESTABLISHED, server SYN-RECEIVED`. Never empty. */
size_t sentence_info(char *out, size_t size, const struct annotation *annotation);

/** `10.0.0.1:40000 (client) - 10.0.0.2:80 (server), stream 0`; on a stray: that there is none. */
size_t sentence_connection(char *out, size_t size, const struct annotation *annotation,
                           const struct sentence_context *context);

/** The phase, and in words what it means here: `half-closed: the client has closed, …`. */
size_t sentence_phase(char *out, size_t size, const struct annotation *annotation);

/** `SYN-ACK (2)`; empty where the segment is no handshake step. */
size_t sentence_handshake(char *out, size_t size, const struct annotation *annotation);

/** `ACK of FIN (2) and second FIN (3)`; empty where the segment is no teardown step. */
size_t sentence_teardown(char *out, size_t size, const struct annotation *annotation);

/** `server, LISTEN -> SYN-RECEIVED`; `client, ESTABLISHED` where nothing changes. */
size_t sentence_sender(char *out, size_t size, const struct annotation *annotation);

/** `client, SYN-SENT -> ESTABLISHED once delivered`. */
size_t sentence_receiver(char *out, size_t size, const struct annotation *annotation);

/** `1 + 77 data octets = 78 next, as expected`. Never empty. */
size_t sentence_sequence(char *out, size_t size, const struct annotation *annotation,
                         const struct sentence_context *context);

/** `1 = 0 + 1 (client's SYN, frame 1), as expected`. Says so where the ACK flag is not set. */
size_t sentence_acknowledgment(char *out, size_t size, const struct annotation *annotation,
                               const struct sentence_context *context);

/** `1 to 64241, 64240 octets free`; empty while the window is not known. */
size_t sentence_window(char *out, size_t size, const struct annotation *annotation,
                       const struct sentence_context *context);

/** What a RST does, by its class; empty on a segment without RST. */
size_t sentence_reset(char *out, size_t size, const struct annotation *annotation);

/** Why the model does not take the segment in (duplicate, bad checksum, …); empty where it does. */
size_t sentence_admission(char *out, size_t size, const struct annotation *annotation);

/** `full`, or the word and what it means: `midstream: no SYN was captured, …`. */
size_t sentence_evidence(char *out, size_t size, const struct annotation *annotation);

/** `client ESTABLISHED -> FIN-WAIT-1`, as in tcpstate.transition. */
size_t sentence_transition(char *out, size_t size, const struct transition_shown *change);

/** `CLOSED > SYN-SENT > ESTABLISHED`; empty for nowhere. */
size_t sentence_past(char *out, size_t size, const struct past *past);

/** How it ended, told on a connection's last segment: `closed by the client first; the server's FIN
 *  came 2.1 s later; the client holds TIME-WAIT until 61.3 s`.
 *  @param now_ns  the segment's time since the capture began; negative when it is not known. */
size_t sentence_ending(char *out, size_t size, const struct annotation *annotation, int64_t now_ns);

/** First line under a finding: the numbers compared, their difference, who set the limit, the
 *  evidence: `70001 is 4748 beyond 65253, the edge granted in frame 5 (evidence: full)`. */
size_t sentence_finding_numbers(char *out, size_t size, const struct annotation *annotation,
                                const struct sentence_context *context,
                                const struct finding *finding);

/** Second line: what follows for the connection. */
size_t sentence_finding_consequence(char *out, size_t size, const struct finding *finding);

/** Both lines in one, as in tcpstate.finding.detail. */
size_t sentence_finding_detail(char *out, size_t size, const struct annotation *annotation,
                               const struct sentence_context *context,
                               const struct finding *finding);

/** What is left of the receiver's window after this segment, never negative and never more than
 *  the window (tcpstate.window.space). Meaningful only where window_known. */
uint32_t sentence_window_space(const struct annotation *annotation);

/* The contract's words, constant strings; "" for NONE and for anything out of range. */
const char *phase_name(enum phase phase);
const char *evidence_name(enum evidence evidence);
const char *teardown_kind_name(enum teardown_kind kind);
const char *rst_class_name(enum rst_class rst_class);
const char *role_name(enum role role);          /* "client", "server" */
const char *direction_name(enum role sender);   /* "client to server", … */
const char *handshake_step_name(unsigned step); /* 1..3 */
const char *teardown_step_name(unsigned step);  /* 1..4, not the bit */
const char *covers_name(unsigned bit);          /* COVERS_SYN, COVERS_DATA or COVERS_FIN */

#endif
