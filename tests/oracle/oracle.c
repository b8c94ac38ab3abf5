/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plays legal lives of TCP connections, shows the plugin's model what a capture of them holds, and
 * says how often the model is right about the state of either end.
 *
 *   oracle                          every kind of impairment, a table, exit status by the floors
 *   oracle --kind loss --show 3     … one kind, with the first disagreements spelled out
 *   oracle --kind loss --life 17 [--dump-pcap FILE]    one life, whole
 *   oracle --fuzz N                 N tuples of garbage
 */
#include "cause.h"
#include "garbage.h"
#include "octets.h"
#include "show.h"
#include "soundness.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The least agreement in per cent: one pass {tail, head}, with hindsight {tail, head}. THE place to
 * change it. The aim is 99.0 in one pass and 99.5 with hindsight, 97 where the capture loses
 * frames, 96 where it begins late; 99.9 is the goal behind it. A figure below the aim is what is
 * reached so far. One direction alone tells little: there the ceiling is the aim (about 95 and 98).
 */
static const struct floor {
    enum kind kind;
    double one[PLACES], two[PLACES];
} floors[KIND_COUNT] = {
    {KIND_CLEAN, {99.5, 99.0}, {99.5, 99.5}},     {KIND_ASYMMETRY, {99.5, 99.0}, {99.5, 99.5}},
    {KIND_LOSS, {99.0, 98.5}, {99.0, 98.5}},      {KIND_REORDER, {99.0, 98.5}, {99.0, 98.5}},
    {KIND_DUPLICATE, {99.0, 98.5}, {99.0, 98.5}}, {KIND_CAPLOSS, {99.0, 98.5}, {99.0, 98.5}},
    {KIND_CAPORDER, {99.0, 98.0}, {99.0, 98.0}},  {KIND_ONEWAY, {82.0, 75.0}, {82.0, 75.0}},
    {KIND_MIDSTREAM, {97.0, 96.0}, {97.0, 96.0}}, {KIND_FORGED, {98.0, 93.0}, {98.0, 93.0}},
    {KIND_MIXED, {99.0, 98.5}, {99.0, 98.5}},
};

struct options {
    uint64_t lives, seed, life, fuzz;
    bool one_life, check;
    const char *list; /* findings of this id or severity are listed one by one */
    int kind; /* -1: all */
    unsigned show, context, classes;
    int speaker; /* whose disagreements are shown */
    const char *pcap;
};

static struct life life;
static struct view view;
static struct trial trial;
static struct tally tallies[KIND_COUNT];

static void dump_pcap(const char *path)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL) {
        perror(path);
        exit(2);
    }
    octets_pcap_begin(file);
    for (uint32_t i = 0; i < view.count; i++)
        octets_pcap_frame(file, &view.frames[i].segment, view_sent(&view, i)->as);
    fclose(file);
}

static void show_first(const struct options *options, unsigned *shown)
{
    enum speaker who = (enum speaker)options->speaker;

    for (uint32_t i = 0; i < view.count && *shown < options->show; i++) {
        if (trial_right(&trial, &view, who, PLACE_TAIL, i) &&
            trial_right(&trial, &view, who, PLACE_HEAD, i))
            continue;
        show_life(&life);
        show_frames(&trial, &view, i > options->context ? i - options->context : 0,
                    i + options->context, i);
        ++*shown;
        return; /* one of each life is enough */
    }
}

/* One line for each finding that is asked for. */
static void list_findings(const struct options *options)
{
    const struct verdicts *verdicts = &trial.verdicts;

    for (uint32_t i = 0; options->list != NULL && i < verdicts->count; i++) {
        const struct raised *raised = &verdicts->list[i];
        bool is_alarm = strcmp(options->list, "alarm") == 0 && verdicts_is_alarm(raised);

        if (is_alarm || strcmp(options->list, verdicts_severity(raised)) == 0 ||
            strcmp(options->list, verdicts_name(raised->id)) == 0)
            printf("%s %s seed %" PRIu64 " kind %s life %" PRIu64 " frame %u about %u of %u\n",
                   verdicts_name(raised->id), verdicts_severity(raised), life.seed,
                   kind_name(life.kind), life.number, raised->index + 1, raised->about, view.count);
    }
}

static void run_kind(const struct options *options, enum kind kind, unsigned *unsound)
{
    struct tally *tally = &tallies[kind];
    unsigned shown = 0;

    for (uint64_t i = 0; i < options->lives; i++) {
        life_run(&life, options->seed, i, kind);
        *unsound += soundness_check(&life);
        view_make(&view, &life);
        trial_run(&trial, &view);
        tally_add(tally, &trial, &view);
        show_first(options, &shown);
        list_findings(options);
    }
}

static int run_life(const struct options *options)
{
    life_run(&life, options->seed, options->life, (enum kind)options->kind);
    view_make(&view, &life);
    trial_run(&trial, &view);
    show_life(&life);
    show_frames(&trial, &view, 0, view.count, UINT32_MAX);
    if (options->pcap != NULL)
        dump_pcap(options->pcap);
    return (int)soundness_check(&life);
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 100.0 : 100.0 * (double)part / (double)whole;
}

static void print_tally(enum kind kind)
{
    static const char *const names[SPEAKERS] = {"one pass", "hindsight", "ceiling"};
    const struct tally *tally = &tallies[kind];

    printf("%-10s %6" PRIu64 " lives %8" PRIu64 " frames %5" PRIu64 " stray\n", kind_name(kind),
           tally->lives, tally->frames, tally->strays);
    for (unsigned who = 0; who < SPEAKERS; who++)
        printf("    %-10s tail strict %7.3f wire %7.3f of %" PRIu64
               "   head strict %7.3f wire %7.3f of %" PRIu64 "   lives %7.3f\n",
               names[who], percent(tally->strict[who][PLACE_TAIL], tally->known[PLACE_TAIL]),
               percent(tally->wire[who][PLACE_TAIL], tally->known[PLACE_TAIL]),
               tally->known[PLACE_TAIL],
               percent(tally->strict[who][PLACE_HEAD], tally->known[PLACE_HEAD]),
               percent(tally->wire[who][PLACE_HEAD], tally->known[PLACE_HEAD]),
               tally->known[PLACE_HEAD], percent(tally->perfect[who], tally->lives));
}

static int example_order(const void *a, const void *b)
{
    const struct example *const *x = a;
    const struct example *const *y = b;

    return (*x)->count > (*y)->count ? -1 : (*x)->count < (*y)->count;
}

/* The commonest disagreements of one speaker, each with one place to look at. */
static void print_confusions(const struct options *options, const struct tally *tally,
                             enum speaker who, unsigned place)
{
    static const char *const names[SPEAKERS] = {"one pass", "hindsight", "ceiling"};
    const struct example *first = &tally->confused[who][place][0][0];
    const struct example *sorted[STATES * STATES];

    for (unsigned i = 0; i < STATES * STATES; i++)
        sorted[i] = first + i;
    qsort(sorted, STATES * STATES, sizeof *sorted, example_order);
    for (unsigned n = 0; n < options->classes && sorted[n]->count != 0; n++) {
        ptrdiff_t i = sorted[n] - first;

        printf("        %s, %s: %" PRIu64 " times %s, said %s (life %" PRIu64 " frame %u)\n",
               place == PLACE_TAIL ? "tail" : "head", names[who], sorted[n]->count,
               tcp_state_name((enum tcp_state)(i / STATES)),
               tcp_state_name((enum tcp_state)(i % STATES)), sorted[n]->life, sorted[n]->frame);
    }
}

/* Why the rest disagrees, with hindsight: each class with its share and one place to look at. */
static void print_causes(const struct tally *tally)
{
    for (unsigned cause = 0; cause < CAUSES; cause++) {
        const struct example *example = &tally->cause_lives[cause];

        if (example->count == 0)
            continue;
        printf("        why: %5" PRIu64 " tail %5" PRIu64 " head: %s (life %" PRIu64
               " frame %u)\n",
               tally->causes[PLACE_TAIL][cause], tally->causes[PLACE_HEAD][cause],
               cause_text((enum cause)cause), example->life, example->frame);
    }
}

/* Findings of severity warn or error. @return how many, but for the kind where somebody cheats. */
static uint64_t print_findings(enum kind kind)
{
    const struct tally *tally = &tallies[kind];
    uint64_t count = 0;

    for (unsigned id = 0; verdicts_name(id) != NULL; id++) {
        if (tally->findings[id] == 0)
            continue;
        count += tally->findings[id];
        printf("        false alarm %s: %" PRIu64 " times in %" PRIu64 " lives (life %" PRIu64
               " frame %u)\n",
               verdicts_name(id), tally->findings[id], tally->finding_lives[id].count,
               tally->finding_lives[id].life, tally->finding_lives[id].frame);
    }
    return kind == KIND_FORGED ? 0 : count;
}

/* Are all figures of a kind at or above its floors? */
static bool above_floor(const struct floor *floor)
{
    static const char *const places[PLACES] = {"tail", "head"};
    const struct tally *tally = &tallies[floor->kind];
    bool good = true;

    for (unsigned place = 0; place < PLACES; place++) {
        double one = percent(tally->wire[SPEAKER_ONE][place], tally->known[place]);
        double two = percent(tally->wire[SPEAKER_TWO][place], tally->known[place]);

        if (tally->lives == 0 || (one >= floor->one[place] && two >= floor->two[place]))
            continue;
        printf("BELOW THE FLOOR: %s %s: one pass %.3f (floor %.1f), hindsight %.3f (floor %.1f)\n",
               kind_name(floor->kind), places[place], one, floor->one[place], two,
               floor->two[place]);
        good = false;
    }
    return good;
}

static int report(const struct options *options, unsigned unsound)
{
    bool good = unsound == 0;
    uint64_t alarms = 0;

    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        if (tallies[kind].lives == 0)
            continue;
        print_tally((enum kind)kind);
        for (unsigned who = 0; who < SPEAKERS; who++)
            for (unsigned place = 0; place < PLACES; place++)
                print_confusions(options, &tallies[kind], (enum speaker)who, place);
        print_causes(&tallies[kind]);
        alarms += print_findings((enum kind)kind);
    }
    if (unsound != 0)
        printf("%u lives are not sound: the simulation is wrong\n", unsound);
    for (unsigned i = 0; i < KIND_COUNT && options->check; i++)
        good = above_floor(&floors[i]) && good;
    if (alarms != 0)
        printf("%" PRIu64 " false alarms on lives that break no rule\n", alarms);
    return good && (alarms == 0 || !options->check) ? 0 : 1;
}

static int kind_of(const char *name)
{
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        if (strcmp(kind_name((enum kind)kind), name) == 0)
            return (int)kind;
    fprintf(stderr, "no such kind: %s\n", name);
    exit(2);
}

static void option(struct options *options, const char *name, const char *value)
{
    if (strcmp(name, "--lives") == 0) {
        options->lives = strtoull(value, NULL, 10);
    } else if (strcmp(name, "--seed") == 0) {
        options->seed = strtoull(value, NULL, 10);
    } else if (strcmp(name, "--kind") == 0) {
        options->kind = kind_of(value);
    } else if (strcmp(name, "--show") == 0) {
        options->show = (unsigned)strtoul(value, NULL, 10);
    } else if (strcmp(name, "--context") == 0) {
        options->context = (unsigned)strtoul(value, NULL, 10);
    } else if (strcmp(name, "--classes") == 0) {
        options->classes = (unsigned)strtoul(value, NULL, 10);
    } else if (strcmp(name, "--speaker") == 0) {
        options->speaker = strcmp(value, "1") == 0   ? SPEAKER_ONE
                           : strcmp(value, "2") == 0 ? SPEAKER_TWO
                                                     : SPEAKER_CEILING;
    } else if (strcmp(name, "--life") == 0) {
        options->life = strtoull(value, NULL, 10);
        options->one_life = true;
    } else if (strcmp(name, "--list") == 0) {
        options->list = value;
    } else if (strcmp(name, "--fuzz") == 0) {
        options->fuzz = strtoull(value, NULL, 10);
    } else if (strcmp(name, "--dump-pcap") == 0) {
        options->pcap = value;
    } else {
        fprintf(stderr, "unknown option %s\n", name);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    struct options options = {
        .lives = 300, .seed = 1, .kind = -1, .context = 8, .classes = 3, .speaker = SPEAKER_TWO};
    unsigned unsound = 0;
    int i = 1;

    if (i < argc && strcmp(argv[i], "--check") == 0) {
        options.check = true;
        i++;
    }
    for (; i + 1 < argc; i += 2)
        option(&options, argv[i], argv[i + 1]);
    if (i < argc || (options.one_life && options.kind < 0)) {
        fprintf(
            stderr,
            "usage: oracle [--check] [--lives N] [--seed S] [--kind K] [--show N] "
            "[--context N] [--classes N] [--speaker 1|2|c] [--life N --kind K [--dump-pcap FILE]] "
            "[--list alarm|SEVERITY|ID] [--fuzz N]\n");
        return 2;
    }
    if (options.fuzz != 0)
        return garbage_run(options.seed, options.fuzz);
    if (options.one_life)
        return run_life(&options);
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        if (options.kind < 0 || options.kind == (int)kind)
            run_kind(&options, (enum kind)kind, &unsound);
    return report(&options, unsound);
}
