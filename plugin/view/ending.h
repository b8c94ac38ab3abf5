/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where both ends have been and how it ends: the states so far, what is left of TIME-WAIT, and what
 * became of the connection.
 */
#ifndef TCPSTATE_ENDING_H
#define TCPSTATE_ENDING_H

#include "items.h"

/** The sender's and the receiver's TIME-WAIT at this frame. */
void ending_show_time_wait(const struct page *page, proto_tree *tree);

/** The states that both ends have passed through so far. */
void ending_show_past(const struct page *page, proto_tree *tree);

/** In words, on the connection's last segment; nothing in the first pass. */
void ending_show_words(const struct page *page, proto_tree *tree);

/** Outcome and Zeek's words; nothing in the first pass, which cannot know them. */
void ending_show_outcome(const struct page *page, proto_tree *tree);

#endif
