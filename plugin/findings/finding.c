/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "finding.h"

/* clang-format off */
const struct finding_row finding_rows[FINDINGS] = {
#define FINDING(id, family, group, severity, gate, rfc, numbers, got_is, limit_is, summary, why,   \
                consequence)                                                                       \
    {#id, FAMILY_##family, GROUP_##group, SEVERITY_##severity, GATE_##gate, rfc, numbers, got_is,  \
     limit_is, summary, why, consequence},
#include "findings.def"
#undef FINDING
};

static const struct {
    const char *word;
    const char *title;
} families[] = {
#define FAMILY_ROW(name, word, title) {word, title},
    FINDING_FAMILIES(FAMILY_ROW)
#undef FAMILY_ROW
};
/* clang-format on */

const char *finding_family_word(enum finding_family family)
{
    return (unsigned)family < FAMILIES ? families[family].word : "";
}

const char *finding_family_title(enum finding_family family)
{
    return (unsigned)family < FAMILIES ? families[family].title : "";
}

const char *severity_name(enum severity severity)
{
    switch (severity) {
    case SEVERITY_NATIVE:
        return "native";
    case SEVERITY_CHAT:
        return "chat";
    case SEVERITY_NOTE:
        return "note";
    case SEVERITY_WARN:
        return "warn";
    case SEVERITY_ERROR:
        return "error";
    case SEVERITY_NONE:
    case SEVERITIES:
        break;
    }
    return "none";
}
