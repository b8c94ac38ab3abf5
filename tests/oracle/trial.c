/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trial.h"

#include "cause.h"
#include "history.h"
#include "test_arena.h"

#include <string.h>

static void trial_amend(void *context, uint32_t id, enum amendment what, uint32_t value)
{
    struct trial *trial = context;

    if (id >= VIEW_MAX || value >= STATES)
        return;
    if (what == AMEND_SRC_STATE)
        trial->said[SPEAKER_TWO][PLACE_TAIL][id] = (uint8_t)value;
    if (what == AMEND_DST_STATE)
        trial->said[SPEAKER_TWO][PLACE_HEAD][id] = (uint8_t)value;
}

/* Contract, phase stray: no incarnation yet, and this segment cannot start one. It says UNKNOWN by
 * decree, so only a frame that really has that shape is excused. */
static bool trial_may_be_stray(const struct segment *segment)
{
    return segment_has(segment, FLAG_RST) ||
           (!segment_has(segment, FLAG_ACK) && !segment_is_syn(segment));
}

void trial_run(struct trial *trial, const struct view *view)
{
    const struct life *life = view->life;
    const struct model_settings settings = {.msl_seconds = life->msl_seconds,
                                            .amend = trial_amend,
                                            .amend_context = trial,
                                            .copies_mib = 1};
    struct test_arena arena;
    struct history *history;
    bool begun = false;

    memset(&trial->verdicts, 0, sizeof trial->verdicts);
    trial->verdicts.view = view;
    test_arena_start(&arena);
    history = history_new(model_new(&arena.arena, &settings), NULL);
    for (uint32_t i = 0; i < view->count; i++) {
        const struct segment *segment = &view->frames[i].segment;
        struct step step;

        history_apply(history, segment, &step);
        for (unsigned pass = 0; pass < 2; pass++) {
            trial->said[pass][PLACE_TAIL][i] = (uint8_t)path_end(&step.src);
            trial->said[pass][PLACE_HEAD][i] = (uint8_t)path_end(&step.dst);
        }
        trial->stray[i] = !begun && step.conn == NULL && trial_may_be_stray(segment);
        begun = begun || !trial_may_be_stray(segment);
        verdicts_take(&trial->verdicts, &step, life->msl_seconds, i);
        trial->conn[i] = step.conn;
    }
    for (uint32_t i = 0; i < view->count; i++)
        if (trial->conn[i] != NULL && trial->conn[i]->last_frame == view->frames[i].segment.frame)
            verdicts_end(&trial->verdicts, trial->conn[i],
                         history_has_outlived(history, trial->conn[i]), i);
    test_arena_end(&arena);
    informed_observe(&trial->ceiling, view);
}

uint8_t trial_said(const struct trial *trial, enum speaker who, enum place place, uint32_t i)
{
    if (who == SPEAKER_CEILING)
        return place == PLACE_TAIL ? trial->ceiling.tail[i] : trial->ceiling.head[i];
    return trial->said[who][place][i];
}

bool trial_right(const struct trial *trial, const struct view *view, enum speaker who,
                 enum place place, uint32_t i)
{
    struct answer answer = place == PLACE_TAIL ? view_tail(view, i) : view_head(view, i);
    uint8_t said = trial_said(trial, who, place, i);

    return !answer.known || trial->stray[i] || said == answer.state ||
           (answer.others >> said & 1) != 0;
}

static void tally_confused(struct example *example, const struct view *view, uint32_t i)
{
    if (example->count++ != 0 && example->length <= view->count)
        return;
    example->length = view->count;
    example->life = view->life->number;
    example->frame = i + 1;
}

_Static_assert(CAUSES == CAUSES_MAX, "the tally has room for each cause");

static void tally_cause(struct tally *tally, const struct trial *trial, const struct view *view,
                        enum place place, uint32_t i)
{
    enum cause cause;

    if (trial_right(trial, view, SPEAKER_TWO, place, i))
        return;
    cause = cause_of(trial, view, place, i);
    tally->causes[place][cause]++;
    tally_confused(&tally->cause_lives[cause], view, i);
}

static void tally_place(struct tally *tally, const struct trial *trial, const struct view *view,
                        enum place place, uint32_t i)
{
    struct answer answer = place == PLACE_TAIL ? view_tail(view, i) : view_head(view, i);

    if (!answer.known)
        return;
    tally->known[place]++;
    tally_cause(tally, trial, view, place, i);
    for (unsigned who = 0; who < SPEAKERS; who++) {
        uint8_t said = trial_said(trial, (enum speaker)who, place, i);

        tally->strict[who][place] += said == answer.state;
        if (said == answer.state || (answer.others >> said & 1) != 0)
            tally->wire[who][place]++;
        else
            tally_confused(&tally->confused[who][place][answer.state][said], view, i);
    }
}

static bool tally_all_right(const struct trial *trial, const struct view *view, enum speaker who)
{
    for (uint32_t i = 0; i < view->count; i++)
        if (!trial_right(trial, view, who, PLACE_TAIL, i) ||
            !trial_right(trial, view, who, PLACE_HEAD, i))
            return false;
    return true;
}

/* The findings that a legal life must not have. */
static void tally_findings(struct tally *tally, const struct verdicts *verdicts,
                           const struct view *view)
{
    bool met[VERDICT_IDS] = {false};

    for (uint32_t i = 0; i < verdicts->count; i++) {
        const struct raised *raised = &verdicts->list[i];

        if (!verdicts_is_alarm(raised))
            continue;
        tally->findings[raised->id]++;
        if (!met[raised->id])
            tally_confused(&tally->finding_lives[raised->id], view, raised->index);
        met[raised->id] = true;
    }
}

void tally_add(struct tally *tally, const struct trial *trial, const struct view *view)
{
    for (unsigned who = 0; who < SPEAKERS; who++)
        tally->perfect[who] += tally_all_right(trial, view, (enum speaker)who);
    tally->lives++;
    tally->frames += view->count;
    for (uint32_t i = 0; i < view->count; i++) {
        if (trial->stray[i]) {
            tally->strays++;
            continue;
        }
        tally_place(tally, trial, view, PLACE_TAIL, i);
        tally_place(tally, trial, view, PLACE_HEAD, i);
    }
    tally_findings(tally, &trial->verdicts, view);
}
