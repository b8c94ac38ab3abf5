/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the timestamps of a segment tell of both ends' clocks. RFC 7323 3.2, 4.3, 5.4. Private to
 * the model.
 */
#ifndef TCPSTATE_CLOCK_H
#define TCPSTATE_CLOCK_H

#include "tcb.h"

/** Takes the timestamp of a segment that counts, or its absence. */
void clock_take(struct work *work);

#endif
