/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "culprit.h"

bool culprit_reused_numbers(const struct view *view, uint32_t i)
{
    const struct world *world = &view->life->world;
    const struct sent *syn = view_sent(view, i);

    if (syn->from == FORGED || world->hosts[syn->from].habits.iss_rises ||
        !segment_is_syn(&syn->segment))
        return false;
    for (uint32_t n = 0; n < world->sent_count; n++) {
        const struct sent *old = &world->sent[n];

        if (old->from == syn->from && old->tail.serial != 0 &&
            old->tail.serial < syn->tail.serial && old->at <= syn->at &&
            syn->at - old->at < world->hosts[syn->from].habits.msl2 &&
            seq_le(syn->segment.seq, segment_end(&old->segment)))
            return true;
    }
    return false;
}
