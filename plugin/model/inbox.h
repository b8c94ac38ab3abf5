/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on its way to an endpoint, and what the endpoint's next segment says about it.
 */
#ifndef TCPSTATE_INBOX_H
#define TCPSTATE_INBOX_H

#include "tcb.h"

/**
 * Puts an event of the current segment into the receiver's inbox, or renews the time of the one
 * that waits there already.
 *
 * @return the entry.
 * @param proof  an ACK of this number or beyond proves that it arrived; NULL: no number does.
 */
struct arrival *inbox_put(struct work *work, enum event event, const struct seq *proof);

/** Renews the latest time of a waiting event, if it waits: one more copy is on its way. */
void inbox_renew(struct work *work, enum event event);

/** The waiting event of that kind, or NULL. */
struct arrival *inbox_find(struct inbox *inbox, enum event event);

void inbox_remove(struct inbox *inbox, enum event event);

/** The state with everything applied that waits and is not doubtful. */
enum tcp_state inbox_apply(const struct inbox *inbox, enum tcp_state state);

/** The same without one kind of event. */
enum tcp_state inbox_apply_but(const struct inbox *inbox, enum tcp_state state, enum event but);

enum arrival_verdict {
    ARRIVAL_PROVED,  /* the segment could not look like this otherwise */
    ARRIVAL_ASSUMED, /* nothing speaks against it */
    ARRIVAL_NOT_YET, /* still on its way when the segment left */
    ARRIVAL_DOUBTFUL, /* it should have shown by now: late, or lost */
    ARRIVAL_LOST     /* it never arrived, or was not obeyed */
};

/** A SACK block of the sender's current segment reports the number before arrival.end. */
bool inbox_is_held(const struct work *work, const struct arrival *arrival);

/** What the sender's current segment says of one thing that was on its way to it. */
enum arrival_verdict inbox_judge(const struct work *work, const struct arrival *arrival);

#endif
