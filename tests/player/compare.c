/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario expects against what was shown. */
#include "finding.h"
#include "flow_internal.h"
#include "flow_wire.h"
#include "played.h"

#include <inttypes.h>
#include <string.h>

/* Where we are while comparing, for the messages. */
struct place {
    const struct flow *flow;
    const struct flow_segment *line;
    const struct shown *shown;
    struct wire wire;
    unsigned view;    /* 1 << enum flow_view */
    unsigned segment; /* of the file, from 1 */
    unsigned failures;
    FILE *out;
};

static void complain(struct place *place, unsigned line)
{
    place->failures++;
    fprintf(place->out, "%s:%u: segment #%u, ISS 0x%08" PRIx32 ", %s: ", place->flow->path, line,
            place->segment, place->wire.iss[SIDE_A],
            place->view == IN_ONE_PASS ? "one pass" : "later passes");
}

static const char *or_absent(const char *text)
{
    return text != NULL ? text : "(absent)";
}

/* The text that the field should hold; NULL: absent. */
static const char *wanted(const struct place *place, const struct flow_expect *expect,
                          char number[24])
{
    enum side sender = place->line->sender;
    uint32_t iss;

    switch (expect->value) {
    case VALUE_SENDER_SEQ:
    case VALUE_RECEIVER_SEQ:
        iss = wire_iss(&place->wire, place->line,
                       expect->value == VALUE_SENDER_SEQ ? sender : side_other(sender));
        snprintf(number, 24, "%" PRIu32, iss + (uint32_t)expect->number);
        return number;
    case VALUE_SEGMENT:
        snprintf(number, 24, "%u", flow_frame(place->flow, (unsigned)expect->number));
        return number;
    case VALUE_CLIENT:
        return expect->side == sender ? "client to server" : "server to client";
    case VALUE_NONE:
        return NULL;
    case VALUE_WORD:
    case VALUE_STATE_BEFORE:
    case VALUE_STATE_AFTER:
    case VALUE_TRANSITION:
        break;
    }
    return expect->text;
}

static bool list_has(const char *list, const char *item)
{
    size_t length = strlen(item);

    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, item, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

static unsigned list_length(const char *list)
{
    unsigned count = list != NULL;

    for (; list != NULL && *list != '\0'; list++)
        count += *list == ',';
    return count;
}

/* Transitions are a closed list where at least one of them is written. */
static void compare_transitions(struct place *place)
{
    const char *shown = place->shown->value[SHOWN_TRANSITION];
    unsigned wanted_count = 0;
    unsigned line = 0;

    for (const struct flow_expect *e = place->line->expect; e != NULL; e = e->next) {
        if (e->value != VALUE_TRANSITION || (e->views & place->view) == 0)
            continue;
        wanted_count++;
        line = e->line;
        if (!list_has(shown, e->text)) {
            complain(place, e->line);
            fprintf(place->out, "transition \"%s\" is not in %s\n", e->text, or_absent(shown));
        }
    }
    if (wanted_count != 0 && wanted_count != list_length(shown)) {
        complain(place, line);
        fprintf(place->out, "%u transitions wanted, shown: %s\n", wanted_count, or_absent(shown));
    }
}

static void compare_fields(struct place *place)
{
    for (const struct flow_expect *e = place->line->expect; e != NULL; e = e->next) {
        char number[24];
        const char *want;
        const char *got = place->shown->value[e->field];

        if ((e->views & place->view) == 0 || e->value == VALUE_TRANSITION)
            continue;
        want = wanted(place, e, number);
        if (want == NULL ? got == NULL : got != NULL && strcmp(got, want) == 0)
            continue;
        complain(place, e->line);
        fprintf(place->out, "%s is %s, want %s\n", shown_field_name(e->field), or_absent(got),
                or_absent(want));
    }
    compare_transitions(place);
}

/* The word stands in the text, and is no part of a longer number. */
static bool text_has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        bool starts = at == text || strchr("0123456789abcdefx", at[-1]) == NULL;

        if (starts && (at[length] == '\0' || strchr("0123456789abcdefx", at[length]) == NULL))
            return true;
    }
    return false;
}

/* Sentences write header bits in hexadecimal and all else in decimal. */
static bool text_has_number(const char *text, int64_t n)
{
    char decimal[24];
    char hex[24];

    snprintf(decimal, sizeof decimal, "%" PRId64, n);
    snprintf(hex, sizeof hex, "0x%03" PRIx64, (uint64_t)n);
    return text_has_word(text, decimal) || text_has_word(text, hex);
}

static uint32_t finding_base(const struct place *place, const struct shown_finding *shown)
{
    enum side sender = place->line->sender;
    enum side spoken_of = shown->of_receiver ? side_other(sender) : sender;

    if (shown->numbers == NUMBERS_SEQ)
        return wire_iss(&place->wire, place->line, spoken_of);
    if (shown->numbers == NUMBERS_ACK)
        return wire_iss(&place->wire, place->line, side_other(spoken_of));
    return 0;
}

static void compare_number(struct place *place, const struct flow_finding *f,
                           const struct shown_finding *shown, bool is_limit)
{
    int64_t want = is_limit ? f->limit : f->got;
    uint32_t raw = is_limit ? shown->limit : shown->got;
    bool right;

    if (!(is_limit ? f->has_limit : f->has_got))
        return;
    if (shown->numbers_known)
        right = (!is_limit || shown->limit_known) &&
                raw == finding_base(place, shown) + (uint32_t)want;
    else /* below its base a number is shown modulo 2^32, as Wireshark does */
        right = text_has_number(shown->detail, (int64_t)(uint32_t)want);
    if (right)
        return;
    complain(place, f->line);
    fprintf(place->out, "%s of %s: want %" PRId64 ", ", is_limit ? "limit" : "number", f->id, want);
    if (shown->numbers_known)
        fprintf(place->out, "got %" PRId32 " from the base\n",
                (int32_t)(raw - finding_base(place, shown)));
    else
        fprintf(place->out, "which is not in: %s\n", shown->detail);
}

static void compare_link(struct place *place, const struct flow_finding *f, unsigned segment)
{
    const char *frames = place->shown->value[SHOWN_FINDING_FRAME];
    char number[24];

    if (segment == 0)
        return;
    snprintf(number, sizeof number, "%u", flow_frame(place->flow, segment));
    if (frames != NULL && list_has(frames, number))
        return;
    complain(place, f->line);
    fprintf(place->out, "%s links to %s, want frame %s\n", f->id, or_absent(frames), number);
}

/* How a life ends is looked at only where the file says when its capture does. */
static bool is_looked_at(const struct place *place, const struct shown_finding *shown)
{
    return place->flow->ends || strncmp(shown->id, "end_", 4) != 0;
}

/* Closed world: each finding that is written is shown, and no other. */
static void compare_findings(struct place *place)
{
    bool used[SHOWN_FINDINGS_MAX] = {false};

    for (const struct flow_finding *f = place->line->findings; f != NULL; f = f->next) {
        unsigned i = 0;

        if ((f->views & place->view) == 0)
            continue;
        while (i < place->shown->findings &&
               (used[i] || strcmp(place->shown->finding[i].id, f->id) != 0 ||
                strcmp(place->shown->finding[i].severity, f->severity) != 0))
            i++;
        if (i == place->shown->findings) {
            complain(place, f->line);
            fprintf(place->out, "finding %s %s is not shown\n", f->id, f->severity);
            continue;
        }
        used[i] = true;
        compare_number(place, f, &place->shown->finding[i], false);
        compare_number(place, f, &place->shown->finding[i], true);
        compare_link(place, f, f->by);
        compare_link(place, f, f->about);
    }
    for (unsigned i = 0; i < place->shown->findings; i++) {
        if (used[i] || !is_looked_at(place, &place->shown->finding[i]))
            continue;
        complain(place, place->line->line);
        fprintf(place->out, "finding %s %s is shown, but not expected\n",
                place->shown->finding[i].id, place->shown->finding[i].severity);
    }
}

unsigned played_compare(const struct played *played, const struct flow *flow, uint32_t iss,
                        FILE *out)
{
    struct place place = {.flow = flow, .out = out};
    unsigned frame = 0;

    wire_start(&place.wire, flow, iss, 0);
    for (unsigned i = 0; i < flow->segments; i++) {
        place.line = &flow->segment[i];
        place.segment = i + 1;
        if (place.line->uncaptured)
            continue;
        for (int view = 0; view < FLOW_VIEWS; view++) {
            place.view = 1U << view;
            place.shown = &played->shown[view][frame];
            compare_fields(&place);
            compare_findings(&place);
        }
        frame++;
    }
    return place.failures;
}
