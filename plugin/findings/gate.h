/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must be captured before a rule may speak, and how far its severity drops where less is
 * known. Read the catalogue, section 0 (gates), first.
 */
#ifndef TCPSTATE_GATE_H
#define TCPSTATE_GATE_H

#include "finding.h"

enum gate_answer {
    GATE_SHUT,    /* too little is known: the rule is silent */
    GATE_LOWERED, /* it may speak, one step less severely */
    GATE_OPEN
};

/**
 * Is enough captured for a rule that compares with `about`'s numbers?
 *
 * Looks at what was known before the segment. GATE_G4 (a later frame decides) is shut here: such
 * verdicts come from the later frame.
 *
 * @param about  the side whose numbers set the rule's limit.
 */
enum gate_answer gate_ask(const struct step *step, enum gate gate, enum side about);

/** The same, of two ends: are both SYNs captured, or at least that of the one whose numbers count,
 *  and something of the other? Whether both directions are live is not asked. */
enum gate_answer gate_both(const struct endpoint *about, const struct endpoint *other);

/** One step down: error, warn, note, chat, none. */
enum severity severity_lower(enum severity severity);

#endif
