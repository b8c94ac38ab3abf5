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

struct verdicts {
    const struct view *view; /* what they are about */
#ifdef ORACLE_JUDGES
    struct docket docket;
#endif
    uint32_t raised[VERDICT_IDS]; /* of severity warn or error, by enum finding_id */
    uint32_t first[VERDICT_IDS];  /* index of the first frame that has it */
};

/** Judges one step. Does nothing where the judgement is not built. */
void verdicts_take(struct verdicts *verdicts, const struct step *step, uint32_t msl_seconds,
                   uint32_t index);

/** Judges how a life ended, of which nothing more comes for an hour. `index` is its last frame. */
void verdicts_end(struct verdicts *verdicts, const struct connection *conn, bool outlived,
                  uint32_t index);

/** The name of a finding; NULL beyond the last. */
const char *verdicts_name(unsigned id);

#endif
