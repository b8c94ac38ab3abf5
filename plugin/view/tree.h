/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One annotation as a tree: the sentence, then the sums with their fields below them.
 */
#ifndef TCPSTATE_TREE_H
#define TCPSTATE_TREE_H

#include "view.h"

void tree_handoff(void);

/** Does anybody read our fields in this tree? */
bool tree_is_read(proto_tree *tree);

/** Adds the segment's tree and raises its expert infos below it.
 *  @param layer  the segment's own buffer, or NULL. */
void tree_show(const struct view *view, const struct annotation *annotation, tvbuff_t *layer);

/** A tree that says why nothing was recorded and what to do. */
void tree_show_missed(const struct view *view);

#endif
