/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clean lives with one thing changed: is the change told of, by the row that names it, and by no
 * other of a higher severity? The table that it prints has the share per change and per family.
 */
#include "change.h"
#include "history.h"
#include "judge.h"
#include "test_arena.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the judgement says of one capture. */
struct said {
    uint32_t count[FINDINGS];
    uint8_t severity[FINDINGS]; /* the highest */
};

struct score {
    uint32_t tried, told, louder;
    uint64_t missed_life, louder_life; /* one of each to look at */
    unsigned louder_id;
};

static struct life life;
static struct view original, changed;
static struct said before, after;
static struct docket docket;

/* One line per frame, and what is said of it. */
static void print_frame(const struct segment *segment, const struct verdict *verdict)
{
    printf("%4u %11.6f %c %03x seq %10" PRIu32 " len %5" PRIu32 " ack %10" PRIu32 " win %5u",
           segment->frame, (double)(segment->time_ns % (1000 * SECOND_NS)) / 1e9,
           segment->sender == SIDE_A ? 'A' : 'B', segment->flags, seq_span(segment->seq, seq_of(0)),
           segment->len, seq_span(segment->ack, seq_of(0)), segment->wnd_field);
    for (unsigned f = 0; f < verdict->count; f++)
        printf("  %s %s", finding_row((enum finding_id)verdict->findings[f].id)->id,
               severity_name((enum severity)verdict->findings[f].severity));
    printf("\n");
}

static void judge_view(const struct view *view, struct said *said, bool shown)
{
    const struct model_settings settings = {.msl_seconds = view->life->msl_seconds,
                                            .copies_mib = 1};
    struct limits limits = limits_standard;
    struct test_arena arena;
    struct history *history;
    static struct verdict verdict;

    memset(said, 0, sizeof *said);
    memset(&docket, 0, sizeof docket);
    limits.msl_seconds = view->life->msl_seconds;
    test_arena_start(&arena);
    history = history_new(model_new(&arena.arena, &settings), NULL);
    for (uint32_t i = 0; i < view->count; i++) {
        struct step step;

        history_apply(history, &view->frames[i].segment, &step);
        judge(&step, &limits, &docket, &verdict);
        if (shown)
            print_frame(&view->frames[i].segment, &verdict);
        for (unsigned f = 0; f < verdict.count; f++) {
            const struct finding *finding = &verdict.findings[f];

            said->count[finding->id]++;
            if (said->severity[finding->id] < finding->severity)
                said->severity[finding->id] = finding->severity;
        }
    }
    test_arena_end(&arena);
}

static bool is_new(unsigned id)
{
    return after.count[id] > before.count[id];
}

/* A finding that the change brought, of a higher severity than the row has; FINDINGS: none. */
static unsigned louder_than(enum finding_id row)
{
    unsigned severity = is_new(row) ? after.severity[row] : (unsigned)finding_row(row)->severity;

    for (unsigned id = 0; id < FINDINGS; id++)
        if (is_new(id) && after.severity[id] > severity)
            return id;
    return FINDINGS;
}

static void try_change(const struct change *change, struct score *score)
{
    struct rng rng = rng_start(life.number, (uint64_t)(change - changes));
    unsigned louder;

    changed = original;
    if (original.count == 0 || !change->make(&changed, &rng))
        return;
    judge_view(&changed, &after, false);
    score->tried++;
    if (is_new(change->row))
        score->told++;
    else
        score->missed_life = life.number;
    louder = louder_than(change->row);
    if (louder == FINDINGS)
        return;
    score->louder++;
    score->louder_life = life.number;
    score->louder_id = louder;
}

static double percent(uint32_t part, uint32_t whole)
{
    return whole == 0 ? 0.0 : 100.0 * part / whole;
}

static void print_change(unsigned n, const struct score *score)
{
    printf("%3u %-26s %-45s %6" PRIu32 " %6.1f", n, finding_row(changes[n].row)->id,
           changes[n].what, score->tried, percent(score->told, score->tried));
    if (score->told < score->tried)
        printf("   missed in life %" PRIu64, score->missed_life);
    if (score->louder != 0)
        printf("   %" PRIu32 " times louder: %s (life %" PRIu64 ")", score->louder,
               finding_row((enum finding_id)score->louder_id)->id, score->louder_life);
    printf("\n");
}

static void print_families(const struct score *scores)
{
    for (unsigned family = 0; family < FAMILIES; family++) {
        struct score sum = {0};

        for (unsigned i = 0; i < change_count; i++) {
            if (finding_row(changes[i].row)->family != family)
                continue;
            sum.tried += scores[i].tried;
            sum.told += scores[i].told;
        }
        if (sum.tried != 0)
            printf("    %-26s %-45s %6" PRIu32 " %6.1f\n",
                   finding_family_word((enum finding_family)family), "recall of the family",
                   sum.tried, percent(sum.told, sum.tried));
    }
}

/* What the header alone shows is always told; of the rest, which later segments may leave
 * undecided, most. */
static bool is_good(const struct change *change, const struct score *score)
{
    const double most = 90.0;

    if (finding_row(change->row)->family == FAMILY_HEADER && score->told < score->tried)
        return false;
    return score->tried != 0 && score->louder == 0 && percent(score->told, score->tried) >= most;
}

/* One life with the n-th change of the table. */
static int show_change(unsigned n, uint64_t seed, uint64_t number)
{
    struct rng rng = rng_start(number, n);

    life_run(&life, seed, number, KIND_CLEAN);
    view_make(&changed, &life);
    if (n >= change_count || !changes[n].make(&changed, &rng))
        return 2;
    judge_view(&changed, &after, true);
    return 0;
}

/* The table. */
static bool show_table(uint64_t seed, uint64_t lives)
{
    static struct score scores[256];
    bool good = change_count <= sizeof scores / sizeof scores[0];

    for (uint64_t i = 0; i < lives && good; i++) {
        life_run(&life, seed, i, KIND_CLEAN);
        view_make(&original, &life);
        judge_view(&original, &before, false);
        for (unsigned c = 0; c < change_count; c++)
            try_change(&changes[c], &scores[c]);
    }
    printf("%-3s %-26s %-45s %6s %6s\n", "", "finding", "change", "lives", "told %");
    for (unsigned c = 0; c < change_count; c++) {
        print_change(c, &scores[c]);
        good = is_good(&changes[c], &scores[c]) && good;
    }
    print_families(scores);
    return good;
}

int main(int argc, char **argv)
{
    uint64_t numbers[4] = {300, 1, 0, 0};

    if (argc == 4 || argc > 5) {
        fprintf(stderr, "usage: mutation [LIVES [SEED [CHANGE LIFE]]]\n");
        return 2;
    }
    for (int i = 1; i < argc; i++)
        numbers[i - 1] = strtoull(argv[i], NULL, 10);
    if (argc == 5)
        return show_change((unsigned)numbers[2], numbers[1], numbers[3]);
    return show_table(numbers[1], numbers[0]) ? 0 : 1;
}
