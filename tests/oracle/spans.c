/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spans.h"

static void spans_remove(struct spans *spans, unsigned i)
{
    for (; i + 1 < spans->count; i++)
        spans->at[i] = spans->at[i + 1];
    spans->count--;
}

bool spans_add(struct spans *spans, struct seq start, struct seq end)
{
    unsigned i = 0;

    if (seq_ge(start, end))
        return true;
    while (i < spans->count) {
        struct span *span = &spans->at[i];

        if (seq_lt(end, span->start))
            break;
        if (seq_gt(start, span->end)) {
            i++;
            continue;
        }
        start = seq_min(start, span->start);
        end = seq_max(end, span->end);
        spans_remove(spans, i);
    }
    if (spans->count == SPANS_MAX)
        return false;
    for (unsigned k = spans->count; k > i; k--)
        spans->at[k] = spans->at[k - 1];
    spans->at[i] = (struct span){start, end};
    spans->count++;
    return true;
}

void spans_cut(struct spans *spans, struct seq s)
{
    while (spans->count > 0 && seq_le(spans->at[0].end, s))
        spans_remove(spans, 0);
    if (spans->count > 0 && seq_lt(spans->at[0].start, s))
        spans->at[0].start = s;
}

struct seq spans_skip(const struct spans *spans, struct seq s)
{
    for (unsigned i = 0; i < spans->count; i++)
        if (seq_le(spans->at[i].start, s) && seq_lt(s, spans->at[i].end))
            s = spans->at[i].end;
    return s;
}
