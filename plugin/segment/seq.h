/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequence numbers: the only modulo-2^32 code. Read RFC 9293 3.4 first.
 *
 * A struct, so that the compiler refuses a plain `<`. The member may be named only here, in the
 * header parser (octets -> number) and in view/ (number -> text). Comparisons answer "is a before
 * b?" for numbers less than 2^31 apart; exactly 2^31 apart counts as before, in both directions.
 */
#ifndef TCPSTATE_SEQ_H
#define TCPSTATE_SEQ_H

#include <stdbool.h>
#include <stdint.h>

struct seq {
    uint32_t n;
};

static inline struct seq seq_of(uint32_t n)
{
    struct seq s = {n};
    return s;
}

static inline struct seq seq_add(struct seq a, uint32_t octets)
{
    return seq_of(a.n + octets);
}

static inline struct seq seq_sub(struct seq a, uint32_t octets)
{
    return seq_of(a.n - octets);
}

/** a - b as a signed distance; the int64_t step keeps the conversion defined in C11. */
static inline int32_t seq_diff(struct seq a, struct seq b)
{
    uint32_t d = a.n - b.n;
    return d < 0x80000000U ? (int32_t)d : (int32_t)((int64_t)d - 0x100000000LL);
}

/** Octets from b up to a, when a is known not to lie before b. */
static inline uint32_t seq_span(struct seq a, struct seq b)
{
    return a.n - b.n;
}

static inline bool seq_eq(struct seq a, struct seq b)
{
    return a.n == b.n;
}

static inline bool seq_lt(struct seq a, struct seq b)
{
    return seq_diff(a, b) < 0;
}

static inline bool seq_le(struct seq a, struct seq b)
{
    return seq_eq(a, b) || seq_lt(a, b);
}

static inline bool seq_gt(struct seq a, struct seq b)
{
    return !seq_le(a, b);
}

static inline bool seq_ge(struct seq a, struct seq b)
{
    return !seq_lt(a, b);
}

/** first <= s < after, walking upwards from first. */
static inline bool seq_between(struct seq first, struct seq s, struct seq after)
{
    return s.n - first.n < after.n - first.n;
}

static inline struct seq seq_max(struct seq a, struct seq b)
{
    return seq_lt(a, b) ? b : a;
}

static inline struct seq seq_min(struct seq a, struct seq b)
{
    return seq_lt(a, b) ? a : b;
}

#endif
