/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic modulo 2^32, RFC 9293 3.4: every answer is asked for around every kind of wrap. */
#include "check.h"

static const uint32_t starts[] = {0,           1,           0x7ffffffeU, 0x7fffffffU,
                                  0x80000000U, 0x80000001U, 0xfffffffeU, 0xffffffffU};
enum { STARTS = sizeof starts / sizeof starts[0] };

static void distances(struct seq a)
{
    CHECK_INT(seq_diff(a, a), 0);
    CHECK_INT(seq_diff(seq_add(a, 1), a), 1);
    CHECK_INT(seq_diff(a, seq_add(a, 1)), -1);
    CHECK_INT(seq_diff(seq_add(a, 0x7fffffffU), a), 0x7fffffff);
    CHECK_INT(seq_diff(a, seq_add(a, 0x7fffffffU)), -0x7fffffff);
    /* The farthest of all: counted as before, whoever asks. */
    CHECK_INT(seq_diff(seq_add(a, 0x80000000U), a), INT32_MIN);
    CHECK_INT(seq_diff(a, seq_add(a, 0x80000000U)), INT32_MIN);
    CHECK_UINT(seq_span(seq_add(a, 3000000000U), a), 3000000000U);
    CHECK_SEQ(seq_sub(seq_add(a, 77), 77), a);
    CHECK_SEQ(seq_add(a, 0), a);
}

static void order(struct seq a)
{
    static const uint32_t ahead[] = {1, 2, 1000, 0x7fffffffU};

    CHECK_TRUE(seq_eq(a, a));
    CHECK_FALSE(seq_lt(a, a));
    CHECK_TRUE(seq_le(a, a));
    CHECK_TRUE(seq_ge(a, a));
    CHECK_FALSE(seq_gt(a, a));
    for (size_t i = 0; i < sizeof ahead / sizeof ahead[0]; i++) {
        struct seq b = seq_add(a, ahead[i]);

        CHECK_TRUE(seq_lt(a, b));
        CHECK_TRUE(seq_le(a, b));
        CHECK_FALSE(seq_lt(b, a));
        CHECK_FALSE(seq_le(b, a));
        CHECK_TRUE(seq_gt(b, a));
        CHECK_TRUE(seq_ge(b, a));
        CHECK_FALSE(seq_eq(a, b));
        CHECK_SEQ(seq_max(a, b), b);
        CHECK_SEQ(seq_max(b, a), b);
        CHECK_SEQ(seq_min(a, b), a);
        CHECK_SEQ(seq_min(b, a), a);
    }
    /* 2^31 apart: neither is ahead, so neither may pass for the later one. */
    CHECK_TRUE(seq_lt(a, seq_add(a, 0x80000000U)));
    CHECK_TRUE(seq_lt(seq_add(a, 0x80000000U), a));
}

static void between(struct seq a)
{
    CHECK_TRUE(seq_between(a, a, seq_add(a, 1)));
    CHECK_TRUE(seq_between(a, seq_add(a, 9), seq_add(a, 10)));
    CHECK_FALSE(seq_between(a, seq_add(a, 10), seq_add(a, 10)));
    CHECK_FALSE(seq_between(a, seq_sub(a, 1), seq_add(a, 10)));
    CHECK_FALSE(seq_between(a, a, a)); /* an empty range holds nothing */
    /* More than half of the numbers: walking upwards still finds it. */
    CHECK_TRUE(seq_between(a, seq_add(a, 0x90000000U), seq_add(a, 0xa0000000U)));
}

int main(void)
{
    for (int i = 0; i < STARTS; i++) {
        snprintf(check_context, sizeof check_context, "from 0x%08" PRIx32, starts[i]);
        distances(seq_of(starts[i]));
        order(seq_of(starts[i]));
        between(seq_of(starts[i]));
    }
    return check_status();
}
