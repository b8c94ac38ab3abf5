/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To which life of the tuple does a segment belong, and when does a new one begin? RFC 9293
 * 3.4.1-3.4.3, 3.5, 3.6.1; catalogue X-INC.
 */
#ifndef TCPSTATE_LIVES_H
#define TCPSTATE_LIVES_H

#include "tcb.h"

/* Lives of a tuple that a segment may still belong to. */
#define LIVES_MAX 4

struct history {
    struct model *model;
    void *owner;
    uint32_t incarnations;
    uint16_t lives_count;
    bool heard; /* a segment of the tuple was captured */
    uint32_t fruitless_syns; /* see step.h */
    struct connection *lives[LIVES_MAX]; /* newest first; each has its tcb, or is asleep */
};

/** The life the segment belongs to, a new one where it begins one, or NULL: a stray. */
struct connection *lives_find(struct history *history, const struct segment *segment);

/** Gives a life its working record, as it is before its first segment. `before` is the life that
 *  the tuple led until then, or NULL. */
void lives_prepare(struct history *history, struct connection *conn,
                   const struct connection *before, const struct segment *segment);

/** A life of which only the SYN is known needs no more memory than the SYN (floods). */
void lives_put_to_sleep(struct history *history, struct connection *conn,
                        const struct segment *segment);

#endif
