/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checksum.h"

#define PROTOCOL_TCP 6

/* Sums 16-bit words; 64 bits hold the carries of any segment. */
static uint64_t add_words(uint64_t sum, const uint8_t *octets, size_t length)
{
    size_t i;

    for (i = 0; i + 1 < length; i += 2)
        sum += (uint64_t)octets[i] << 8 | octets[i + 1];
    /* an odd octet at the end counts as if a zero followed */
    if (i < length)
        sum += (uint64_t)octets[i] << 8;
    return sum;
}

static uint16_t fold(uint64_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

enum checksum_status checksum_verify(const uint8_t *octets, size_t length,
                                     const struct checksum_addresses *addresses)
{
    uint64_t pseudo = (uint64_t)length + PROTOCOL_TCP;

    pseudo = add_words(pseudo, addresses->src, addresses->length);
    pseudo = add_words(pseudo, addresses->dst, addresses->length);
    /* The field holds the complement of all the rest, so everything together gives ones. */
    if (fold(add_words(pseudo, octets, length)) == 0xffff)
        return CHECKSUM_GOOD;
    uint16_t field = (uint16_t)(octets[16] << 8 | octets[17]);
    return field == fold(pseudo) ? CHECKSUM_PARTIAL : CHECKSUM_BAD;
}
