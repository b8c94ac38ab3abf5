/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table form: rows of tab separated values, written and read. */
#include "shown.h"

#include "flow_internal.h"

#include <stdlib.h>
#include <string.h>

const char *shown_field_name(enum shown_field field)
{
    static const char *const name[SHOWN_FIELDS] = {
#define SHOWN(id, text) [SHOWN_##id] = text,
#include "shown_fields.def"
#undef SHOWN
    };

    return name[field];
}

void shown_write_header(FILE *out)
{
    for (int i = 0; i < SHOWN_FIELDS; i++)
        fprintf(out, "\t%s", shown_field_name((enum shown_field)i));
}

void shown_write_row(FILE *out, const struct shown *shown)
{
    for (int i = 0; i < SHOWN_FIELDS; i++)
        fprintf(out, "\t%s", shown->value[i] != NULL ? shown->value[i] : "");
}

/* Cuts the text at the first separator; returns what follows it, NULL at the end. */
static char *cut(char *text, char separator)
{
    char *at = strchr(text, separator);

    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + 1;
}

/* finding, finding.severity and finding.detail are aligned with each other. */
static bool findings_split(struct shown *shown, char *detail)
{
    char *ids = shown->value[SHOWN_FINDING] ? xstrdup(shown->value[SHOWN_FINDING]) : NULL;
    char *severities =
        shown->value[SHOWN_FINDING_SEVERITY] ? xstrdup(shown->value[SHOWN_FINDING_SEVERITY]) : NULL;
    char *id = ids;
    char *severity = severities;

    while (id != NULL && severity != NULL && shown->findings < SHOWN_FINDINGS_MAX) {
        struct shown_finding *f = &shown->finding[shown->findings++];
        char *next_id = cut(id, ',');
        char *next_severity = cut(severity, ',');
        char *next_detail = detail != NULL ? cut(detail, '\x1f') : NULL;

        f->id = xstrdup(id);
        f->severity = xstrdup(severity);
        f->detail = xstrdup(detail != NULL ? detail : "");
        id = next_id;
        severity = next_severity;
        detail = next_detail;
    }
    free(ids);
    free(severities);
    return id == NULL && severity == NULL;
}

bool shown_read_row(struct shown *shown, char *row)
{
    for (int i = 0; i < SHOWN_FIELDS; i++) {
        char *next = cut(row, '\t');

        if (next == NULL)
            return false;
        if (*row != '\0')
            shown->value[i] = xstrdup(row);
        row = next;
    }
    return findings_split(shown, row);
}

void shown_clear(struct shown *shown)
{
    for (int i = 0; i < SHOWN_FIELDS; i++)
        free(shown->value[i]);
    for (unsigned i = 0; i < shown->findings; i++) {
        free(shown->finding[i].id);
        free(shown->finding[i].severity);
        free(shown->finding[i].detail);
    }
    memset(shown, 0, sizeof *shown);
}
