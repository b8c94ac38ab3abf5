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

/* One question put to one rule. */
struct hearing {
    const struct step *step;
    const struct limits *limits;
    const struct verdict *so_far; /* by the rules before this one */
    /* The answer. Before the rule runs: all zero but id, evidence, expert and the row's severity,
     * which the rule may lower. Where the rule is not broken, what it holds does not matter. */
    struct finding finding;
};

/* Whose numbers set the limit, for the gate. */
enum about { ABOUT_SENDER, ABOUT_RECEIVER };

struct rule {
    enum finding_id id;
    enum about about;
    unsigned when; /* enum interest: asked only where one of these bits is set */
    bool (*is_broken)(struct hearing *hearing);
};

/* The rules of a family. Of several with the same prefix that one segment breaks, only the first
 * in the list is raised: so they stand in order, the most specific and most severe first. */
struct family {
    const struct rule *rules;
    unsigned count;
    unsigned when; /* all the bits that its rules wait for */
};

extern const struct family header_family;
extern const struct family handshake_family;
extern const struct family sequence_family;
extern const struct family reset_family;
extern const struct family teardown_family;
extern const struct family timestamps_family;
extern const struct family observer_family;

#define FAMILY(list, interests)                                                                    \
    {                                                                                              \
        (list), sizeof(list) / sizeof((list)[0]), (interests)                                      \
    }

/** Like judge(), with given bits of enum interest: what makes judge() quick must change nothing. */
void judge_interest(const struct step *step, const struct limits *limits, unsigned interest,
                    struct verdict *verdict);

/** Was the segment found to break that rule? */
bool verdict_has(const struct verdict *verdict, enum finding_id id);

/** Notes the two numbers that were compared, and the frame that set the limit (0: none). */
static inline void hearing_compare(struct hearing *hearing, struct seq got, struct seq limit,
                                   uint32_t limit_frame)
{
    hearing->finding.got = got.n;
    hearing->finding.limit = limit.n;
    hearing->finding.limit_known = true;
    hearing->finding.limit_frame = limit_frame;
}

#endif
