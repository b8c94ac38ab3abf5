/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RSTs and FINs on addresses and ports of which nothing was captured before: the capture began
 * late, or somebody answers or probes for a connection that never was. RFC 9293 3.10.7.1-2. */
#include "family.h"

static bool rst_no_connection(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    return step->first_of_tuple && segment_has(step->segment, FLAG_RST) &&
           !segment_has(step->segment, FLAG_SYN);
}

static bool fin_no_connection(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    return step->first_of_tuple && segment_has(step->segment, FLAG_FIN) &&
           !segment_has_any(step->segment, FLAG_SYN | FLAG_RST);
}

static const struct rule rules[] = {
    RULE(rst_no_connection, SENDER, FIRST),
    RULE(fin_no_connection, SENDER, FIRST),
};

const struct family stray_family = FAMILY(rules, INTEREST_FIRST);
