/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zeros behind an ACK that are no payload: what fills a frame up to the least length of its link, and
 * was counted into the length of the IP packet by whoever made that. Catalogue X-PAD; RFC 9293 3.1.
 */
#ifndef TCPSTATE_PADDING_H
#define TCPSTATE_PADDING_H

#include "checksum.h"

/**
 * Takes such zeros off the segment.
 *
 * Its sender must have made it without them: the checksum fits the header alone, since the length is
 * part of what is summed. So zeros that are data stay, whatever the frame looks like.
 *
 * @param packet_len  of the IP packet, by its own header.
 */
void padding_drop(struct segment *segment, uint32_t packet_len,
                  const struct checksum_addresses *addresses);

#endif
