/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the SYNs of a handshake offer and what the SYN-ACK makes of it: options and the ECN bits.
 * RFC 7323 2.2, 3.2; RFC 7413 4.1.3; RFC 3168 6.1.1; RFC 9768 3.1.
 *
 * Kept while the handshake lasts (struct opening). Only what a later SYN or SYN-ACK is compared
 * with.
 */
#ifndef TCPSTATE_OFFER_H
#define TCPSTATE_OFFER_H

#include "tcb.h"

/** Compares a SYN or SYN-ACK with what was offered, notes in the step what is odd about it, and
 *  remembers it. To be called with an opening. */
void offer_take(struct work *work);

#endif
