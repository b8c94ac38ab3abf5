/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers that look random and depend on the seed alone, so that every life can be played again.
 */
#ifndef TCPSTATE_ORACLE_RNG_H
#define TCPSTATE_ORACLE_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

/** A generator of its own for each pair of seed and life. */
struct rng rng_start(uint64_t seed, uint64_t life);

/** 32 random bits. */
uint32_t rng_bits(struct rng *rng);

/** 0 <= result < n; 0 when n is 0. */
uint32_t rng_below(struct rng *rng, uint32_t n);

/** low <= result <= high. */
int64_t rng_between(struct rng *rng, int64_t low, int64_t high);

/** true in `per_mille` of 1000 cases. */
bool rng_chance(struct rng *rng, unsigned per_mille);

#endif
