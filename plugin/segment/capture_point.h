/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where TCP segments are captured: around Wireshark's TCP dissector.
 *
 * Our own entry for protocol 6 in the table ip.proto calls the real dissector and notes, before and
 * after, what the layer was. That needs no tree and no field, works in every pass of every program,
 * sees frames that a read filter rejects, and knows for sure whether a header is quoted in an error
 * message. What was noted hangs on the frame and dies with its dissection.
 *
 * Limits: a user's Decode As for protocol 6, or another plugin that takes the same entry, replaces
 * us (capture_point_missed tells), and so does a dissector that calls TCP by itself.
 */
#ifndef TCPSTATE_CAPTURE_POINT_H
#define TCPSTATE_CAPTURE_POINT_H

#include "tcp_header.h"

#include <epan/packet.h>

struct captured_frame;

/* One TCP layer of the frame that is being dissected. */
struct captured_layer {
    struct captured_layer *next;  /* inside this one or behind it */
    struct captured_frame *frame; /* ours */
    tvbuff_t *tvb;                /* begins with the TCP header */
    enum segment_status status;
    address src; /* lives as long as the frame's dissection */
    address dst;

    /* First pass only. */
    bool stream_known;
    bool stream_before_known; /* on a SYN: the stream that the tuple had until then */
    uint32_t stream_before;
    uint32_t streams; /* how many there were in the file until then */

    /* With SEGMENT_OK everything is set but id, frame and sender. */
    struct segment segment;
};

/** @param plugin  our protocol; while it is disabled nothing is noted. */
void capture_point_register(int plugin);
void capture_point_handoff(void);

/** The TCP layers of this frame, outermost first. On a later pass they are noted only where there
 *  is a tree, for their buffers. */
struct captured_layer *capture_point_layers(packet_info *pinfo);

/** When the frame was captured. @return false when it has no time, or none that fits. */
bool capture_point_time(const packet_info *pinfo, int64_t *time_ns);

/** TCP layers that Wireshark dissected in this frame without passing here; asked only where
 *  capture_point_layers is complete. */
unsigned capture_point_missed(packet_info *pinfo);

#endif
