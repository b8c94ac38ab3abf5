/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of one capture file: histories by tcp.stream, annotations by frame. Everything in it
 * dies when the file is closed or dissected again; until then nothing is given back.
 *
 * Frame numbers. With a read filter (tshark -2 -R, wireshark -R) a rejected frame's number is given
 * to the next frame. The model therefore counts first-pass frames with numbers of our own, which
 * never repeat and are the frame numbers as long as nothing is rejected. store_present() turns
 * them into the frame numbers of now, and leaves out what belongs to a rejected frame.
 */
#ifndef TCPSTATE_STORE_H
#define TCPSTATE_STORE_H

#include "annotation.h"
#include "capture_point.h"
#include "judge.h"
#include "past.h"

/** Arranges that the store is emptied with each file. Once, at start-up. */
void store_register(void);

/** First pass: a frame begins, with or without TCP. An older frame of that number is forgotten. */
void store_begin_frame(const packet_info *pinfo);

/**
 * First pass: who is this segment? Fills in segment.id, .frame and .sender.
 *
 * @return the history of its 4-tuple.
 */
struct history *store_history(struct captured_layer *layer, const struct limits *limits);

/** First pass: a layer that is no segment may still have moved its tuple to another stream. */
void store_follow_stream(const struct captured_layer *layer);

/** What the judge remembers of this file. */
struct docket *store_docket(void);

/** First pass: remembers what store_history's segment did, and files what it proves of an earlier
 *  one there as well. */
void store_put(const struct step *step, const struct verdict *verdict);

/** The outermost TCP segment of a frame, or NULL; store_next() gives the ones behind it. */
const struct annotation *store_of_frame(uint32_t number);
const struct annotation *store_next(const struct annotation *annotation);

/**
 * The annotation with frame numbers as they are now; 0 for frames that were rejected. From the
 * second pass on the last segment of a connection tells how that ends. Usually the same pointer,
 * else a copy (annotation, connection and findings) that lives in pinfo's pool.
 */
const struct annotation *store_present(const struct annotation *annotation, packet_info *pinfo);

/* One end of a 4-tuple; the address points into the store. */
struct tuple_end {
    address addr;
    uint16_t port;
};

/** @return false when nothing is known of the annotation's tuple. */
bool store_end(const struct annotation *annotation, enum side side, struct tuple_end *out);

/** The segments that changed the states of the annotation's connection.
 *  @param number  the frame in which the annotation is shown now. */
void store_turned(const struct annotation *annotation, uint32_t number, struct turned *out);

/** The latest segment of a connection; NULL when there is none of that number. */
const struct annotation *store_last_of(uint32_t conn_id);

/** Is it the latest segment of its connection?
 *  @param number  the frame in which the annotation is shown now. */
bool store_is_last(const struct annotation *annotation, uint32_t number);

/**
 * The verdict on how a connection ends, as far as the capture goes until now. Not among what
 * store_findings_of() counts.
 *
 * @param finding  overwritten where the answer is true.
 * @return false when there is nothing to say.
 */
bool store_ending(uint32_t conn_id, struct finding *finding);

/** How many findings of that severity the segments of a connection have, each counted once. */
uint32_t store_findings_of(uint32_t conn_id, enum severity severity);

/** Is anything remembered at all? */
bool store_is_empty(void);

#endif
