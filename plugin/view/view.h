/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Presentation: annotations go into the tree, the columns, the expert infos and the tap. On every
 * pass, with a tree or without one. Computes nothing about TCP.
 */
#ifndef TCPSTATE_VIEW_H
#define TCPSTATE_VIEW_H

#include "annotation.h"
#include "finding.h"

#include <epan/packet.h>

struct view_settings {
    bool info_column;
    enum severity report_severity; /* the lowest that becomes an expert info */
};

/* One pass over one frame. */
struct view {
    packet_info *pinfo;
    tvbuff_t *frame;
    proto_tree *tree; /* NULL: nobody wants one */
    const struct view_settings *settings;
};

/** @param proto  our protocol. */
void view_register(int proto);
void view_handoff(void);

/** @param layer  the segment's own buffer where it is at hand, else NULL. */
void view_show(const struct view *view, const struct annotation *annotation, tvbuff_t *layer);

/** Is the finding told on this pass? What a segment proves of an earlier one is told with it in the
 * first pass only; later it stands with the segment that it speaks of. */
bool view_tells(bool first_pass, const struct finding *finding);

/* What the tap is fed with, one for each segment. Whether this is the first pass must be said here:
 * when listeners are called, Wireshark counts the frame as visited already. */
struct told_segment {
    const struct annotation *annotation;
    bool first_pass;
};

/** TCP was dissected in this frame, but not under our eyes. */
void view_show_missed(const struct view *view);

#endif
