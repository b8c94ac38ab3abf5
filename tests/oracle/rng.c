/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rng.h"

/* One step of a counter with an odd increment, then a mixing of its bits: each multiplication
 * carries low bits up and each shift brings high bits down. */
static uint64_t rng_step(struct rng *rng)
{
    uint64_t x;

    rng->state += 0x9e3779b97f4a7c15U;
    x = rng->state;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

struct rng rng_start(uint64_t seed, uint64_t life)
{
    struct rng rng = {seed * 0xd1342543de82ef95U + life};

    rng.state ^= rng_step(&rng);
    return rng;
}

uint32_t rng_bits(struct rng *rng)
{
    return (uint32_t)(rng_step(rng) >> 32);
}

uint32_t rng_below(struct rng *rng, uint32_t n)
{
    return n == 0 ? 0 : (uint32_t)(((uint64_t)rng_bits(rng) * n) >> 32);
}

int64_t rng_between(struct rng *rng, int64_t low, int64_t high)
{
    uint64_t span = (uint64_t)(high - low) + 1;

    return high <= low ? low : low + (int64_t)(rng_step(rng) % span);
}

bool rng_chance(struct rng *rng, unsigned per_mille)
{
    return rng_below(rng, 1000) < per_mille;
}
