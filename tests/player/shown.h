/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is shown of one segment, as text per field, whichever door it came through: the core's
 * annotation, or what tshark printed. Frame numbers count from 1 over the captured segments of one
 * scenario, conn.id from 1 over its incarnations.
 */
#ifndef TCPSTATE_TESTS_SHOWN_H
#define TCPSTATE_TESTS_SHOWN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct annotation;
struct verdict;

enum shown_field {
#define SHOWN(id, name) SHOWN_##id,
#include "shown_fields.def"
#undef SHOWN
    SHOWN_FIELDS
};

#define SHOWN_FINDINGS_MAX 24

struct shown_finding {
    char *id;
    char *severity;
    char *detail;       /* tshark's door only */
    bool numbers_known; /* the core's door only; of these the limit may be absent: */
    bool limit_known;
    int numbers;         /* enum finding_numbers */
    bool of_receiver;    /* it speaks of the receiver of the segment that it stands on */
    uint32_t got;
    uint32_t limit;
};

struct shown {
    char *value[SHOWN_FIELDS]; /* NULL: absent; several occurrences are joined with commas */
    unsigned findings;
    struct shown_finding finding[SHOWN_FINDINGS_MAX];
};

/** The name a user types. */
const char *shown_field_name(enum shown_field field);

/** Fills `shown` (zeroed by the caller) with what the annotation says now. */
void shown_from_annotation(struct shown *shown, const struct annotation *annotation);

/** One row of tab separated values in the order of shown_fields.def, an empty cell for absent. */
void shown_write_header(FILE *out);
void shown_write_row(FILE *out, const struct shown *shown);

/** The inverse, with finding.detail as one more cell (its occurrences joined with 0x1f). False when
 *  the number of cells is wrong. `row` is cut up. */
bool shown_read_row(struct shown *shown, char *row);

/** Frees what `shown` holds and zeroes it. */
void shown_clear(struct shown *shown);

#endif
