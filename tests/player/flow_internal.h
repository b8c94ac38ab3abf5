/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the parts of the scenario reader: a cursor over one line, and the parts' doors.
 * Every reader returns NULL when all is well, else a constant sentence.
 */
#ifndef TCPSTATE_TESTS_FLOW_INTERNAL_H
#define TCPSTATE_TESTS_FLOW_INTERNAL_H

#include "flow.h"

struct cursor {
    const char *at;
    int64_t iss[2]; /* of the lines that follow: set by `iss` directives */
};

#define WORD_MAX 128

/** The next blank-separated word (a "…" counts as one, without its quotes); false at the end. */
bool cursor_word(struct cursor *cursor, char word[WORD_MAX]);

/** Decimal, or hexadecimal with 0x; false unless all of the text is a number. */
bool number_read(const char *text, int64_t *number);

const char *flow_read_segment(struct flow_segment *line, struct cursor *cursor);
const char *flow_read_options(struct flow_segment *line, const char *text);
const char *flow_read_expectations(struct flow_segment *line, struct cursor *cursor,
                                   unsigned number);
void flow_free_expectations(struct flow_segment *line);

void *xcalloc(size_t count, size_t size);
char *xstrdup(const char *text);

#endif
