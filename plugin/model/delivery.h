/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The receiver's state once a segment is delivered: an expectation. Comparisons of numbers decide
 * which events the segment is, in the order of RFC 9293 3.10.7.4 (RST, SYN, ACK, FIN);
 * transition.def decides what they do.
 */
#ifndef TCPSTATE_DELIVERY_H
#define TCPSTATE_DELIVERY_H

#include "tcb.h"

/** Fills step->dst. Needs the numbers to be up to date (numbers_take). */
void delivery_expect(struct work *work);

/** The FIN that was inferred for this side was none: both ends go back. */
void delivery_take_back_fin(struct tcb *tcb, enum side side);

/** TIME-WAIT that has run out by the time of this segment. */
void delivery_pass_time(struct work *work);

#endif
