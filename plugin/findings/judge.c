/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge.h"

#include "family.h"
#include "gate.h"

#include <string.h>

/* What a family says of a segment that the model does not take in; each hears what those before it
 * do as well. */
enum hearsay {
    HEARS_TAKEN,  /* nothing */
    HEARS_ALIEN,  /* numbers far from those of the connection are its business */
    HEARS_HEADER, /* it looks at the header alone: all, unless the capture made the segment up (a
                   * second copy) or the path damaged it */
    HEARS_ALL     /* it tells of the capture, not of the connection */
};

/* In order of precedence. */
/* clang-format off */
static const struct {
    const struct family *family;
    enum hearsay hears;
} families[] = {
    {&header_family, HEARS_HEADER},
    {&setup_family, HEARS_TAKEN},
    {&stray_family, HEARS_HEADER},
    {&handshake_family, HEARS_TAKEN},
    {&handshake_again_family, HEARS_TAKEN},
    {&handshake_early_family, HEARS_TAKEN},
    {&injection_rival_family, HEARS_TAKEN},
    {&handshake_third_family, HEARS_ALIEN},
    {&handshake_syn_family, HEARS_TAKEN},
    {&handshake_synack_family, HEARS_TAKEN},
    {&sequence_family, HEARS_ALIEN},
    {&window_family, HEARS_TAKEN},
    {&sack_family, HEARS_TAKEN},
    {&retransmission_family, HEARS_TAKEN},
    {&teardown_family, HEARS_TAKEN},
    {&reuse_family, HEARS_TAKEN},
    {&reset_family, HEARS_TAKEN},
    {&timestamps_family, HEARS_TAKEN},
    {&injection_family, HEARS_ALL},
    {&injection_series_family, HEARS_ALIEN},
    {&observer_family, HEARS_ALL},
};
/* clang-format on */

/* ---- what was said of this segment ---- */

/* Do both ids begin with the same word, up to the first underscore? */
static bool has_same_prefix(enum finding_id a, enum finding_id b)
{
    const char *id = finding_rows[a].id;
    size_t length = strcspn(id, "_") + 1;

    return strncmp(id, finding_rows[b].id, length) == 0;
}

static bool is_prefix_taken(const struct said *said, enum finding_id id)
{
    for (unsigned i = 0; i < said->verdict->count; i++) {
        const struct finding *finding = &said->verdict->findings[i];
        if (finding->about == 0 && has_same_prefix((enum finding_id)finding->id, id))
            return true;
    }
    for (unsigned i = 0; i < said->waiting_count; i++) {
        if (has_same_prefix((enum finding_id)said->waiting[i], id))
            return true;
    }
    return false;
}

bool hearing_found(const struct hearing *hearing, enum finding_id id)
{
    const struct verdict *verdict = hearing->said->verdict;

    for (unsigned i = 0; i < verdict->count; i++) {
        if (verdict->findings[i].id == id && verdict->findings[i].about == 0)
            return true;
    }
    return false;
}

bool hearing_proves(const struct hearing *hearing, enum finding_id id)
{
    const struct verdict *verdict = hearing->said->verdict;

    for (unsigned i = 0; i < verdict->count; i++) {
        if (verdict->findings[i].id == id && verdict->findings[i].about != 0)
            return true;
    }
    return false;
}

bool hearing_waits(const struct hearing *hearing, enum finding_id id)
{
    for (unsigned i = 0; i < hearing->said->waiting_count; i++) {
        if (hearing->said->waiting[i] == id)
            return true;
    }
    return false;
}

/* ---- raising ---- */

/* X-RATE: an expert for the first, second, fourth, eighth … of a kind; the field lists them all. */
static void raise(struct verdict *verdict, struct docket *docket, const struct step *step,
                  const struct finding *finding)
{
    struct finding *raised;

    if (finding->severity <= SEVERITY_NATIVE || verdict->count == VERDICT_MAX)
        return;
    raised = &verdict->findings[verdict->count++];
    *raised = *finding;
    if (raised->count != 0)
        return; /* the model counts it */
    raised->count =
        docket_count(docket, step, (enum side)raised->sender, (enum finding_id)raised->id);
    raised->expert = finding->expert && (raised->count & (raised->count - 1)) == 0;
}

/* ---- verdicts that wait ---- */

/* Returns how often that was said so far; 0: not at all. */
static uint32_t say_meanwhile(struct verdict *verdict, struct docket *docket,
                              const struct hearing *hearing)
{
    struct finding finding = hearing->finding;
    unsigned before = verdict->count;

    finding.severity = (uint8_t)finding_severity_meanwhile(&finding);
    finding.meanwhile = true;
    raise(verdict, docket, hearing->step, &finding);
    return verdict->count > before ? verdict->findings[before].count : 0;
}

static void put_off(struct docket *docket, struct said *said, const struct rule *rule,
                    const struct hearing *hearing, uint32_t count)
{
    struct docket_case *waiting;

    if (hearing->step->conn == NULL)
        return; /* nothing more will come */
    if (hearing->if_other_falls) {
        if (docket->open == 0)
            return;
        waiting = &docket->cases[docket->open - 1];
        waiting->has_instead = true;
        waiting->instead = hearing->finding;
        waiting->instead.about = hearing->step->segment->id + 1;
        waiting->instead.about_frame = hearing->step->segment->frame;
        return;
    }
    waiting = docket_open(docket, hearing->step);
    waiting->rule = rule;
    waiting->finding = hearing->finding;
    waiting->finding.count = count;
    waiting->finding.about = hearing->step->segment->id + 1;
    waiting->finding.about_frame = hearing->step->segment->frame;
    said->waiting[said->waiting_count++] = (uint16_t)rule->id;
}

/* Does the step settle one of the verdicts that wait? A copy or a damaged segment proves nothing.
 */
static void settle(const struct step *step, struct docket *docket, struct verdict *verdict)
{
    unsigned place = 0;

    if (step->admission != ADMIT_FULL && step->admission != ADMIT_ALIEN)
        return;
    while (place < docket->open && verdict->count < VERDICT_MAX) {
        struct docket_case *waiting = &docket->cases[place];
        enum settlement answer = CASE_WAITS;

        if (waiting->tuple == step->conn->owner)
            answer = waiting->rule->settle(waiting, step);
        if (answer == CASE_WAITS) {
            place++;
            continue;
        }
        if (answer == CASE_FALLS && waiting->finding.count != 0 &&
            verdict->withdrawn_count < WITHDRAWN_MAX)
            verdict->withdrawn[verdict->withdrawn_count++] = waiting->finding;
        if (answer == CASE_STANDS)
            raise(verdict, docket, step, &waiting->finding);
        else if (waiting->has_instead)
            raise(verdict, docket, step, &waiting->instead);
        docket_close(docket, place);
    }
}

/* ---- asking ---- */

static enum side side_of(const struct rule *rule, const struct step *step)
{
    enum side sender = step->segment->sender;
    return rule->about == ABOUT_SENDER ? sender : side_other(sender);
}

static void begin_hearing(struct hearing *hearing, const struct rule *rule)
{
    const struct step *step = hearing->step;

    hearing->must_wait = hearing->say_meanwhile = false;
    hearing->if_other_falls = false;
    hearing->gate_later = false;
    hearing->finding = (struct finding){
        .id = (uint16_t)rule->id,
        .severity = (uint8_t)finding_rows[rule->id].severity,
        .evidence = (uint8_t)step->evidence,
        .sender = (uint8_t)step->segment->sender,
        .expert = true,
    };
}

static void ask(const struct rule *rule, struct hearing *hearing, struct said *said,
                struct docket *docket, struct verdict *verdict)
{
    struct finding *finding = &hearing->finding;

    begin_hearing(hearing, rule);
    if (!rule->is_broken(hearing))
        return;
    enum gate gate_of_row = hearing->gate_later ? GATE_G0 : finding_rows[rule->id].gate;
    enum gate_answer gate = gate_ask(hearing->step, gate_of_row, side_of(rule, hearing->step));
    if (gate == GATE_SHUT || is_prefix_taken(said, rule->id))
        return;
    if (gate == GATE_LOWERED)
        finding->severity = (uint8_t)severity_lower((enum severity)finding->severity);
    if (!hearing->must_wait && !hearing->if_other_falls)
        raise(verdict, docket, hearing->step, finding);
    else if (finding->severity > SEVERITY_NATIVE)
        put_off(docket, said, rule, hearing,
                hearing->say_meanwhile ? say_meanwhile(verdict, docket, hearing) : 0);
}

static bool is_heard(enum admission admission, enum hearsay hears)
{
    switch (admission) {
    case ADMIT_FULL:
        return true;
    case ADMIT_IMPOSSIBLE:
        return hears >= HEARS_HEADER;
    case ADMIT_ALIEN:
        return hears >= HEARS_ALIEN;
    case ADMIT_DUPLICATE:
    case ADMIT_BAD_SUM:
        break;
    }
    return hears == HEARS_ALL;
}

void judge_interest(const struct step *step, const struct limits *limits, struct docket *docket,
                    unsigned interest, struct verdict *verdict)
{
    struct said said;
    struct hearing hearing;
    said.verdict = verdict;
    said.waiting_count = 0;
    hearing.step = step;
    hearing.limits = limits;
    hearing.said = &said;
    hearing.docket = docket;
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        const struct family *family = families[f].family;
        if ((family->when & interest) == 0 || !is_heard(step->admission, families[f].hears))
            continue;
        for (unsigned i = 0; i < family->count; i++) {
            if ((family->rules[i].when & interest) != 0)
                ask(&family->rules[i], &hearing, &said, docket, verdict);
        }
    }
}

void judge(const struct step *step, const struct limits *limits, struct docket *docket,
           struct verdict *verdict)
{
    unsigned interest = interest_of(step, limits);
    if (docket_follows(docket, step->conn))
        interest |= INTEREST_PROBE;
    verdict->count = verdict->withdrawn_count = 0;
    if (docket_watches(docket, step->conn))
        settle(step, docket, verdict);
    if (interest != 0)
        judge_interest(step, limits, docket, interest, verdict);
}
