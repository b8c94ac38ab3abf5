/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lives (incarnations) of one 4-tuple, and the door into the model: history_apply().
 * RFC 9293 3.4.1-3.4.3, 3.6.1; RFC 6191; RFC 5961 4.
 *
 * A history belongs to a 4-tuple, not to a tcp.stream: a forged or refused SYN makes Wireshark
 * open a new stream in which the old life goes on.
 */
#ifndef TCPSTATE_HISTORY_H
#define TCPSTATE_HISTORY_H

#include "arena.h"
#include "step.h"

/* What a later segment proves about an earlier one. `id` is segment.id of the earlier one. */
enum amendment {
    AMEND_ACKED_IN,    /* value: the frame that acknowledged its last octet */
    AMEND_SRC_STATE,   /* value: enum tcp_state that its sender was really in */
    AMEND_DST_BEFORE,  /* value: enum tcp_state of its receiver before it */
    AMEND_DST_STATE    /* value: enum tcp_state that its receiver was really in once delivered;
                        * drops the transitions of the receiver that the segment listed */
};

struct model_settings {
    uint32_t msl_seconds; /* maximum segment lifetime; TIME-WAIT lasts twice as long */
    /** Called during history_apply for earlier segments only; may be NULL. */
    void (*amend)(void *context, uint32_t id, enum amendment what, uint32_t value);
    void *amend_context;
    uint32_t copies_mib; /* memory for copies of octets, to compare what is sent again; 0: none */
};

struct model;   /* one per capture file: settings, identifiers, memory to be reused */
struct history; /* one per 4-tuple */

/** `arena` must outlive the model. */
struct model *model_new(const struct arena *arena, const struct model_settings *settings);

/** @param owner  kept for the caller (addresses, for example), see connection->owner. */
struct history *history_new(struct model *model, void *owner);

/**
 * Takes the next segment of the tuple, in capture order, and says what it did.
 *
 * Must be called once per segment, on the first pass. Any value in any member of the segment is
 * accepted; time and memory per call are bounded.
 *
 * @param step  overwritten. step->segment is the argument; step->conn lives as long as the model.
 */
void history_apply(struct history *history, const struct segment *segment, struct step *step);

/** Has a later life of the tuple been accepted, so that this one is over at both ends whatever the
 *  capture shows of its close? */
bool history_has_outlived(const struct history *history, const struct connection *conn);

#endif
