/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life that a tuple led before the one that begins, for the rules on its reuse; and which
 * segments still belong to a life that is over. RFC 9293 3.4.1-3.4.3, 3.6.1; RFC 6191.
 */
#ifndef TCPSTATE_FORMER_H
#define TCPSTATE_FORMER_H

#include "lives.h"

/** Fills step->former on the first SYN and the first SYN-ACK of the newest life; before the numbers
 *  move. `first`: the segment has begun that life. */
void former_fill(const struct history *history, bool first, struct step *step);

/** Fills step->stale; after the numbers have moved. */
void former_note_stale(const struct history *history, struct step *step);

#endif
