/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gate.h"

/* Both SYNs are captured and both directions live. */
static bool is_whole(const struct step *step)
{
    return step->before[SIDE_A].iss_exact && step->before[SIDE_B].iss_exact &&
           step->evidence != EVIDENCE_ONE_WAY;
}

/* The scale of both windows is known and nothing is missing among the numbers in use. */
static bool is_gapless(const struct step *step)
{
    for (unsigned side = SIDE_A; side <= SIDE_B; side++) {
        if (!step->before[side].scale_known || step->before[side].has_hole)
            return false;
    }
    return true;
}

/* A rule that wants both sides may still speak when only the side it measures with is exact and
 * the other one was heard: the "g1-like evidence" of the catalogue. */
static enum gate_answer ask_for_both(const struct step *step, enum side about)
{
    if (is_whole(step))
        return GATE_OPEN;
    bool is_heard = step->before[SIDE_A].seen && step->before[SIDE_B].seen &&
                    step->evidence != EVIDENCE_ONE_WAY;
    return is_heard && step->before[about].iss_exact ? GATE_LOWERED : GATE_SHUT;
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
