/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One thing changed in the capture of a life that breaks no rule: a flag, a number, an option, an
 * order, a segment too few or too many. Each change names the finding that has to tell of it.
 */
#ifndef TCPSTATE_ORACLE_CHANGE_H
#define TCPSTATE_ORACLE_CHANGE_H

#include "view.h"

#include "finding.h"

struct change {
    enum finding_id row;
    const char *what;
    /* Changes the capture; false: this one has no place for it, and was left as it was. */
    bool (*make)(struct view *view, struct rng *rng);
};

extern const struct change changes[];
extern const unsigned change_count;

/* ---- for those who make changes ---- */

/* The first life of the tuple in a capture that begins with its SYN; -1: there is no such frame. */
struct story {
    int synack, third;
    int fin[2]; /* by enum side */
    int rst;
    int after; /* the first frame of what does not belong to it */
};

/** Frame `i` as it may be changed. */
struct segment *change_at(struct view *view, int i);

/** false: the capture does not begin with a SYN. */
bool change_story(const struct view *view, struct story *story);

/** Puts length and checksum right after a change of frame `i`. */
bool change_done(struct view *view, int i);

/** Is this between the third segment and the first FIN or RST? */
bool change_is_open(const struct story *story, int i);

/** Has it data that its sender did not send before? */
bool change_is_new_data(const struct view *view, int i);

/** Does its sender send new data later, before the first FIN or RST? */
bool change_goes_on(const struct view *view, const struct story *story, int i);

/** A frame that fits, each as likely; -1: none does. */
int change_pick(const struct view *view, struct rng *rng,
                bool (*fits)(const struct view *view, const struct story *story, int i));

/* Frames that fit. */
bool fits_open(const struct view *view, const struct story *story, int i);
bool fits_open_data(const struct view *view, const struct story *story, int i);
bool fits_ack_going_on(const struct view *view, const struct story *story, int i);
bool fits_data_going_on(const struct view *view, const struct story *story, int i);

/** Takes frame `i` out of the capture. */
void change_remove(struct view *view, int i);

#endif
