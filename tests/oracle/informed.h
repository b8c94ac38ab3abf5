/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ceiling: an observer of the same capture who is told, besides, when each captured segment
 * left its sender and when, if ever, its receiver processed it, and whether it was forged. It knows
 * nothing of what is not captured and nothing of the users, but it may read the whole capture
 * before it speaks. What it cannot tell, no observer can be blamed for.
 *
 * A machine of its own, far smaller than a TCP: it needs no windows, as it is told what arrives.
 */
#ifndef TCPSTATE_ORACLE_INFORMED_H
#define TCPSTATE_ORACLE_INFORMED_H

#include "view.h"

struct informed {
    uint8_t tail[VIEW_MAX]; /* enum tcp_state by frame index */
    uint8_t head[VIEW_MAX];
};

void informed_observe(struct informed *informed, const struct view *view);

#endif
