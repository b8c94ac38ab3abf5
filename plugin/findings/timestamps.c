/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timestamp option. RFC 7323 3 and 5. */
#include "family.h"

static bool ts_missing(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    /* A RST need not carry it. A late SYN left before its sender knew of the agreement. */
    if (segment_has_any(segment, FLAG_RST | FLAG_SYN))
        return false;
    if (!endpoint_pair_uses_ts(step_sender(step), step_receiver(step)))
        return false;
    /* Options that the capture cut, or that end in one of illegal length, may have held it. */
    if (tcp_options_has(&segment->options, OPTION_TS) || segment->options.cut ||
        segment->options.malformed)
        return false;
    /* A path that strips the option strips all of them: an expert on the first one is enough. */
    hearing->finding.count = step_sender(step)->ts_missed + 1;
    hearing->finding.expert = hearing->finding.count == 1;
    hearing->finding.limit_frame = step->conn != NULL ? step->conn->synack_frame : 0;
    return true;
}

static const struct rule rules[] = {
    {FINDING_ts_missing, ABOUT_SENDER, INTEREST_NO_TIMESTAMP, ts_missing},
};

const struct family timestamps_family = FAMILY(rules, INTEREST_NO_TIMESTAMP);
