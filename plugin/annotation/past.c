/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "past.h"

#define CHANGES_MAX (TURNS_MAX * PATH_MAX_CHANGES)

_Static_assert(CHANGES_MAX <= 64, "a bit for each");

/* What the segments list of one end. */
struct changes {
    unsigned count;
    unsigned so_far;
    struct transition_shown at[CHANGES_MAX];
};

static void list(struct changes *changes, enum role role, const struct turned *turned)
{
    for (unsigned i = 0; i < turned->count; i++) {
        struct transition_shown both[ANNOTATION_TRANSITIONS_MAX];
        unsigned count = annotation_transitions(turned->at[i], both);

        for (unsigned n = 0; n < count; n++) {
            if (both[n].who == role && changes->count < CHANGES_MAX)
                changes->at[changes->count++] = both[n];
        }
        if (i < turned->so_far)
            changes->so_far = changes->count;
    }
}

/* A life begins there: it needs nothing to have led to it. */
static bool is_first(enum tcp_state state)
{
    return state == STATE_CLOSED || state == STATE_LISTEN;
}

/*
 * The change that led to the state: the last one before `until`. Else one behind it: where segments
 * cross, a receiver will itself send something before this one reaches it, and the capture shows
 * that later. @return its place, or `count` for none.
 */
static unsigned cause_of(const struct changes *changes, enum tcp_state state, unsigned until,
                         uint64_t used)
{
    for (unsigned i = until; i > 0; i--) {
        if (changes->at[i - 1].to == state && (used >> (i - 1) & 1) == 0)
            return i - 1;
    }
    for (unsigned i = until; i < changes->count && !is_first(state); i++) {
        if (changes->at[i].to == state && (used >> i & 1) == 0)
            return i;
    }
    return changes->count;
}

/* From the state back to the first one that nothing listed has led to. */
static void go_back(struct past *past, enum tcp_state state, const struct changes *changes)
{
    enum tcp_state reversed[CHANGES_MAX + 1];
    unsigned count = 0;
    uint64_t used = 0;
    unsigned place = changes->so_far;

    reversed[count++] = state;
    while ((place = cause_of(changes, state, place, used)) != changes->count) {
        used |= (uint64_t)1 << place;
        state = changes->at[place].from;
        reversed[count++] = state;
    }
    past->cut = count > PAST_MAX;
    past->count = past->cut ? PAST_MAX : count;
    for (unsigned i = 0; i < past->count; i++)
        past->at[i] = reversed[count - 1 - i];
    past->at[past->count - 1] = reversed[0];
}

/* No change is listed that leads there: it was corrected, or is more than is kept. Then it follows
 * the last one that is, unless the end has been there on the way. */
static void append(struct past *past, enum tcp_state state)
{
    for (unsigned i = past->count; i > 0 && !is_first(state); i--) {
        if (past->at[i - 1] == state) {
            past->count = i;
            return;
        }
    }
    if (past->count == PAST_MAX) {
        past->count--;
        past->cut = true;
    }
    past->at[past->count++] = state;
}

void past_of(struct past *past, const struct annotation *annotation, enum role role,
             const struct turned *turned)
{
    enum tcp_state state = annotation_role_state(annotation, role);
    struct changes changes = {0};

    *past = (struct past){0};
    if (annotation->conn == NULL)
        return;
    list(&changes, role, turned);
    go_back(past, state, &changes);
    if (past->count > 1 || changes.so_far == 0)
        return;
    go_back(past, changes.at[changes.so_far - 1].to, &changes);
    past->cut = past->cut || turned->so_far == TURNS_MAX;
    append(past, state);
}
