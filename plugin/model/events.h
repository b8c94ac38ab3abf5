/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From segments to events to states. All guards live here: a comparison of numbers decides which
 * event a segment is, transition.def decides what the event does. RFC 9293 3.10.7.
 *
 * The sender's state follows from what its segment proves it had received; the receiver's from
 * what the segment brings, once delivered.
 */
#ifndef TCPSTATE_EVENTS_H
#define TCPSTATE_EVENTS_H

#include "tcb.h"

/** Settles the sender's state as the segment left: step->src, step->src_before. */
void events_of_sender(struct work *work);

/** The receiver's state once the segment is delivered: step->dst. Needs the numbers to be up to
 *  date (numbers_take). */
void events_of_receiver(struct work *work);

/** The FIN that was inferred for the sender was none: both ends go back. */
void events_take_back_fin(struct work *work);

/** TIME-WAIT that has run out by the time of this segment. */
void events_of_time(struct work *work);

#endif
