/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the model and the truth disagree at one frame, told from what really happened: the facts that
 * the capture does not hold. First match, in the order below.
 */
#ifndef TCPSTATE_ORACLE_CAUSE_H
#define TCPSTATE_ORACLE_CAUSE_H

#include "trial.h"

enum cause {
    CAUSE_FORGED,     /* a third party's segment is among the frames up to here */
    CAUSE_UNCAPTURED, /* an earlier segment of this control block passed and is not captured */
    CAUSE_STORED,     /* the capture stores frames around this one in another order */
    CAUSE_OVERTAKEN,  /* its receiver processed frames in another order than they passed */
    CAUSE_UNSEEN,     /* the end had sent something that passed later, or never */
    CAUSE_LOST,       /* an earlier frame never arrived */
    CAUSE_NOBODY,     /* the informed observer is wrong here too */
    CAUSE_MODEL,      /* none of these: the model could have known */
    CAUSES
};

/** One sentence for readers. */
const char *cause_text(enum cause cause);

/** Of a disagreement with hindsight about one end of frame `i`. */
enum cause cause_of(const struct trial *trial, const struct view *view, enum place place,
                    uint32_t i);

#endif
