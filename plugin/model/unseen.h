/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An end of which the capture shows no segment: what the ACK numbers of the other end tell of it.
 * RFC 9293 3.4: a FIN takes one number, and so does one octet of data; only what happens beside it
 * tells them apart.
 */
#ifndef TCPSTATE_UNSEEN_H
#define TCPSTATE_UNSEEN_H

#include "tcb.h"

/** Takes the last number that the sender acknowledges for a FIN of its unseen peer where the sender
 *  has closed as well, and single octets are not what that peer sends. Amends the segments that
 *  acknowledged it before the sender closed. */
void unseen_infer_fin(struct work *work);

/** The peer has gone on behind the FIN that was inferred of it. True if it did; takes it back. */
bool unseen_disprove_fin(struct work *work);

void unseen_close(struct side_record *record, struct pool *pool);

#endif
