/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdicts.h"

#ifdef ORACLE_JUDGES
#include "judge.h"

_Static_assert(FINDINGS <= VERDICT_IDS, "there is a counter for each finding");

void verdicts_take(struct verdicts *verdicts, const struct step *step, uint32_t msl_seconds,
                   uint32_t index)
{
    struct limits limits = limits_standard;
    static struct verdict verdict;

    limits.msl_seconds = msl_seconds;
    judge(step, &limits, &verdicts->docket, &verdict);
    for (unsigned i = 0; i < verdict.count; i++) {
        const struct finding *finding = &verdict.findings[i];

        if (finding->severity != SEVERITY_WARN && finding->severity != SEVERITY_ERROR)
            continue;
        if (verdicts->raised[finding->id]++ == 0)
            verdicts->first[finding->id] = index;
    }
}

const char *verdicts_name(unsigned id)
{
    return id < FINDINGS ? finding_row((enum finding_id)id)->id : NULL;
}

#else

void verdicts_take(struct verdicts *verdicts, const struct step *step, uint32_t msl_seconds,
                   uint32_t index)
{
    (void)verdicts;
    (void)step;
    (void)msl_seconds;
    (void)index;
}

const char *verdicts_name(unsigned id)
{
    (void)id;
    return NULL;
}

#endif
