/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view.h"

#include "octets.h"

#include <stdlib.h>

struct stored {
    int64_t passed, kept;
    uint32_t copy;
    bool copied;
};

static int stored_order(const void *a, const void *b)
{
    const struct stored *x = a;
    const struct stored *y = b;

    if (x->kept != y->kept)
        return x->kept < y->kept ? -1 : 1;
    return x->copy < y->copy ? -1 : x->copy > y->copy;
}

static uint32_t view_collect(struct life *life, struct stored *out)
{
    struct world *world = &life->world;
    struct rng *rng = &world->rng;
    uint32_t n = 0;

    for (uint32_t i = 0; i < world->copy_count; i++) {
        const struct copy *copy = &world->copies[i];
        struct stored stored = {copy->tap_at, copy->tap_at, i, false};

        if (life->lens.one_way && world->sent[copy->sent].as != life->lens.only)
            continue;
        if (rng_chance(rng, life->lens.loss))
            continue;
        stored.kept += rng_between(rng, 0, life->lens.disorder);
        out[n++] = stored;
        if (rng_chance(rng, life->lens.twice)) {
            stored.copied = true;
            stored.passed = stored.kept += rng_between(rng, 1, 1500) * 1000;
            out[n++] = stored;
        }
    }
    qsort(out, n, sizeof *out, stored_order);
    return n;
}

static void view_frame(struct view *view, const struct stored *stored, enum end first)
{
    const struct world *world = &view->life->world;
    const struct sent *sent = &world->sent[world->copies[stored->copy].sent];
    struct frame *frame = &view->frames[view->count];
    struct segment *segment = &frame->segment;
    bool keep_time = view->life->lens.disorder != 0 && view->life->lens.true_times;

    frame->copy = stored->copy;
    frame->copied = stored->copied;
    *segment = sent->segment;
    segment->id = view->count;
    segment->frame = ++view->count;
    segment->time_ns = 1700000000 * SECOND + (keep_time ? stored->passed : stored->kept);
    segment->has_time = true;
    segment->sender = sent->as == first ? SIDE_A : SIDE_B;
    segment->src_port = sent->as == END_CLIENT ? 40000 : 80;
    segment->dst_port = sent->as == END_CLIENT ? 80 : 40000;
    segment->payload_captured = segment->payload_len;
    segment->checksum_status = CHECKSUM_UNKNOWN;
    segment->src_unicast = segment->dst_unicast = true;
    octets_finish(segment, sent->as);
}

void view_make(struct view *view, struct life *life)
{
    static struct stored stored[VIEW_MAX];
    uint32_t n = view_collect(life, stored);
    uint32_t i = (uint32_t)((uint64_t)n * life->lens.late / 1000);
    const struct world *world = &life->world;

    view->life = life;
    view->count = 0;
    if (i >= n)
        return;
    for (uint32_t k = i; k < n; k++)
        view_frame(view, &stored[k], (enum end)world->sent[world->copies[stored[i].copy].sent].as);
}
