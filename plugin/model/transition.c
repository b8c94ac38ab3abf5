/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transition.h"

#include <stddef.h>

static const struct transition rows[] = {
#define TRANSITION(state, event, next, verdict, rfc)                                               \
    {STATE_##state, EVENT_##event, STATE_##next, verdict, rfc},
#include "transition.def"
#undef TRANSITION
};

/* The rows by event, then state, so that a lookup is one index. Where a row lacks or is there
 * twice the array has another size, and this does not compile. */
_Static_assert(sizeof(rows) / sizeof(rows[0]) == (size_t)STATES * (size_t)EVENTS,
               "transition.def needs exactly one row for each state and event");

const struct transition *transition_find(enum tcp_state state, enum event event)
{
    if ((unsigned)state >= STATES || (unsigned)event >= EVENTS)
        return NULL;
    return &rows[(unsigned)event * STATES + (unsigned)state];
}

enum tcp_state transition_next(enum tcp_state state, enum event event)
{
    const struct transition *row = transition_find(state, event);

    return row != NULL ? row->next : state;
}

const struct transition *transition_rows(unsigned *count)
{
    *count = (unsigned)(sizeof(rows) / sizeof(rows[0]));
    return rows;
}

const char *event_name(enum event event)
{
    static const char *const names[EVENTS] = {
#define X(name) #name,
        TCP_EVENTS(X)
#undef X
    };

    return (unsigned)event < EVENTS ? names[event] : "";
}
