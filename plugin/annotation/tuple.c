/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tuple.h"

#include <string.h>

const uint8_t *tuple_octets(const struct tuple *tuple, enum side side)
{
    return tuple->octets + (side == SIDE_A ? 0 : tuple->len[SIDE_A]);
}

bool tuple_end_is(const struct tuple *tuple, enum side side, const address *addr, uint16_t port)
{
    return tuple->port[side] == port && tuple->type[side] == addr->type &&
           tuple->len[side] == addr->len &&
           (addr->len == 0 || memcmp(tuple_octets(tuple, side), addr->data, addr->len) == 0);
}

bool tuple_fits(const struct tuple *tuple, const struct captured_layer *layer, uint16_t src_port,
                uint16_t dst_port)
{
    return (tuple_end_is(tuple, SIDE_A, &layer->src, src_port) &&
            tuple_end_is(tuple, SIDE_B, &layer->dst, dst_port)) ||
           (tuple_end_is(tuple, SIDE_A, &layer->dst, dst_port) &&
            tuple_end_is(tuple, SIDE_B, &layer->src, src_port));
}
