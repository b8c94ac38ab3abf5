/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rules must know of the moment and cannot see in one segment: how fresh the limits are, what
 * a pure ACK answers, how long one side has been closed. RFC 5961 3.2, 4.2, 7; RFC 9293 3.6.1;
 * catalogue X-FRESH.
 */
#ifndef TCPSTATE_CONTEXT_H
#define TCPSTATE_CONTEXT_H

#include "tcb.h"

/** Fills step->edge_fresh, ->answers_challenge and ->half_closed_*; before the numbers move. */
void context_fill(struct work *work);

/** Remembers what the segment means for later ones; after everything else. */
void context_note(struct work *work);

#endif
