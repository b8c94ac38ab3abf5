/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One segment line of a scenario: +time A>B FLAGS first:after attributes <options>. */
#include "flow_internal.h"

#include <stdlib.h>
#include <string.h>

/* "0.0101" -> nanoseconds, without a detour over floating point. */
static bool time_read(const char *text, int64_t *ns)
{
    int64_t whole = 0;
    int64_t part = 0;
    int64_t unit = 1000000000;

    for (; *text >= '0' && *text <= '9'; text++)
        whole = whole * 10 + (*text - '0');
    if (*text == '.') {
        for (text++; *text >= '0' && *text <= '9' && unit > 1; text++) {
            unit /= 10;
            part += (*text - '0') * unit;
        }
    }
    *ns = whole * 1000000000 + part;
    return *text == '\0';
}

static bool flags_read(const char *text, uint16_t *flags)
{
    static const char letter[] = "FSRPAUECN"; /* in the order of enum segment_flag */

    *flags = 0;
    if (strcmp(text, ".") == 0)
        return true;
    for (; *text != '\0'; text++) {
        const char *at = strchr(letter, *text);

        if (at == NULL)
            return false;
        *flags = (uint16_t)(*flags | (1U << (at - letter)));
    }
    return true;
}

static bool range_read(const char *text, int64_t *first, int64_t *after)
{
    char copy[WORD_MAX];
    char *colon;

    strcpy(copy, text);
    colon = strchr(copy, ':');
    if (colon == NULL)
        return false;
    *colon = '\0';
    return number_read(copy, first) && number_read(colon + 1, after);
}

static const char *numbers_read(struct flow_segment *line, struct cursor *cursor)
{
    char word[WORD_MAX];
    const char *text = word;

    if (!cursor_word(cursor, word))
        return "first:after is missing";
    if (*text == '=') {
        line->raw_seq = true;
        text++;
    }
    if (!range_read(text, &line->first, &line->after))
        return "the sequence space is written first:after";
    if (line->after - line->first <
        ((line->flags & FLAG_SYN) != 0) + ((line->flags & FLAG_FIN) != 0))
        return "first:after does not leave room for SYN and FIN, which count one each";
    if (line->after - line->first > 65000)
        return "too many octets for one segment";
    return NULL;
}

struct attribute {
    const char *name;
    int64_t low, high;
};

enum {
    ATTRIBUTE_ACK,
    ATTRIBUTE_WIN,
    ATTRIBUTE_URG,
    ATTRIBUTE_RESERVED,
    ATTRIBUTE_IPID,
    ATTRIBUTE_TTL,
    ATTRIBUTE_CAPTURED,
    ATTRIBUTE_OTHER,
    ATTRIBUTES
};

static const struct attribute attributes[ATTRIBUTES] = {
    {"ack", INT32_MIN, UINT32_MAX},
    {"win", 0, 0xffff},
    {"urg", 0, 0xffff},
    {"reserved", 0, 7},
    {"ipid", 0, 0xffff},
    {"ttl", 1, 0xff},
    {"captured", 0, 65000},
    {"other", INT32_MIN, UINT32_MAX},
};

static void attribute_set(struct flow_segment *line, int which, int64_t n)
{
    switch (which) {
    case ATTRIBUTE_ACK:
        line->ack = n;
        break;
    case ATTRIBUTE_WIN:
        line->wnd_field = (uint16_t)n;
        line->has_win = true;
        break;
    case ATTRIBUTE_URG:
        line->urgent = (uint16_t)n;
        break;
    case ATTRIBUTE_RESERVED:
        line->flags = (uint16_t)(line->flags | n << 9);
        break;
    case ATTRIBUTE_IPID:
        line->ip_id = (int32_t)n;
        break;
    case ATTRIBUTE_TTL:
        line->ttl = (int32_t)n;
        break;
    case ATTRIBUTE_CAPTURED:
        line->captured = (int32_t)n;
        break;
    default:
        line->other = n;
        line->has_other = true;
        break;
    }
}

static const char *attribute_read(struct flow_segment *line, const char *name,
                                  struct cursor *cursor)
{
    char word[WORD_MAX];
    const char *text = word;
    int64_t n;

    for (int i = 0; i < ATTRIBUTES; i++) {
        if (strcmp(name, attributes[i].name) != 0)
            continue;
        if (!cursor_word(cursor, word))
            return "an attribute lacks its number";
        if (i == ATTRIBUTE_ACK && *text == '=') {
            line->raw_ack = true;
            text++;
        }
        if (!number_read(text, &n) || n < attributes[i].low || n > attributes[i].high)
            return "an attribute's number is out of range";
        attribute_set(line, i, n);
        return NULL;
    }
    if (strcmp(name, "uncaptured") == 0)
        line->uncaptured = true;
    else if (strcmp(name, "dup") == 0)
        line->duplicate = true;
    else if (strcmp(name, "badsum") == 0)
        line->bad_sum = true;
    else if (strcmp(name, "zeros") == 0)
        line->zeros = true;
    else if (strcmp(name, "padded") == 0)
        line->zeros = line->padded = true;
    else if (strcmp(name, "lost") != 0) /* says what became of it; the capture cannot tell */
        return "unknown attribute";
    return NULL;
}

/* <…> may contain blanks; everything up to > is one text. */
static const char *options_take(struct flow_segment *line, struct cursor *cursor)
{
    char text[512];
    size_t length;

    cursor->at++;
    length = strcspn(cursor->at, ">");
    if (cursor->at[length] != '>' || length >= sizeof text)
        return "the options are not closed with >";
    memcpy(text, cursor->at, length);
    text[length] = '\0';
    cursor->at += length + 1;
    return flow_read_options(line, text);
}

static const char *attributes_read(struct flow_segment *line, struct cursor *cursor)
{
    char word[WORD_MAX];
    bool has_ack = false;
    const char *error = NULL;

    while (error == NULL) {
        cursor->at += strspn(cursor->at, " \t");
        if (*cursor->at == '\0')
            break;
        if (*cursor->at == '<') {
            error = options_take(line, cursor);
            continue;
        }
        if (!cursor_word(cursor, word))
            return "an attribute cannot be read";
        has_ack = has_ack || strcmp(word, "ack") == 0;
        error = attribute_read(line, word, cursor);
    }
    if (error == NULL && !has_ack && (line->flags & FLAG_ACK) != 0)
        return "ACK is set, so ack n is needed";
    if (!has_ack)
        line->raw_ack = true; /* and zero, as RFC 9293 3.1 has it */
    return error;
}

const char *flow_read_segment(struct flow_segment *line, struct cursor *cursor)
{
    char word[WORD_MAX];
    const char *error;

    line->wnd_field = 64240;
    if (!cursor_word(cursor, word) || !time_read(word + 1, &line->delta_ns))
        return "the time is written +seconds";
    if (!cursor_word(cursor, word) || (strcmp(word, "A>B") != 0 && strcmp(word, "B>A") != 0))
        return "the direction is A>B or B>A";
    line->sender = word[0] == 'A' ? SIDE_A : SIDE_B;
    if (!cursor_word(cursor, word) || !flags_read(word, &line->flags))
        return "flags are letters of SFRPAUECN, or a dot for none";
    error = numbers_read(line, cursor);
    return error != NULL ? error : attributes_read(line, cursor);
}
