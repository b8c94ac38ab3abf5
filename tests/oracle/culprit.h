/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Some habits that hosts have in the wild break a rule, and half of the simulated hosts have them as
 * well. A finding that says so is right: told not by the finding, but by what the host really did.
 */
#ifndef TCPSTATE_ORACLE_CULPRIT_H
#define TCPSTATE_ORACLE_CULPRIT_H

#include "view.h"

/** Did the sender of frame `i` begin anew less than 2 MSL after its connection before, with an initial
 *  number that does not come from a clock (RFC 9293 3.4.1 MUST-8) and that it had passed already? */
bool culprit_reused_numbers(const struct view *view, uint32_t i);

#endif
