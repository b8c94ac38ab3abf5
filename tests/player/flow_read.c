/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files, lines and directives of a scenario. */
#include "flow_internal.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_OCTETS 1024

void *xcalloc(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(2);
    }
    return memory;
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(xcalloc(1, size), text, size);
}

bool cursor_word(struct cursor *cursor, char word[WORD_MAX])
{
    const char *at = cursor->at;
    const char *stops = " \t";
    size_t length;

    at += strspn(at, " \t");
    if (*at == '"') {
        at++;
        stops = "\"";
    }
    length = strcspn(at, stops);
    if (length == 0 || length >= WORD_MAX) {
        cursor->at = at;
        return false;
    }
    memcpy(word, at, length);
    word[length] = '\0';
    at += length;
    cursor->at = *at == '"' ? at + 1 : at;
    return true;
}

bool number_read(const char *text, int64_t *number)
{
    char *end;

    if (*text == '\0')
        return false;
    *number = strtoll(text, &end, 0);
    return *end == '\0';
}

struct flow *flow_new(const char *path)
{
    static const int16_t address[2][4] = {{10, 1, -1, -1}, {10, 2, -1, -1}};
    struct flow *flow = xcalloc(1, sizeof *flow);

    flow->path = xstrdup(path);
    flow->port[SIDE_A] = 40000;
    flow->port[SIDE_B] = 9; /* discard: no dissector reads a meaning into the payload */
    memcpy(flow->address, address, sizeof address);
    return flow;
}

void flow_free(struct flow *flow)
{
    if (flow == NULL)
        return;
    for (unsigned i = 0; i < flow->segments; i++)
        flow_free_expectations(&flow->segment[i]);
    free(flow->segment);
    free(flow->path);
    free(flow);
}

uint32_t flow_payload(const struct flow_segment *line)
{
    int64_t len = line->after - line->first;

    len -= (line->flags & FLAG_SYN) != 0;
    len -= (line->flags & FLAG_FIN) != 0;
    return (uint32_t)len;
}

unsigned flow_frame(const struct flow *flow, unsigned segment)
{
    unsigned frame = 0;

    if (segment == 0 || segment > flow->segments || flow->segment[segment - 1].uncaptured)
        return 0;
    for (unsigned i = 0; i < segment; i++)
        frame += !flow->segment[i].uncaptured;
    return frame;
}

static bool side_read(struct cursor *cursor, enum side *side)
{
    char word[WORD_MAX];

    if (!cursor_word(cursor, word) || (strcmp(word, "A") != 0 && strcmp(word, "B") != 0))
        return false;
    *side = word[0] == 'A' ? SIDE_A : SIDE_B;
    return true;
}

static bool number_word(struct cursor *cursor, int64_t *number)
{
    char word[WORD_MAX];

    return cursor_word(cursor, word) && number_read(word, number);
}

/* address A 10.1.x.y: a letter stands for an octet that the player fills in. */
static const char *address_read(struct flow *flow, struct cursor *cursor)
{
    enum side side;
    char word[WORD_MAX];
    char *octet;

    if (!side_read(cursor, &side) || !cursor_word(cursor, word))
        return "address wants a side and an IPv4 address";
    octet = strtok(word, ".");
    for (unsigned i = 0; i < 4; i++, octet = strtok(NULL, ".")) {
        int64_t n = -1;

        if (octet == NULL || (strcmp(octet, i == 2 ? "x" : "y") != 0 && !number_read(octet, &n)))
            return "an address has four parts, of which the last two may be x and y";
        flow->address[side][i] = (int16_t)n;
    }
    return octet == NULL ? NULL : "an address has four parts";
}

static const char *directive_read(struct flow *flow, struct cursor *cursor)
{
    char word[WORD_MAX];
    int64_t n;
    enum side side;

    if (!cursor_word(cursor, word))
        return NULL;
    if (strcmp(word, "ports") == 0) {
        for (int i = 0; i < 2; i++) {
            if (!number_word(cursor, &n) || n < 0 || n > 0xffff)
                return "ports wants two numbers";
            flow->port[i] = (uint16_t)n;
        }
        return NULL;
    }
    if (strcmp(word, "ends") == 0) {
        flow->ends = number_word(cursor, &n) && n >= 0;
        flow->ends_ns = n * 1000000;
        return flow->ends ? NULL : "ends wants a number of milliseconds";
    }
    if (strcmp(word, "address") == 0)
        return address_read(flow, cursor);
    if (strcmp(word, "iss") == 0) {
        if (!side_read(cursor, &side) || !number_word(cursor, &n))
            return "iss wants a side and a number";
        cursor->iss[side] = n;
        return NULL;
    }
    return "neither a segment (+time), nor a known directive, nor indented";
}

static const char *line_read(struct flow *flow, struct cursor *cursor, unsigned number)
{
    struct flow_segment *line;
    const char *error;
    size_t size = (flow->segments + 1) * sizeof *flow->segment;

    if (*cursor->at == ' ' || *cursor->at == '\t') {
        if (flow->segments == 0)
            return "an expectation before the first segment";
        return flow_read_expectations(&flow->segment[flow->segments - 1], cursor, number);
    }
    if (*cursor->at != '+')
        return directive_read(flow, cursor);
    line = realloc(flow->segment, size);
    if (line == NULL)
        return "out of memory";
    flow->segment = line;
    line += flow->segments;
    *line = (struct flow_segment){.line = number, .ip_id = -1, .ttl = -1, .captured = -1};
    memcpy(line->iss, cursor->iss, sizeof line->iss);
    error = flow_read_segment(line, cursor);
    if (error == NULL)
        flow->segments++;
    return error;
}

/* A # that stands alone or begins the line starts a comment; #5 is a segment. */
static void comment_cut(char *text)
{
    for (char *at = text; (at = strchr(at, '#')) != NULL; at++) {
        if (at == text || at[1] == ' ' || at[1] == '\0') {
            *at = '\0';
            return;
        }
    }
}

const char *flow_add_line(struct flow *flow, const char *text, unsigned line)
{
    char buffer[LINE_MAX_OCTETS];
    struct cursor cursor = {.at = buffer};
    const char *error;
    size_t length = strcspn(text, "\r\n");

    if (length >= sizeof buffer)
        return "the line is too long";
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    comment_cut(buffer);
    if (buffer[strspn(buffer, " \t")] == '\0')
        return NULL;
    memcpy(cursor.iss, flow->iss, sizeof cursor.iss);
    error = line_read(flow, &cursor, line);
    memcpy(flow->iss, cursor.iss, sizeof cursor.iss);
    return error;
}

/* #n must name a segment of the file that the capture holds. */
static const char *references_check(const struct flow *flow, unsigned *line)
{
    for (unsigned i = 0; i < flow->segments; i++) {
        for (const struct flow_expect *e = flow->segment[i].expect; e != NULL; e = e->next) {
            *line = e->line;
            if (e->value == VALUE_SEGMENT && flow_frame(flow, (unsigned)e->number) == 0)
                return "#n names no captured segment of this file";
        }
        for (const struct flow_finding *f = flow->segment[i].findings; f != NULL; f = f->next) {
            *line = f->line;
            if ((f->by != 0 && flow_frame(flow, f->by) == 0) ||
                (f->about != 0 && flow_frame(flow, f->about) == 0))
                return "#n names no captured segment of this file";
        }
        *line = flow->segment[i].line;
        if (flow->segment[i].uncaptured && (flow->segment[i].expect || flow->segment[i].findings))
            return "nothing can be expected of a segment that was not captured";
    }
    *line = 0;
    return flow->segments == 0 ? "the file holds no segment" : NULL;
}

struct flow *flow_read(const char *path, FILE *errors)
{
    FILE *file = fopen(path, "r");
    struct flow *flow;
    char text[LINE_MAX_OCTETS + 2];
    const char *error = NULL;
    unsigned line = 0;

    if (file == NULL) {
        fprintf(errors, "%s: cannot be read\n", path);
        return NULL;
    }
    flow = flow_new(path);
    while (error == NULL && fgets(text, sizeof text, file) != NULL)
        error = flow_add_line(flow, text, ++line);
    fclose(file);
    if (error == NULL)
        error = references_check(flow, &line);
    if (error == NULL)
        return flow;
    fprintf(errors, "%s:%u: %s\n", path, line, error);
    flow_free(flow);
    return NULL;
}
