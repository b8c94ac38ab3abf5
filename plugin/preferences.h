/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The preferences tcpstate.*, as the rooms want them.
 */
#ifndef TCPSTATE_PREFERENCES_H
#define TCPSTATE_PREFERENCES_H

#include "thresholds.h"
#include "view.h"

void preferences_register(int proto);

/** As they are set now. */
const struct limits *preferences_limits(void);
struct view_settings preferences_view(void);

#endif
