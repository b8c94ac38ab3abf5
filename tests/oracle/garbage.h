/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segments without sense on one tuple: the model must take anything, in bounded time.
 */
#ifndef TCPSTATE_ORACLE_GARBAGE_H
#define TCPSTATE_ORACLE_GARBAGE_H

#include <stdint.h>

/** Gives the model `tuples` tuples full of garbage. @return 0, or 1 when it gave a state that does
 *  not exist or took too long. */
int garbage_run(uint64_t seed, uint64_t tuples);

#endif
