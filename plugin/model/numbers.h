/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a segment moves the numbers of its sender and of its receiver. RFC 9293 3.3.1, 3.4; contract section 2.
 */
#ifndef TCPSTATE_NUMBERS_H
#define TCPSTATE_NUMBERS_H

#include "tcb.h"

/** An ACK one beyond everything the peer sent tells of a FIN that the capture lacks. */
void numbers_infer_fin(struct work *work);

/** Takes the inference back when the sender goes on: nothing follows a FIN. True if it did. */
bool numbers_disprove_fin(struct work *work);

/** A FIN on a number behind which its receiver has acknowledged more: its sender has not closed
 *  there (RFC 9293 3.6: nothing follows a FIN), whoever sent it. */
bool numbers_fin_is_refuted(const struct work *work);

/** Takes over the numbers of a segment that contradicts the model and was confirmed (X-CONF). */
void numbers_resync(struct work *work);

/** Moves SND.NXT, SND.UNA, the window and the FIN as far as the segment may. */
void numbers_take(struct work *work);

/** A SYN or SYN-ACK with another ISS than the one in use. */
bool numbers_new_iss(const struct work *work);

/** A window probe: one octet at the edge of a closed window (RFC 9293 3.8.6.1). */
bool numbers_is_probe(const struct work *work);

#endif
