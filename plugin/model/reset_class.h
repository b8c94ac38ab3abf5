/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a RST stands against what its receiver expects. RFC 9293 3.5.2-3.5.3, 3.10.7.3 step 2,
 * 3.10.7.4 step 2; RFC 5961 3.2.
 */
#ifndef TCPSTATE_RESET_CLASS_H
#define TCPSTATE_RESET_CLASS_H

#include "tcb.h"

/** Fills step->rst_class and step->rst_decisive; RST_NONE on a segment without RST. */
void reset_classify(struct work *work);

/** RFC 9293 3.5.2 (1): has the RST the shape of an answer by an end that has no connection? */
bool reset_has_closed_shape(const struct work *work);

/** RFC 9293 3.10.7.3 step 1: the answer to an ACK that does not acknowledge the SYN leaves its
 *  sender in SYN-SENT. */
bool reset_leaves_syn_sent(const struct work *work, enum tcp_state state);

#endif
