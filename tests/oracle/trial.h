/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One capture before the plugin's model, through its one door history_apply(), and the comparison
 * of what it says with what is true.
 */
#ifndef TCPSTATE_ORACLE_TRIAL_H
#define TCPSTATE_ORACLE_TRIAL_H

#include "informed.h"
#include "verdicts.h"
#include "view.h"

/* Who speaks: the model in one pass, the model with hindsight, and the ceiling. */
enum speaker { SPEAKER_ONE, SPEAKER_TWO, SPEAKER_CEILING, SPEAKERS };

enum place { PLACE_TAIL, PLACE_HEAD, PLACES };

/* What each speaker says of each frame. */
struct trial {
    struct informed ceiling;
    uint8_t said[2][PLACES][VIEW_MAX]; /* enum tcp_state; by one pass and by two */
    bool stray[VIEW_MAX];              /* the contract allows no state here */
    struct verdicts verdicts;
    const struct connection *conn[VIEW_MAX]; /* of each frame; while the trial runs */
};

#define CAUSES_MAX 8 /* see cause.h */

/* Where to look for one kind of disagreement. */
struct example {
    uint64_t count;
    uint64_t life; /* a short one that shows it */
    uint32_t frame, length;
};

struct tally {
    uint64_t lives, frames;
    uint64_t perfect[SPEAKERS]; /* lives without any disagreement */
    uint64_t known[PLACES];
    uint64_t strict[SPEAKERS][PLACES];
    uint64_t wire[SPEAKERS][PLACES]; /* the truth, or what nobody can tell from it */
    struct example confused[SPEAKERS][PLACES][STATES][STATES]; /* truth, said */
    uint64_t causes[PLACES][CAUSES_MAX]; /* of disagreements with hindsight, by enum cause */
    struct example cause_lives[CAUSES_MAX];
    uint64_t strays;
    uint64_t findings[VERDICT_IDS];            /* how often each was raised */
    struct example finding_lives[VERDICT_IDS]; /* … and in how many lives */
};

/** Plays the capture to the model and to the ceiling. */
void trial_run(struct trial *trial, const struct view *view);

/** What a speaker says of frame `i`. */
uint8_t trial_said(const struct trial *trial, enum speaker who, enum place place, uint32_t i);

/** Is that right? Frames with no known truth, and strays, are always right. */
bool trial_right(const struct trial *trial, const struct view *view, enum speaker who,
                 enum place place, uint32_t i);

void tally_add(struct tally *tally, const struct trial *trial, const struct view *view);

#endif
