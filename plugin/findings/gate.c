/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gate.h"

#include "family.h"

/* The scale of both windows is known and nothing is missing among the numbers in use. */
static bool is_gapless(const struct step *step)
{
    for (unsigned side = SIDE_A; side <= SIDE_B; side++) {
        if (!step->before[side].scale_known || step->before[side].has_hole)
            return false;
    }
    return true;
}

/* The second line is the "g1-like evidence" of the catalogue. */
enum gate_answer gate_both(const struct endpoint *about, const struct endpoint *other)
{
    if (about->iss_exact && other->iss_exact)
        return GATE_OPEN;
    return about->seen && other->seen && about->iss_exact ? GATE_LOWERED : GATE_SHUT;
}

bool hearing_knows_both(struct hearing *hearing, const struct endpoint *about,
                        const struct endpoint *other)
{
    struct finding *finding = &hearing->finding;
    enum gate_answer gate = gate_both(about, other);

    hearing->gate_later = true;
    if (gate == GATE_LOWERED)
        finding->severity = (uint8_t)severity_lower((enum severity)finding->severity);
    return gate != GATE_SHUT;
}

static enum gate_answer ask_for_both(const struct step *step, enum side about)
{
    if (step->evidence == EVIDENCE_ONE_WAY)
        return GATE_SHUT;
    return gate_both(&step->before[about], &step->before[side_other(about)]);
}

enum gate_answer gate_ask(const struct step *step, enum gate gate, enum side about)
{
    switch (gate) {
    case GATE_G0:
        return GATE_OPEN;
    case GATE_G1:
        return step->before[about].iss_exact ? GATE_OPEN : GATE_SHUT;
    case GATE_G2:
        return ask_for_both(step, about);
    case GATE_G3:
        return is_gapless(step) ? ask_for_both(step, about) : GATE_SHUT;
    case GATE_G4:
        break;
    }
    return GATE_SHUT;
}

enum severity severity_lower(enum severity severity)
{
    switch (severity) {
    case SEVERITY_ERROR:
        return SEVERITY_WARN;
    case SEVERITY_WARN:
        return SEVERITY_NOTE;
    case SEVERITY_NOTE:
        return SEVERITY_CHAT;
    case SEVERITY_NONE:
    case SEVERITY_NATIVE:
    case SEVERITY_CHAT:
    case SEVERITIES:
        break;
    }
    return SEVERITY_NONE;
}
