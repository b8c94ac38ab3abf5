/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints plugin/findings/REFERENCE.md: the rows of findings.def, for a reader.
 */
#include "finding.h"
#include "thresholds.h"

#include <stdio.h>
#include <string.h>

static const char *gate_text(enum gate gate)
{
    switch (gate) {
    case GATE_G0:
        return "nothing; the segment alone is enough";
    case GATE_G1:
        return "the SYN of the endpoint concerned";
    case GATE_G2:
        return "both SYNs, and segments of both directions";
    case GATE_G3:
        return "both SYNs, the window scale, and no hole near the numbers used";
    case GATE_G4:
        return "a later frame that decides";
    }
    return "";
}

static void print_limit(const struct finding_row *row)
{
    for (const struct limit_row *limit = limit_rows; limit->id != NULL; limit++) {
        if (strcmp(limit->id, row->id) == 0) {
            struct limits limits = limits_standard;
            printf("- Preference: `tcpstate.%s`, %lu %s. %s\n", limit->name,
                   (unsigned long)*limit_of(&limits, limit), limit->unit, limit->meaning);
        }
    }
}

static void print_row(const struct finding_row *row)
{
    printf("\n### %s\n\n%s.\n\n", row->id, row->summary);
    if (row->severity == SEVERITY_NATIVE)
        printf("Raised by Wireshark itself; named here so that the list is whole.\n\n");
    else
        printf("- Filter: `tcpstate.finding == \"%s\"`\n- Severity, at most: %s\n", row->id,
               severity_name(row->severity));
    printf("- Source: %s\n", row->rfc);
    if (row->severity != SEVERITY_NATIVE)
        printf("- Must have been captured: %s\n", gate_text(row->gate));
    print_limit(row);
    if (row->got_is[0] != '\0')
        printf("- Compared: %s%s%s\n", row->got_is, row->limit_is[0] != '\0' ? " with " : "",
               row->limit_is);
    printf("\n%s\n\n%s\n", row->why, row->consequence);
}

int main(void)
{
    int id;
    int last = -1;

    printf("# Findings\n\n"
           "Printed from `findings.def`; do not edit by hand. Each finding is listed in\n"
           "`tcpstate.finding` on every segment it concerns. What is at least as severe as the\n"
           "preference `tcpstate.report_severity` is also an expert info, `tcpstate.<id>`. The\n"
           "severity is lowered where the evidence is weak.\n");
    for (id = 0; id < FINDINGS; id++) {
        const struct finding_row *row = finding_row((enum finding_id)id);
        if ((int)row->family != last)
            printf("\n## %s\n", finding_family_title(row->family));
        last = (int)row->family;
        print_row(row);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
