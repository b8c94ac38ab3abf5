/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a side sends again and again because nobody acknowledges it, and the keepalives that nobody
 * answers: facts for the rules, none of which moves the model. RFC 9293 3.8.1, 3.8.3, 3.8.4.
 */
#ifndef TCPSTATE_REPEATS_H
#define TCPSTATE_REPEATS_H

#include "tcb.h"

/** Fills step->repeats; before the numbers move. */
void repeats_note(struct work *work);

/** Gives the memory of one side back. */
void repeats_close(struct side_record *record, struct pool *pool);

#endif
