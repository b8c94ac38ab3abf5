/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far the model may be trusted at a segment. Contract section 3; catalogue X-ONEWAY.
 */
#ifndef TCPSTATE_EVIDENCE_H
#define TCPSTATE_EVIDENCE_H

#include "tcb.h"

/** Takes the segment into account; to be called after its numbers were taken. */
void evidence_note(struct work *work);

enum evidence evidence_of(const struct tcb *tcb);

#endif
