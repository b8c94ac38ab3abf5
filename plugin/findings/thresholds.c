/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thresholds.h"

/* clang-format off */
const struct limits limits_standard = {
    .msl_seconds = 30,
#define LIMIT(id, standard, unit, meaning) .id##_limit = (standard),
#include "findings.def"
};

const struct limit_row limit_rows[] = {
#define LIMIT(id, standard, unit, meaning)                                                          \
    {#id,  #id "_limit", "Limit of " #id " (" unit ")",                                                \
     unit, meaning,      offsetof(struct limits, id##_limit)},
#include "findings.def"
    {NULL, NULL, NULL, NULL, NULL, 0},
};
/* clang-format on */
