/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the simulation itself right? What must hold of two honest ends, whatever the wire does.
 */
#ifndef TCPSTATE_ORACLE_SOUNDNESS_H
#define TCPSTATE_ORACLE_SOUNDNESS_H

#include "life.h"

/** @return 0 when all holds; else 1, and what does not hold is printed. */
unsigned soundness_check(const struct life *life);

#endif
