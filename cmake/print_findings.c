/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints plugin/findings/REFERENCE.md: the rows of findings.def, for a reader, with the names that
 * other programs use (other_names.def), and those names the other way.
 */
#include "finding.h"
#include "thresholds.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
#define SYSTEMS(ROW)                                                                               \
    ROW(SURICATA, "Suricata")                                                                      \
    ROW(ZEEK, "Zeek")                                                                              \
    ROW(SNORT, "Snort")                                                                            \
    ROW(CONNTRACK, "Linux conntrack")                                                              \
    ROW(PF, "pf")                                                                                  \
    ROW(WIRESHARK, "Wireshark")                                                                    \
    ROW(TCPTRACE, "tcptrace")                                                                      \
    ROW(NDPI, "nDPI")                                                                              \
    ROW(HONEYBADGER, "HoneyBadger")                                                                \
    ROW(ARGUS, "argus")

enum system {
#define SYSTEM_ENUM(name, title) SYSTEM_##name,
    SYSTEMS(SYSTEM_ENUM)
#undef SYSTEM_ENUM
    SYSTEM_COUNT
};

static const char *const system_titles[] = {
#define SYSTEM_TITLE(name, title) title,
    SYSTEMS(SYSTEM_TITLE)
#undef SYSTEM_TITLE
};

static const struct other_name {
    enum system system;
    const char *name;
    const char *ids;
    const char *note;
} other_names[] = {
#define OTHER_NAME(system, name, ids, note) {SYSTEM_##system, name, ids, note},
#include "other_names.def"
#undef OTHER_NAME
};
/* clang-format on */

#define OTHER_NAMES (sizeof other_names / sizeof other_names[0])

static const struct finding_row *row_of(const char *id, size_t length)
{
    for (int i = 0; i < FINDINGS; i++) {
        if (strlen(finding_rows[i].id) == length && memcmp(finding_rows[i].id, id, length) == 0)
            return &finding_rows[i];
    }
    return NULL;
}

/* Is the finding among those of the other program's name? */
static bool is_named(const struct other_name *other, const char *id)
{
    size_t length = strlen(id);

    for (const char *at = other->ids; *at != '\0'; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, id, length) == 0)
            return true;
        at += word;
    }
    return false;
}

/* "- Elsewhere: Suricata `stream.fin_syn`; Snort `116:420 SYN+FIN`", where anybody has a name. */
static void print_other_names(const char *id)
{
    const char *between = "- Elsewhere: ";
    int last = -1;

    for (size_t i = 0; i < OTHER_NAMES; i++) {
        if (!is_named(&other_names[i], id))
            continue;
        if ((int)other_names[i].system == last)
            printf(", `%s`", other_names[i].name);
        else
            printf("%s%s `%s`", between, system_titles[other_names[i].system],
                   other_names[i].name);
        last = (int)other_names[i].system;
        between = "; ";
    }
    if (last >= 0)
        printf("\n");
}

/* The ids of the table's second column, as links to what is above it. */
static void print_ids(const char *ids)
{
    const char *between = "";

    for (const char *at = ids; *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (row_of(at, length) != NULL) {
            printf("%s[%.*s](#%.*s)", between, (int)length, at, (int)length, at);
            between = ", ";
        }
        at += length;
    }
}

static void print_mapping(void)
{
    int last = -1;

    printf("\n## From other programs' names to these\n\n"
           "Where a program has one name for several situations, the closest finding comes first.\n"
           "Nothing in the second column: no finding, for the reason in the third.\n");
    for (size_t i = 0; i < OTHER_NAMES; i++) {
        const struct other_name *other = &other_names[i];
        if ((int)other->system != last)
            printf("\n### %s\n\n| name | findings | note |\n| --- | --- | --- |\n",
                   system_titles[other->system]);
        last = (int)other->system;
        printf("| `%s` | ", other->name);
        print_ids(other->ids);
        printf(" | %s |\n", other->note);
    }
}

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
    print_other_names(row->id);
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
           "severity is lowered where the evidence is weak. Coming from another program? Its names\n"
           "are at the end: [from other programs' names](#from-other-programs-names-to-these).\n");
    for (id = 0; id < FINDINGS; id++) {
        const struct finding_row *row = finding_row((enum finding_id)id);
        if ((int)row->family != last)
            printf("\n## %s\n", finding_family_title(row->family));
        last = (int)row->family;
        print_row(row);
    }
    print_mapping();
    return fflush(stdout) == 0 ? 0 : 1;
}
