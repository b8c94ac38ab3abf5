/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How it ends: what is left of TIME-WAIT, and what became of the connection.
 */
#ifndef TCPSTATE_ENDING_H
#define TCPSTATE_ENDING_H

#include "items.h"

/** The sender's and the receiver's TIME-WAIT at this frame. */
void ending_show_time_wait(const struct page *page, proto_tree *tree);

/** Outcome and Zeek's words; nothing in the first pass, which cannot know them. */
void ending_show_outcome(const struct page *page, proto_tree *tree);

#endif
