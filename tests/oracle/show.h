/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture as text, frame by frame with the truth and what was said: for whoever looks into a
 * disagreement.
 */
#ifndef TCPSTATE_ORACLE_SHOW_H
#define TCPSTATE_ORACLE_SHOW_H

#include "trial.h"

/** Prints frames `from` to `to` (indexes, inclusive); `mark` is pointed at. */
void show_frames(const struct trial *trial, const struct view *view, uint32_t from, uint32_t to,
                 uint32_t mark);

/** Prints what is peculiar to the life: its number, the wire and both hosts. */
void show_life(const struct life *life);

#endif
