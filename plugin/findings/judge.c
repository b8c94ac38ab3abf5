/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge.h"

#include "family.h"
#include "gate.h"

#include <string.h>

/* What a family says of a segment that the model does not take in. */
enum hearsay {
    HEARS_TAKEN,  /* nothing */
    HEARS_HEADER, /* it looks at the header alone: something, unless the capture made the segment up
                   * (a second copy) or the path damaged it */
    HEARS_ALL     /* it tells of the capture, not of the connection */
};

/* In order of precedence. */
static const struct {
    const struct family *family;
    enum hearsay hears;
} families[] = {
    {&header_family, HEARS_HEADER},  {&handshake_family, HEARS_TAKEN},
    {&sequence_family, HEARS_TAKEN}, {&reset_family, HEARS_TAKEN},
    {&teardown_family, HEARS_TAKEN}, {&timestamps_family, HEARS_TAKEN},
    {&observer_family, HEARS_ALL},
};

/* Do both ids begin with the same word, up to the first underscore? */
static bool has_same_prefix(const char *a, const char *b)
{
    size_t length = strcspn(a, "_");
    return strncmp(a, b, length) == 0 && b[length] == '_';
}

static bool is_prefix_taken(const struct verdict *verdict, const struct finding_row *row)
{
    for (unsigned i = 0; i < verdict->count; i++) {
        if (has_same_prefix(finding_rows[verdict->findings[i].id].id, row->id))
            return true;
    }
    return false;
}

bool verdict_has(const struct verdict *verdict, enum finding_id id)
{
    for (unsigned i = 0; i < verdict->count; i++) {
        if (verdict->findings[i].id == id)
            return true;
    }
    return false;
}

static enum side side_of(const struct rule *rule, const struct step *step)
{
    enum side sender = step->segment->sender;
    return rule->about == ABOUT_SENDER ? sender : side_other(sender);
}

static void begin_hearing(struct hearing *hearing, const struct rule *rule)
{
    hearing->finding = (struct finding){
        .id = (uint16_t)rule->id,
        .severity = (uint8_t)finding_rows[rule->id].severity,
        .evidence = (uint8_t)hearing->step->evidence,
        .expert = true,
    };
}

static void raise(struct verdict *verdict, const struct finding *finding)
{
    if (finding->severity > SEVERITY_NATIVE && verdict->count < VERDICT_MAX)
        verdict->findings[verdict->count++] = *finding;
}

static void ask(const struct rule *rule, struct hearing *hearing, struct verdict *verdict)
{
    const struct finding_row *row = &finding_rows[rule->id];
    struct finding *finding = &hearing->finding;

    begin_hearing(hearing, rule);
    if (!rule->is_broken(hearing))
        return;
    enum gate_answer gate = gate_ask(hearing->step, row->gate, side_of(rule, hearing->step));
    if (gate == GATE_SHUT || is_prefix_taken(verdict, row))
        return;
    if (gate == GATE_LOWERED)
        finding->severity = (uint8_t)severity_lower((enum severity)finding->severity);
    raise(verdict, finding);
}

static bool is_heard(enum admission admission, enum hearsay hears)
{
    switch (admission) {
    case ADMIT_FULL:
        return true;
    case ADMIT_IMPOSSIBLE:
    case ADMIT_ALIEN:
        return hears != HEARS_TAKEN;
    case ADMIT_DUPLICATE:
    case ADMIT_BAD_SUM:
        break;
    }
    return hears == HEARS_ALL;
}

void judge_interest(const struct step *step, const struct limits *limits, unsigned interest,
                    struct verdict *verdict)
{
    struct hearing hearing;
    hearing.step = step;
    hearing.limits = limits;
    hearing.so_far = verdict;
    verdict->count = 0;
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        const struct family *family = families[f].family;
        if ((family->when & interest) == 0 || !is_heard(step->admission, families[f].hears))
            continue;
        for (unsigned i = 0; i < family->count; i++) {
            if ((family->rules[i].when & interest) != 0)
                ask(&family->rules[i], &hearing, verdict);
        }
    }
}

void judge(const struct step *step, const struct limits *limits, struct verdict *verdict)
{
    unsigned interest = interest_of(step);
    verdict->count = 0;
    if (interest != 0)
        judge_interest(step, limits, interest, verdict);
}
