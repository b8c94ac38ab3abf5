/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 4-tuple that a history belongs to. RFC 9293 3.4.1.
 */
#ifndef TCPSTATE_TUPLE_H
#define TCPSTATE_TUPLE_H

#include "capture_point.h"

struct history;

/* The octets of both addresses stand behind it, to keep a stream that never sees more than its SYN
 * small. */
struct tuple {
    struct history *history;
    uint16_t port[2];
    uint8_t type[2]; /* of the address, as epan numbers them */
    uint8_t len[2];
    uint8_t octets[];
};

/** The octets of one end's address. */
const uint8_t *tuple_octets(const struct tuple *tuple, enum side side);

bool tuple_end_is(const struct tuple *tuple, enum side side, const address *addr, uint16_t port);

/** Is it the layer's, in either direction? */
bool tuple_fits(const struct tuple *tuple, const struct captured_layer *layer, uint16_t src_port,
                uint16_t dst_port);

#endif
