/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list, the gates and the judge themselves. Catalogue, section 0. */
#include "gate.h"
#include "one_step.h"

#include <ctype.h>

static void test_rows(void)
{
    for (unsigned id = 0; id < FINDINGS; id++) {
        const struct finding_row *row = finding_row((enum finding_id)id);
        snprintf(check_context, sizeof check_context, "%s", row->id);
        CHECK_TRUE(strchr(row->id, '_') != NULL);
        for (const char *c = row->id; *c != '\0'; c++)
            CHECK_TRUE(*c == '_' || islower((unsigned char)*c) || isdigit((unsigned char)*c));
        CHECK_TRUE(row->severity >= SEVERITY_NATIVE && row->severity < SEVERITIES);
        CHECK_TRUE(strlen(row->rfc) > 0 && strlen(row->summary) > 0 && strlen(row->why) > 0);
        CHECK_TRUE(strlen(row->consequence) > 0);
        CHECK_TRUE(row->summary[strlen(row->summary) - 1] != '.');
        CHECK_INT(row->consequence[strlen(row->consequence) - 1], '.');
        /* "70001 is 4748 beyond …": the number may speak for itself where a limit follows. */
        CHECK_TRUE((strlen(row->got_is) > 0 || strlen(row->limit_is) > 0) ==
                   (row->severity != SEVERITY_NATIVE));
        for (unsigned other = 0; other < id; other++)
            CHECK_TRUE(strcmp(row->id, finding_row((enum finding_id)other)->id) != 0);
    }
    check_context[0] = '\0';
    CHECK_TRUE(finding_row(FINDINGS) == NULL);
    CHECK_STR(finding_row(FINDING_fin_ack_beyond)->id, "fin_ack_beyond");
}

static void test_severities(void)
{
    CHECK_UINT(severity_lower(SEVERITY_ERROR), SEVERITY_WARN);
    CHECK_UINT(severity_lower(SEVERITY_WARN), SEVERITY_NOTE);
    CHECK_UINT(severity_lower(SEVERITY_NOTE), SEVERITY_CHAT);
    CHECK_UINT(severity_lower(SEVERITY_CHAT), SEVERITY_NONE);
    CHECK_UINT(severity_lower(SEVERITY_NONE), SEVERITY_NONE);
    CHECK_STR(severity_name(SEVERITY_CHAT), "chat");
    CHECK_STR(severity_name(SEVERITY_NOTE), "note");
    CHECK_STR(severity_name(SEVERITY_WARN), "warn");
    CHECK_STR(severity_name(SEVERITY_ERROR), "error");
    CHECK_STR(severity_name(SEVERITY_NATIVE), "native");
    CHECK_STR(severity_name(SEVERITY_NONE), "none");
}

static void test_gates_with_everything(void)
{
    begin();
    CHECK_UINT(gate_ask(&step, GATE_G0, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G1, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G2, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G3, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G4, SIDE_A), GATE_SHUT);
}

static void test_gates_with_one_syn(void)
{
    begin();
    step.before[SIDE_B].iss_exact = false;
    step.evidence = EVIDENCE_LOSSY;
    CHECK_UINT(gate_ask(&step, GATE_G0, SIDE_B), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G1, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G1, SIDE_B), GATE_SHUT);
    CHECK_UINT(gate_ask(&step, GATE_G2, SIDE_A), GATE_LOWERED);
    CHECK_UINT(gate_ask(&step, GATE_G2, SIDE_B), GATE_SHUT);
    CHECK_UINT(gate_ask(&step, GATE_G3, SIDE_A), GATE_LOWERED);
    /* The other end was never heard. */
    step.before[SIDE_B].seen = false;
    CHECK_UINT(gate_ask(&step, GATE_G1, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G2, SIDE_A), GATE_SHUT);
}

static void test_gates_with_less(void)
{
    begin();
    step.evidence = EVIDENCE_ONE_WAY;
    CHECK_UINT(gate_ask(&step, GATE_G1, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G2, SIDE_A), GATE_SHUT);
    CHECK_UINT(gate_ask(&step, GATE_G3, SIDE_A), GATE_SHUT);
    begin();
    step.before[SIDE_B].has_hole = true;
    CHECK_UINT(gate_ask(&step, GATE_G2, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G3, SIDE_A), GATE_SHUT);
    begin();
    step.before[SIDE_A].scale_known = false;
    CHECK_UINT(gate_ask(&step, GATE_G2, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G3, SIDE_A), GATE_SHUT);
    /* Midstream nothing is exact. */
    begin();
    step.before[SIDE_A].iss_exact = step.before[SIDE_B].iss_exact = false;
    step.evidence = EVIDENCE_MIDSTREAM;
    CHECK_UINT(gate_ask(&step, GATE_G0, SIDE_A), GATE_OPEN);
    CHECK_UINT(gate_ask(&step, GATE_G1, SIDE_A), GATE_SHUT);
    CHECK_UINT(gate_ask(&step, GATE_G2, SIDE_A), GATE_SHUT);
}

/* Lowered below chat, a finding is not raised at all. */
static void test_lowered_to_nothing(void)
{
    begin();
    has_closed(SIDE_A, 102, 7, 201);
    sends(SIDE_B, 201, 0, FLAG_FIN);
    acks(101);
    RAISES(fin_simultaneous, CHAT);
    step.before[SIDE_B].iss_exact = false;
    QUIET();
}

/* A segment with something wrong in its header, and an acknowledgment beyond the peer's FIN. */
static void begin_doubly_wrong(void)
{
    begin();
    has_closed(SIDE_A, 102, 7, 201);
    sends(SIDE_B, 201, 0, 0x800);
    acks(103);
}

static void test_admission(void)
{
    begin_doubly_wrong();
    judge(&step, &limits_standard, fresh_docket(), &verdict);
    CHECK_UINT(verdict.count, 2);
    CHECK_UINT(verdict.findings[0].id, FINDING_hdr_reserved_bits);
    CHECK_UINT(verdict.findings[1].id, FINDING_fin_ack_beyond);
    /* Numbers that are not this connection's are not compared with it. */
    step.admission = ADMIT_ALIEN;
    RAISES(hdr_reserved_bits, NOTE);
    step.admission = ADMIT_IMPOSSIBLE;
    RAISES(hdr_reserved_bits, NOTE);
    /* A second copy was judged with the first; a damaged header shows the damage. */
    step.admission = ADMIT_DUPLICATE;
    QUIET();
    step.admission = ADMIT_BAD_SUM;
    QUIET();
}

/* A stray segment is judged by its header alone; nothing reads a connection that is not there. */
static void test_stray(void)
{
    for (unsigned flags = 0; flags <= 0xfff; flags++) {
        begin();
        sends(SIDE_A, 101, 10, flags);
        step.conn = NULL;
        step.phase = PHASE_STRAY;
        memset(step.before, 0, sizeof step.before);
        judge(&step, &limits_standard, fresh_docket(), &verdict);
        for (unsigned i = 0; i < verdict.count; i++) {
            const struct finding_row *row = finding_row((enum finding_id)verdict.findings[i].id);
            CHECK_TRUE(row->gate == GATE_G0);
            CHECK_TRUE(verdict.findings[i].id != FINDING_cap_midstream);
        }
    }
}

int main(void)
{
    test_rows();
    test_severities();
    test_gates_with_everything();
    test_gates_with_one_syn();
    test_gates_with_less();
    test_lowered_to_nothing();
    test_admission();
    test_stray();
    return check_status();
}
