/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "padding.h"

#define PADDING_MAX 8

/* The packet that fills the shortest frame of an Ethernet, without a VLAN tag and with one. */
static bool fills_frame(uint32_t packet_len)
{
    const uint32_t least = 46;
    const uint32_t tag = 4;

    return packet_len == least || packet_len == least - tag;
}

void padding_drop(struct segment *segment, uint32_t packet_len,
                  const struct checksum_addresses *addresses)
{
    const uint8_t *payload;

    if (segment->payload_len == 0 || segment->payload_len > PADDING_MAX ||
        segment->flags != FLAG_ACK || !fills_frame(packet_len) ||
        segment->payload_captured != segment->payload_len || segment->octets == NULL)
        return;
    payload = segment->octets + segment->header_len;
    for (uint32_t i = 0; i < segment->payload_len; i++) {
        if (payload[i] != 0)
            return;
    }
    if (checksum_verify(segment->octets, segment->header_len, addresses) != CHECKSUM_BAD)
        segment->payload_len = segment->payload_captured = segment->len = 0;
}
