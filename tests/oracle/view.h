/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capture file that one life leaves, and what may rightly be said of each frame in it.
 */
#ifndef TCPSTATE_ORACLE_VIEW_H
#define TCPSTATE_ORACLE_VIEW_H

#include "life.h"

#define VIEW_MAX (2 * WORLD_COPIES_MAX)

struct frame {
    uint32_t copy;          /* in world.copies */
    struct segment segment; /* as the capture holds it */
    bool copied;            /* the capture stored it a second time */
};

struct view {
    const struct life *life;
    uint32_t count;
    struct frame frames[VIEW_MAX];
};

/* The states that may be said of one end at one frame. */
struct answer {
    bool known;
    uint8_t state;   /* the end's own */
    uint16_t others; /* bit by enum tcp_state: what no observer can tell from it yet */
};

/** Lays the capture of a life out. */
void view_make(struct view *view, struct life *life);

static inline const struct copy *view_copy(const struct view *view, uint32_t i)
{
    return &view->life->world.copies[view->frames[i].copy];
}

static inline const struct sent *view_sent(const struct view *view, uint32_t i)
{
    return &view->life->world.sent[view_copy(view, i)->sent];
}

/** The sender of frame `i`, as the segment left. */
struct answer view_tail(const struct view *view, uint32_t i);

/** The receiver of frame `i`, once it processed the segment. */
struct answer view_head(const struct view *view, uint32_t i);

#endif
