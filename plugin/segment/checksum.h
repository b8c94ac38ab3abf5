/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Internet checksum over a TCP segment and its pseudo header. RFC 9293 3.1, RFC 1071.
 */
#ifndef TCPSTATE_CHECKSUM_H
#define TCPSTATE_CHECKSUM_H

#include "segment.h"

#include <stddef.h>

/* The two addresses of the pseudo header; both have the same length, which is even. */
struct checksum_addresses {
    const uint8_t *src;
    const uint8_t *dst;
    size_t length;
};

/**
 * Does the checksum of a segment fit?
 *
 * @param octets  the whole segment, header first.
 * @param length  its octets, at least 20; all of them must be captured.
 * @return CHECKSUM_GOOD, CHECKSUM_BAD, or CHECKSUM_PARTIAL where the field holds the sum of the
 *         pseudo header alone, as a host leaves it that lets its network card do the rest.
 */
enum checksum_status checksum_verify(const uint8_t *octets, size_t length,
                                     const struct checksum_addresses *addresses);

#endif
