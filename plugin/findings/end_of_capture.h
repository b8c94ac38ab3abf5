/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verdicts on a life of which no more segments come: they belong to its last segment, from the
 * second pass on. Catalogue A8. Asked for whenever that segment is shown and kept nowhere, so that
 * a capture that goes on takes them back by itself.
 */
#ifndef TCPSTATE_END_OF_CAPTURE_H
#define TCPSTATE_END_OF_CAPTURE_H

#include "finding.h"
#include "thresholds.h"

/* What the capture as a whole tells of one life. */
struct ending {
    const struct connection *conn;
    bool outlived;  /* a later life of the tuple was accepted */
    bool has_time;
    int64_t end_ns; /* the highest capture time of all frames */
};

/**
 * The one verdict on how the life ends, by precedence.
 *
 * Allocates nothing. The same arguments give the same answer.
 *
 * @param finding  overwritten where the answer is true.
 * @return false: there is nothing to say.
 */
bool judge_end(const struct ending *ending, const struct limits *limits, struct finding *finding);

#endif
