/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the two ends of a life stand when its last segment has passed: the facts from which
 * end-of-capture verdicts are drawn. RFC 9293 3.5.1, 3.8.3, 3.8.4, 3.8.6.1; catalogue A8.
 * Read when asked for, so that it grows with the capture.
 */
#ifndef TCPSTATE_STANDING_H
#define TCPSTATE_STANDING_H

#include "step.h"

/* One end, as far as it goes beyond its endpoint. */
struct standing_side {
    bool probed;          /* it probed a closed window: octets wait behind the right edge */
    bool repeated;        /* it sent its oldest unacknowledged octet again */
    int64_t repeating_ns; /* … and went on with that for so long */
    int64_t synack_ns;    /* from its first SYN-ACK to its last segment; -1: it sent none */
};

struct standing {
    /* NULL where nothing but one SYN was captured, and where newer lives have taken the place of
     * the working record. */
    const struct endpoint *end[2];
    struct standing_side side[2];
    enum evidence evidence;
    enum rst_class last_rst; /* of the last segment that the model took in */
    int64_t life_ns;         /* from the first segment to the last; -1: not known */
    bool reset;              /* by a decisive RST */
    bool ended;              /* so, or both FINs are acknowledged */
    bool unanswered;         /* nothing but SYNs of the client */
    bool lost;               /* lost_side proved to know nothing of the connection: */
    enum side lost_side;
    int64_t lost_ns;         /* … so long after it had spoken last */
    enum side idle_side;     /* it alone has spoken since both were silent for idle_ns, */
    int64_t idle_ns;
    uint32_t idle_repeats;   /* … and so often it sent again what it had sent before */
    int64_t rto_ns;          /* RFC 6298 2, of the slower direction, from 1 to 60 seconds */
};

struct work;

/** Notes what the segment changes. To be called before the numbers move. */
void standing_note(struct work *work);

void standing_of(const struct connection *conn, struct standing *standing);

/** From the last segment until then; -1: not known. */
int64_t connection_silence_ns(const struct connection *conn, int64_t then_ns);

#endif
