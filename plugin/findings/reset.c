/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RST segments. RFC 9293 3.5.2, 3.5.3; RFC 5961 3. */
#include "family.h"

static bool rst_with_data(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    hearing->finding.got = segment->payload_len;
    return segment_has(segment, FLAG_RST) && segment->payload_len > 0;
}

static const struct rule rules[] = {
    {FINDING_rst_with_data, ABOUT_SENDER, INTEREST_RST, rst_with_data},
};

const struct family reset_family = FAMILY(rules, INTEREST_RST);
