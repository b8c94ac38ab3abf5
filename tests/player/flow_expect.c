/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The indented lines of a scenario: what must be shown of the segment above them. */
#include "flow_internal.h"
#include "tcp_state.h"

#include <stdlib.h>
#include <string.h>

/* A keyword with one argument. `none` instead of the argument: the field is absent. */
static const struct keyword {
    const char *name;
    enum flow_value value;
    enum shown_field field;
} keywords[] = {
    {"phase", VALUE_WORD, SHOWN_PHASE},
    {"step", VALUE_WORD, SHOWN_HANDSHAKE_STEP},
    {"teardown", VALUE_WORD, SHOWN_TEARDOWN_STEP},
    {"kind", VALUE_WORD, SHOWN_KIND},
    {"evidence", VALUE_WORD, SHOWN_EVIDENCE},
    {"client", VALUE_CLIENT, SHOWN_DIRECTION},
    {"conn", VALUE_WORD, SHOWN_CONN_ID},
    {"incarnation", VALUE_WORD, SHOWN_INCARNATION},
    {"rst-class", VALUE_WORD, SHOWN_RST_CLASS},
    {"transition", VALUE_TRANSITION, SHOWN_TRANSITION},
    {"seq-expected", VALUE_SENDER_SEQ, SHOWN_SEQ_EXPECTED_RAW},
    {"seq-delta", VALUE_WORD, SHOWN_SEQ_DELTA},
    {"seq-length", VALUE_WORD, SHOWN_SEQ_LENGTH},
    {"seq-next", VALUE_SENDER_SEQ, SHOWN_SEQ_NEXT_RAW},
    {"seq-next-shown", VALUE_WORD, SHOWN_SEQ_NEXT},
    {"ack-expected", VALUE_RECEIVER_SEQ, SHOWN_ACK_EXPECTED_RAW},
    {"ack-delta", VALUE_WORD, SHOWN_ACK_DELTA},
    {"ack-new", VALUE_WORD, SHOWN_ACK_NEW},
    {"covers", VALUE_WORD, SHOWN_ACK_COVERS},
    {"ack-frame", VALUE_SEGMENT, SHOWN_ACK_FRAME},
    {"acked-in", VALUE_SEGMENT, SHOWN_ACKED_IN},
    {"window-left", VALUE_WORD, SHOWN_WINDOW_LEFT},
    {"window-right", VALUE_WORD, SHOWN_WINDOW_RIGHT},
    {"window-space", VALUE_WORD, SHOWN_WINDOW_SPACE},
    {"syn-in", VALUE_SEGMENT, SHOWN_SYN_IN},
    {"synack-in", VALUE_SEGMENT, SHOWN_SYNACK_IN},
    {"established-in", VALUE_SEGMENT, SHOWN_ESTABLISHED_IN},
    {"closed-in", VALUE_SEGMENT, SHOWN_CLOSED_IN},
    {"rtt", VALUE_WORD, SHOWN_HANDSHAKE_RTT},
};

static struct flow_expect *expect_new(struct flow_segment *line, unsigned number, unsigned views)
{
    struct flow_expect *expect = xcalloc(1, sizeof *expect);

    expect->line = number;
    expect->views = views;
    expect->next = line->expect;
    line->expect = expect;
    return expect;
}

static const char *keyword_read(struct flow_segment *line, struct cursor *cursor,
                                const struct keyword *keyword, struct flow_expect expect)
{
    char word[WORD_MAX];
    struct flow_expect *out;

    if (!cursor_word(cursor, word))
        return "an expectation lacks its value";
    expect.field = keyword->field;
    expect.value = keyword->value;
    if (strcmp(word, "none") == 0)
        expect.value = VALUE_NONE;
    switch (expect.value) {
    case VALUE_SENDER_SEQ:
    case VALUE_RECEIVER_SEQ:
        if (!number_read(word, &expect.number))
            return "a sequence number is expected";
        break;
    case VALUE_SEGMENT:
        if (word[0] != '#' || !number_read(word + 1, &expect.number) || expect.number < 1)
            return "a segment is named #n";
        break;
    case VALUE_CLIENT:
        if (strcmp(word, "A") != 0 && strcmp(word, "B") != 0)
            return "client is A or B";
        expect.side = word[0] == 'A' ? SIDE_A : SIDE_B;
        break;
    case VALUE_WORD:
    case VALUE_STATE_BEFORE:
    case VALUE_STATE_AFTER:
    case VALUE_TRANSITION:
    case VALUE_NONE:
        break;
    }
    expect.text = xstrdup(word);
    out = expect_new(line, expect.line, expect.views);
    expect.next = out->next;
    *out = expect;
    return NULL;
}

static bool state_known(const char *name)
{
    static const char *const names[] = {
#define X(state, text) text,
        TCP_STATES(X)
#undef X
    };

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static void state_expect(struct flow_segment *line, struct flow_expect what, const char *name)
{
    struct flow_expect *out = expect_new(line, what.line, what.views);
    bool sender = what.side == line->sender;

    out->side = what.side;
    out->value = what.value;
    if (what.value == VALUE_STATE_BEFORE)
        out->field = sender ? SHOWN_SRC_BEFORE : SHOWN_DST_BEFORE;
    else
        out->field = sender ? SHOWN_SRC_STATE : SHOWN_DST_STATE;
    out->text = xstrdup(name);
}

/* A CLOSED->SYN-SENT, or A SYN-SENT where only the state afterwards matters. */
static const char *states_read(struct flow_segment *line, struct cursor *cursor,
                               struct flow_expect what)
{
    char word[WORD_MAX];
    char *after;

    if (!cursor_word(cursor, word))
        return "a side wants its states";
    after = strstr(word, "->");
    if (after != NULL) {
        *after = '\0';
        after += 2;
        if (!state_known(word))
            return "unknown state";
        what.value = VALUE_STATE_BEFORE;
        state_expect(line, what, word);
    }
    if (!state_known(after != NULL ? after : word))
        return "unknown state";
    what.value = VALUE_STATE_AFTER;
    state_expect(line, what, after != NULL ? after : word);
    return NULL;
}

static bool reference_next(struct cursor *cursor, unsigned *segment)
{
    char word[WORD_MAX];
    int64_t n;

    if (!cursor_word(cursor, word) || word[0] != '#' || !number_read(word + 1, &n) || n < 1)
        return false;
    *segment = (unsigned)n;
    return true;
}

static const char *finding_word(struct flow_finding *finding, struct cursor *cursor,
                                const char *word)
{
    char number[WORD_MAX];

    if (strcmp(word, "pass2") == 0) {
        finding->views = IN_LATER;
        return NULL;
    }
    if (strcmp(word, "by") == 0)
        return reference_next(cursor, &finding->by) ? NULL : "by wants #n";
    if (strcmp(word, "about") == 0)
        return reference_next(cursor, &finding->about) ? NULL : "about wants #n";
    if (strcmp(word, "got") == 0) {
        finding->has_got = cursor_word(cursor, number) && number_read(number, &finding->got);
        return finding->has_got ? NULL : "got wants a number";
    }
    if (strcmp(word, "limit") == 0) {
        finding->has_limit = cursor_word(cursor, number) && number_read(number, &finding->limit);
        return finding->has_limit ? NULL : "limit wants a number";
    }
    return "a finding takes pass2, got, limit, by and about, and ends its line";
}

/* finding id severity [pass2] [got n] [limit n] [by #n] [about #n], up to the end of the line */
static const char *finding_read(struct flow_segment *line, struct cursor *cursor,
                                struct flow_expect what)
{
    char id[WORD_MAX];
    char word[WORD_MAX];
    struct flow_finding *finding;
    const char *error = NULL;

    if (!cursor_word(cursor, id) || !cursor_word(cursor, word))
        return "finding wants an id and a severity";
    finding = xcalloc(1, sizeof *finding);
    finding->line = what.line;
    finding->views = what.views;
    finding->id = xstrdup(id);
    finding->severity = xstrdup(word);
    finding->next = line->findings;
    line->findings = finding;
    while (error == NULL && cursor_word(cursor, word))
        error = finding_word(finding, cursor, word);
    return error;
}

static const char *item_read(struct flow_segment *line, struct cursor *cursor, const char *word,
                             struct flow_expect what)
{
    if (strcmp(word, "A") == 0 || strcmp(word, "B") == 0) {
        what.side = word[0] == 'A' ? SIDE_A : SIDE_B;
        return states_read(line, cursor, what);
    }
    if (strcmp(word, "finding") == 0)
        return finding_read(line, cursor, what);
    for (unsigned i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (strcmp(word, keywords[i].name) == 0)
            return keyword_read(line, cursor, &keywords[i], what);
    }
    return "unknown expectation";
}

const char *flow_read_expectations(struct flow_segment *line, struct cursor *cursor,
                                   unsigned number)
{
    char word[WORD_MAX];
    struct flow_expect what = {.line = number, .views = IN_BOTH};
    const char *error = NULL;

    while (error == NULL && cursor_word(cursor, word)) {
        if (strcmp(word, "one-pass") == 0)
            what.views = IN_ONE_PASS;
        else if (strcmp(word, "pass2") == 0)
            what.views = IN_LATER;
        else
            error = item_read(line, cursor, word, what);
    }
    return error;
}

void flow_free_expectations(struct flow_segment *line)
{
    while (line->expect != NULL) {
        struct flow_expect *expect = line->expect;

        line->expect = expect->next;
        free(expect->text);
        free(expect);
    }
    while (line->findings != NULL) {
        struct flow_finding *finding = line->findings;

        line->findings = finding->next;
        free(finding->id);
        free(finding->severity);
        free(finding);
    }
}
