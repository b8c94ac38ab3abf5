/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which SEQ and ACK were expected, and what is acknowledged for the first time. RFC 9293 3.4;
 * contract section 2.
 */
#ifndef TCPSTATE_EXPECTATION_H
#define TCPSTATE_EXPECTATION_H

#include "tcb.h"

/** Fills step->seq_expected … step->window_*, before the segment moves anything. */
void expectation_fill(struct work *work);

#endif
