/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets that a receiver has reported as received, and then neither acknowledges nor reports. RFC
 * 2018 8. Private to the model.
 */
#ifndef TCPSTATE_RENEGING_H
#define TCPSTATE_RENEGING_H

#include "tcb.h"

/** Compares the segment's report with the sender's latest one, before that is replaced. */
void reneging_look(struct work *work);

#endif
