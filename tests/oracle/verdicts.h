/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which findings the plugin's judgement raises on a capture. On a legal life nothing of severity
 * warn or error may be among them, but what its hosts really did against the rules (culprit.h).
 */
#ifndef TCPSTATE_ORACLE_VERDICTS_H
#define TCPSTATE_ORACLE_VERDICTS_H

#include "view.h"

#include "step.h"

#ifdef ORACLE_JUDGES
#include "docket.h"
#endif

#define VERDICT_IDS 256

/* One finding as it was raised. */
#define RAISED_MAX 512
struct raised {
    uint8_t id;       /* enum finding_id */
    uint8_t severity; /* enum severity */
    bool deserved;    /* its host really did that */
    uint32_t index;   /* of the frame that it was raised on */
    uint32_t about;   /* … and that it speaks of, from 1; 0: the same */
};

struct verdicts {
    const struct view *view; /* what they are about */
#ifdef ORACLE_JUDGES
    struct docket docket;
#endif
    uint32_t count;
    struct raised list[RAISED_MAX]; /* what is more is not kept */
};

/** Is it one that a legal life must not have? */
bool verdicts_is_alarm(const struct raised *raised);

/** "warn", "note" … */
const char *verdicts_severity(const struct raised *raised);

/** Judges one step. Does nothing where the judgement is not built. */
void verdicts_take(struct verdicts *verdicts, const struct step *step, uint32_t msl_seconds,
                   uint32_t index);

/** Judges how a life ended, of which nothing more comes for an hour. `index` is its last frame. */
void verdicts_end(struct verdicts *verdicts, const struct connection *conn, bool outlived,
                  uint32_t index);

/** The name of a finding; NULL beyond the last. */
const char *verdicts_name(unsigned id);

#endif
