/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which segments of a connection listed a state change: eight octets for each of them, and four for
 * a connection. A connection that closes in order has seven at most; what hostile traffic lists
 * beyond TURNS_MAX is not kept.
 */
#ifndef TCPSTATE_TURNS_H
#define TCPSTATE_TURNS_H

#include "pages.h"

#define TURNS_MAX 16

struct turns {
    struct pages newest; /* by connection number: place + 1 of its latest turn; 0: none */
    struct pages all;    /* struct turn, by place */
    uint32_t count;
};

/** The segment `id` of the connection listed a state change. Segments come in order. */
void turns_add(struct turns *turns, uint32_t conn_id, uint32_t id, const struct arena *arena);

/** Writes the ids of the connection's turns, oldest first; returns how many. */
unsigned turns_of(const struct turns *turns, uint32_t conn_id, uint32_t out[TURNS_MAX]);

#endif
