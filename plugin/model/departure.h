/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sender's state as its segment left: a fact, since it follows from what the segment proves to
 * have been received, and from what it does. RFC 9293 3.10.1-3.10.5, 3.10.7.
 */
#ifndef TCPSTATE_DEPARTURE_H
#define TCPSTATE_DEPARTURE_H

#include "tcb.h"

/** Fills step->src and step->src_before. To be called before the numbers move. */
void departure_settle(struct work *work);

#endif
