/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frame numbers that come again. A program with a read filter gives the number of a frame that it
 * rejects to the next one. Here every frame of the first pass gets a number of ours (a serial),
 * which rises by as much as the frame number does and never repeats.
 */
#ifndef TCPSTATE_NUMBERING_H
#define TCPSTATE_NUMBERING_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

/* From the serial `first` on, until the next run: frame number = serial - shift. */
struct run {
    uint32_t first;
    uint32_t shift;
};

struct numbering {
    struct run *runs; /* none until a number comes again */
    uint32_t count;
    uint32_t room;
    uint32_t last_number;
    uint32_t last_serial;
};

/** The next frame of the first pass. @return its serial. */
uint32_t numbering_begin(struct numbering *numbering, uint32_t number, const struct arena *arena);

/** Will the number be taken for a frame that was rejected before? (Before numbering_begin.) */
static inline bool numbering_comes_again(const struct numbering *numbering, uint32_t number)
{
    return number <= numbering->last_number;
}

/** @return the frame number, or 0 when another frame has got it since. 0 stays 0. */
uint32_t numbering_number(const struct numbering *numbering, uint32_t serial);

#endif
