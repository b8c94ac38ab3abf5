/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thresholds that preferences may change. One member per row that the catalogue marks "pref";
 * none of the rows so far has one.
 */
#ifndef TCPSTATE_LIMITS_H
#define TCPSTATE_LIMITS_H

#include <stdint.h>

struct limits {
    uint32_t msl_seconds; /* tcpstate.msl, the same number as in struct model_settings */
};

#endif
