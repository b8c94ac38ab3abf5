/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segments that somebody else than the two ends seems to have sent. RFC 9293 3.4, 3.8.1; RFC 5961.
 *
 * Whether octets differ, and whether it can count, the model has found out (model/conflict.c).
 */
#include "family.h"

static const struct conflict *conflict_of(struct hearing *hearing)
{
    const struct conflict *conflict = hearing->step->conflict;

    if (conflict != NULL)
        hearing_compare(hearing, conflict->first, conflict->start, conflict->frame);
    return conflict;
}

/* Between segments that any receiver would take. */
static bool is_between_good(const struct step *step)
{
    return step->conflict != NULL && !step->conflict->damaged && step->admission == ADMIT_FULL;
}

static bool inj_data_race(struct hearing *hearing)
{
    const int64_t least_ns = 50000000;
    const struct step *step = hearing->step;
    const struct conflict *conflict = conflict_of(hearing);
    const struct endpoint *sender = step_sender(step);
    int64_t trip_ns;

    if (!is_between_good(step))
        return false;
    trip_ns = step->conn->handshake_rtt_ns;
    if (trip_ns < 0)
        trip_ns = TRIP_UNKNOWN_NS;
    if (trip_ns < least_ns)
        trip_ns = least_ns;
    return seq_eq(step->segment->seq, conflict->start) &&
           sender->una_known && seq_le(sender->snd.una, conflict->start) &&
           conflict->since_ns >= 0 && conflict->since_ns < trip_ns;
}

static bool inj_overlap_conflict(struct hearing *hearing)
{
    return conflict_of(hearing) != NULL && is_between_good(hearing->step);
}

/* The damaged one may have come first: it is that one which is told of. */
static bool inj_badsum_insert(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct conflict *conflict = conflict_of(hearing);

    if (conflict == NULL || is_between_good(step))
        return false;
    if (conflict->damaged) {
        hearing->finding.about = conflict->id + 1;
        hearing->finding.about_frame = conflict->frame;
        hearing->finding.limit_frame = 0; /* it is this one: the proof */
        hearing->finding.limit = step->segment->seq.n;
    }
    return true;
}

static const struct rule rules[] = {
    RULE(inj_data_race, SENDER, CONFLICT),
    RULE(inj_overlap_conflict, SENDER, CONFLICT),
    RULE(inj_badsum_insert, SENDER, CONFLICT),
};

const struct family injection_family = FAMILY(rules, INTEREST_CONFLICT);
