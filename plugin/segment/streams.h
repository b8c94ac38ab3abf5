/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which tcp.stream does the tuple of a layer have? First pass only.
 *
 * Wireshark finds a conversation by hashing addresses, several times over where there is none, which
 * costs as much as all the rest that we do. So it is asked as seldom as possible.
 */
#ifndef TCPSTATE_STREAMS_H
#define TCPSTATE_STREAMS_H

#include "capture_point.h"

/** Once, at start-up. */
void streams_register(void);

/** Before TCP sees the layer. A SYN may have it open a new stream for a tuple that has one already:
 *  that one is noted. */
void streams_note_before(struct captured_layer *layer, packet_info *pinfo);

/** After TCP has seen it: notes the stream of a segment. */
void streams_note_after(struct captured_layer *layer, packet_info *pinfo);

#endif
