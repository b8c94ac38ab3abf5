/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * May a segment move the model? Captured duplicates, wrong checksums, impossible flags and numbers
 * that belong to nobody may not. Catalogue, section 0: X-DUP, X-CSUM, X-CONF.
 */
#ifndef TCPSTATE_ADMISSION_H
#define TCPSTATE_ADMISSION_H

#include "tcb.h"

/** Judges the segment and fills step->admission. Remembers it for later comparisons. */
void admission_judge(struct work *work);

/** Does the segment go on where one with strange numbers, which is still in doubt, ended? */
bool admission_continues_alien(const struct side_record *tail, const struct segment *segment);

/** The header alone is enough to know that every receiver drops it. */
bool admission_flags_impossible(const struct segment *segment);

#endif
