/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets -> struct segment. The first two octets say how many of the rest were captured and how
 * many the segment had on the wire; the buffer ends there, so that a sanitizer sees one read more.
 */
#include "fuzz.h"

#include "tcp_header.h"

#include <stdlib.h>
#include <string.h>

static void check(const struct segment *segment, size_t captured, size_t reported)
{
    uint32_t flags_len = segment_has(segment, FLAG_SYN) + segment_has(segment, FLAG_FIN);

    if (segment->header_len < TCP_HEADER_FIXED || segment->header_len > reported ||
        segment->payload_len != reported - segment->header_len ||
        segment->len != segment->payload_len + flags_len || segment->payload_captured > captured ||
        segment->options.sack_blocks > SACK_BLOCKS_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
    struct segment segment = {0};

    if (size < 2)
        return 0;
    size_t captured = octets[0] < size - 2 ? octets[0] : size - 2;
    size_t reported = captured + octets[1];
    uint8_t *copy = malloc(captured + 1); /* malloc(0) may be NULL */
    if (copy == NULL)
        return 0;
    /* captured octets end where the block ends */
    memcpy(copy + 1, octets + 2, captured);
    if (tcp_header_read(copy + 1, captured, reported, &segment) == SEGMENT_OK)
        check(&segment, captured, reported);
    free(copy);
    return 0;
}
