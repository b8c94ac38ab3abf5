/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all histories of one capture file share. Private to the model.
 */
#ifndef TCPSTATE_MODEL_H
#define TCPSTATE_MODEL_H

#include "copies.h"
#include "history.h"
#include "pool.h"

struct model {
    const struct arena *arena;
    struct pool pool;
    struct model_settings settings;
    struct copies copies;     /* of octets that may be sent again */
    struct conflict conflict; /* of the step that is being taken, if it points here */
    struct former former;     /* likewise */
    uint32_t connections; /* how many so far: the last connection.id */
};

/** How long TIME-WAIT lasts: 2 MSL (RFC 9293 3.6.1). */
static inline int64_t model_time_wait_ns(const struct model *model)
{
    return (int64_t)model->settings.msl_seconds * 2 * SECOND_NS;
}

#endif
