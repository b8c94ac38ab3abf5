/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Phase, steps and kind of a segment, and the connection's turning points. Contract section 3.
 */
#ifndef TCPSTATE_PHASE_H
#define TCPSTATE_PHASE_H

#include "tcb.h"

/** Fills step->phase, ->handshake_step, ->teardown_steps, ->kind and the turning points of the
 *  connection. To be called last, when both endpoints have moved. */
void phase_decide(struct work *work);

#endif
