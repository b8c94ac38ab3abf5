/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rule files of a family and the judge agree on. Private to findings/.
 *
 * A rule is one function per finding and carries its id. It says whether the segment breaks the
 * rule, and fills in the numbers it compared. It reads the step and the limits and nothing else.
 */
#ifndef TCPSTATE_FAMILY_H
#define TCPSTATE_FAMILY_H

#include "interest.h"
#include "judge.h"

/* What was said of the segment so far, and what would be if it could be settled now. */
struct said {
    const struct verdict *verdict;
    unsigned waiting_count;
    uint16_t waiting[VERDICT_MAX]; /* enum finding_id */
};

/* One question put to one rule. */
struct hearing {
    const struct step *step;
    const struct limits *limits;
    const struct said *said;
    struct docket *docket; /* for rules that look at several segments together; they write nothing
                            * but their own series */
    /* Set by the rule: not now, but when a later segment has settled it; or only if that which
     * waits already is settled the other way. */
    bool must_wait;
    bool if_other_falls;
    bool say_meanwhile; /* with must_wait: a note at once, until the proof takes its place */
    bool gate_later; /* what must be captured is another life's, and known when that is heard */
    /* The answer. Before the rule runs: all zero but id, evidence, expert, sender and the row's
     * severity, which the rule may lower. Where the rule is not broken, what it holds does not
     * matter. */
    struct finding finding;
};

/* Whose numbers set the limit, for the gate. */
enum about { ABOUT_SENDER, ABOUT_RECEIVER };

/* What a later segment makes of a verdict that waits. */
enum settlement { CASE_WAITS, CASE_STANDS, CASE_FALLS };

/** For what acknowledges octets that the peer was never allowed to send, up to the finding's `got`:
 *  did the peer send them, as its next new segment tells? */
enum settlement settle_by_next_number(struct docket_case *waiting, const struct step *step);

struct rule {
    enum finding_id id;
    enum about about;
    unsigned when; /* enum interest: asked only where one of these bits is set */
    bool (*is_broken)(struct hearing *hearing);
    /* Of rules that may wait: looks at a later step of the same tuple. May change severity, numbers
     * and outcome of the finding. */
    enum settlement (*settle)(struct docket_case *waiting, const struct step *step);
};

/* A rule function carries the finding's id. */
#define RULE(id, about, when)                                                                      \
    {                                                                                              \
        FINDING_##id, ABOUT_##about, INTEREST_##when, id, NULL                                     \
    }
#define RULE_THAT_WAITS(id, about, when, settle)                                                   \
    {                                                                                              \
        FINDING_##id, ABOUT_##about, INTEREST_##when, id, settle                                   \
    }

/* The rules of a family. Of several with the same prefix that one segment breaks, only the first
 * in the list is raised: so they stand in order, the most specific and most severe first. */
struct family {
    const struct rule *rules;
    unsigned count;
    unsigned when; /* all the bits that its rules wait for */
};

extern const struct family header_family;
extern const struct family setup_family;
extern const struct family handshake_family;
extern const struct family handshake_again_family;
extern const struct family handshake_early_family;
extern const struct family handshake_third_family;
extern const struct family handshake_syn_family;
extern const struct family handshake_synack_family;
extern const struct family stray_family;
extern const struct family sequence_family;
extern const struct family reuse_family;
extern const struct family sack_family;
extern const struct family retransmission_family;
extern const struct family reset_family;
extern const struct family teardown_family;
extern const struct family timestamps_family;
extern const struct family window_family;
extern const struct family injection_family;
extern const struct family injection_rival_family;
extern const struct family injection_series_family;
extern const struct family observer_family;

#define FAMILY(list, interests)                                                                    \
    {                                                                                              \
        (list), sizeof(list) / sizeof((list)[0]), (interests)                                      \
    }

/** Did the sender mean what lies beyond the window, and was it granted? */
enum settlement settle_seq_beyond(struct docket_case *waiting, const struct step *step);

/** What becomes of a SYN with a new number on a connection that is not over. */
enum settlement settle_syn_est_new(struct docket_case *waiting, const struct step *step);

/** Like judge(), with given bits of enum interest: what makes judge() quick must change nothing. */
void judge_interest(const struct step *step, const struct limits *limits, struct docket *docket,
                    unsigned interest, struct verdict *verdict);

/* A round trip of which nothing is known (catalogue, section 0). */
#define TRIP_UNKNOWN_NS 200000000

/** For numbers as far off as those of a life of which the capture lacks the SYN. Back near the old
 *  ones, the sender has shown that the odd one was not its own. Catalogue, section 0: X-CONF. */
enum settlement docket_settle_far(struct docket_case *waiting, const struct step *step);

/** Farther off than a window that is not scaled reaches? */
static inline bool seq_is_far(struct seq a, struct seq b)
{
    const int32_t window = 65535;
    int32_t distance = seq_diff(a, b);

    return distance > window || distance < -window;
}

/** A round trip between the two ends, as long as it may take; a usual one where none was seen. */
static inline int64_t step_trip_ns(const struct step *step)
{
    const struct endpoint *a = &step->before[SIDE_A];
    const struct endpoint *b = &step->before[SIDE_B];

    return a->turnaround_ns < 0 || b->turnaround_ns < 0
               ? TRIP_UNKNOWN_NS
               : a->turnaround_late_ns + b->turnaround_late_ns;
}

/** Does the SYN-ACK come again with another number, before the client has answered? */
bool handshake_synack_is_changed(const struct step *step);

/** Was the segment found to break that rule? */
bool hearing_found(const struct hearing *hearing, enum finding_id id);

/** Does a verdict by that rule on this segment wait for a later one? */
bool hearing_waits(const struct hearing *hearing, enum finding_id id);

/** Has the segment just proved a verdict by that rule on an earlier one? */
bool hearing_proves(const struct hearing *hearing, enum finding_id id);

/** Time from the segment that a verdict waits about to this step; -1: unknown. */
static inline int64_t case_age_ns(const struct docket_case *waiting, const struct step *step)
{
    return elapsed_ns(waiting->has_time && step->segment->has_time, step->segment->time_ns,
                      waiting->time_ns);
}

/** What the sender of an ACK grants with it: the right edge. */
static inline struct seq hearing_granted_edge(const struct step *step)
{
    const struct segment *segment = step->segment;

    return seq_add(segment->ack, (uint32_t)segment->wnd_field << step_sender(step)->scale);
}

/** For a rule that asks the gate itself: like gate_both(), and lowers the severity where it has to. */
bool hearing_knows_both(struct hearing *hearing, const struct endpoint *about,
                        const struct endpoint *other);

/** Notes the two numbers that were compared, and the frame that set the limit (0: none). */
static inline void hearing_compare(struct hearing *hearing, struct seq got, struct seq limit,
                                   uint32_t limit_frame)
{
    hearing->finding.got = got.n;
    hearing->finding.limit = limit.n;
    hearing->finding.limit_known = true;
    hearing->finding.limit_frame = limit_frame;
}

/** Does the segment make a burst reach the limit? Told once for each connection and side. */
static inline bool hearing_bursts(struct hearing *hearing, uint32_t limit)
{
    const struct step_aftermath *past = &hearing->step->aftermath;

    hearing->finding.got = past->burst;
    hearing->finding.limit = limit;
    hearing->finding.limit_known = true;
    return past->burst >= limit && past->burst_before < limit;
}

#endif
