/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What RSTs answer, what goes on after them, and RSTs and FINs in quick succession: facts for the
 * rules, none of which moves the model. RFC 9293 3.5.2, 3.5.3, 3.10.5, 3.6.1.
 */
#ifndef TCPSTATE_AFTERMATH_H
#define TCPSTATE_AFTERMATH_H

#include "tcb.h"

/** Fills step->aftermath; after the RST is classified, before the numbers move. */
void aftermath_fill(struct work *work);

/** Remembers a RST or FIN for what follows; after everything else. */
void aftermath_note(struct work *work);

/** Gives the memory of one side back. */
void aftermath_close(struct side_record *record, struct pool *pool);

#endif
