/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdicts.h"

#ifdef ORACLE_JUDGES
#include "culprit.h"
#include "end_of_capture.h"
#include "judge.h"

_Static_assert(FINDINGS <= VERDICT_IDS, "there is a counter for each finding");

/* Of findings that speak of what hosts do in the wild: is it what the host did? */
static bool is_true(const struct verdicts *verdicts, const struct finding *finding, uint32_t index)
{
    uint32_t about = finding->about_frame != 0 ? finding->about_frame - 1 : index;

    return finding->id == FINDING_tw_reuse_risky && culprit_reused_numbers(verdicts->view, about);
}

static void keep(struct verdicts *verdicts, const struct finding *finding, uint32_t index)
{
    if (verdicts->count == RAISED_MAX)
        return;
    verdicts->list[verdicts->count++] =
        (struct raised){(uint8_t)finding->id, finding->severity,
                        is_true(verdicts, finding, index), index, finding->about};
}

bool verdicts_is_alarm(const struct raised *raised)
{
    return raised->severity >= SEVERITY_WARN && !raised->deserved;
}

const char *verdicts_severity(const struct raised *raised)
{
    return severity_name((enum severity)raised->severity);
}

void verdicts_take(struct verdicts *verdicts, const struct step *step, uint32_t msl_seconds,
                   uint32_t index)
{
    struct limits limits = limits_standard;
    static struct verdict verdict;

    limits.msl_seconds = msl_seconds;
    judge(step, &limits, &verdicts->docket, &verdict);
    for (unsigned i = 0; i < verdict.count; i++)
        keep(verdicts, &verdict.findings[i], index);
}

void verdicts_end(struct verdicts *verdicts, const struct connection *conn, bool outlived,
                  uint32_t index)
{
    const int64_t hour_ns = (int64_t)3600 * 1000000000;
    struct ending ending = {conn, outlived, true, conn->last_ns + hour_ns};
    struct finding finding;

    if (judge_end(&ending, &limits_standard, &finding))
        keep(verdicts, &finding, index);
}

const char *verdicts_name(unsigned id)
{
    return id < FINDINGS ? finding_row((enum finding_id)id)->id : NULL;
}

#else

bool verdicts_is_alarm(const struct raised *raised)
{
    (void)raised;
    return false;
}

const char *verdicts_severity(const struct raised *raised)
{
    (void)raised;
    return "";
}

void verdicts_take(struct verdicts *verdicts, const struct step *step, uint32_t msl_seconds,
                   uint32_t index)
{
    (void)verdicts;
    (void)step;
    (void)msl_seconds;
    (void)index;
}

void verdicts_end(struct verdicts *verdicts, const struct connection *conn, bool outlived,
                  uint32_t index)
{
    (void)verdicts;
    (void)conn;
    (void)outlived;
    (void)index;
}

const char *verdicts_name(unsigned id)
{
    (void)id;
    return NULL;
}

#endif
