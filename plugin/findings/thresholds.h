/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thresholds that preferences may change: those of the rows, from the LIMIT lines of findings.def.
 */
#ifndef TCPSTATE_THRESHOLDS_H
#define TCPSTATE_THRESHOLDS_H

#include <stddef.h>
#include <stdint.h>

struct limits {
    uint32_t msl_seconds; /* tcpstate.msl, the same number as in struct model_settings */
/* clang-format off */
#define LIMIT(id, standard, unit, meaning) uint32_t id##_limit;
#include "findings.def"
    /* clang-format on */
};

/* As they are unless the user changes them. */
extern const struct limits limits_standard;

/* One threshold, for the preference tcpstate.<id>_limit and the reference. */
struct limit_row {
    const char *id;      /* of the finding */
    const char *name;    /* "ts_paws_limit" */
    const char *title;   /* "Limit of ts_paws (ticks)" */
    const char *unit;    /* "ticks" */
    const char *meaning; /* a sentence */
    size_t offset;       /* of its member in struct limits */
};

/** All thresholds; a row without an id ends the list. */
extern const struct limit_row limit_rows[];

/** Its member. */
static inline uint32_t *limit_of(struct limits *limits, const struct limit_row *row)
{
    return (uint32_t *)(void *)((char *)limits + row->offset);
}

#endif
