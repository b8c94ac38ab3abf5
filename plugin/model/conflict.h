/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a segment carry other octets than one before it under the same numbers? RFC 9293 3.4, 3.8.1:
 * a number stands for one octet for as long as the connection lives.
 */
#ifndef TCPSTATE_CONFLICT_H
#define TCPSTATE_CONFLICT_H

#include "tcb.h"

/** Compares the segment with the copies that are kept of its direction, fills in step->conflict,
 *  and keeps a copy of what is new. Before the segment moves the model. */
void conflict_look(struct work *work);

#endif
