/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The opening of a life: alternative SYNs and SYN-ACKs, and which pair the third segment proved.
 * RFC 9293 3.5; catalogue A2.
 */
#ifndef TCPSTATE_OPENING_H
#define TCPSTATE_OPENING_H

#include "tcb.h"

/** Remembers a SYN or SYN-ACK (at most OPENING_MAX of each). */
void opening_note(struct work *work);

/** The client's segment acknowledges another SYN-ACK than the last: takes that one's ISS over. */
void opening_settle(struct work *work);

/** Time from the SYN that the SYN-ACK answers (by TSecr, else the latest) to now; -1: unknown. */
int64_t opening_rtt_ns(const struct work *work);

/** The SYN is refused: its receiver was CLOSED, which amends what the SYNs showed. */
void opening_refused(struct work *work);

/** The handshake is over: gives the memory back. */
void opening_close(struct tcb *tcb, struct pool *pool);

/** Was a SYN-ACK of this side with this sequence number captured? */
bool opening_has_synack(const struct opening *opening, enum side sender, struct seq seq);

#endif
