/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sentence_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text text_begin(char *out, size_t size)
{
    struct text text = {out, size, 0};
    if (size > 0)
        out[0] = '\0';
    return text;
}

static void put(struct text *text, const char *octets, size_t count)
{
    size_t room = text->size - text->length - 1;

    if (count > room)
        count = room;
    memcpy(text->out + text->length, octets, count);
    text->length += count;
    text->out[text->length] = '\0';
}

static void put_number(struct text *text, unsigned long number)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    put(text, digits + at, sizeof(digits) - at);
}

/* Nothing but %s, %u and %lu: what nearly all sentences are made of. */
static bool is_plain(const char *format)
{
    for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at + 1, '%')) {
        if (at[1] == 'l')
            at++;
        if (at[1] != 'u' && (at[1] != 's' || at[0] == 'l'))
            return false;
    }
    return true;
}

static void put_plain(struct text *text, const char *format, va_list arguments)
{
    const char *at;

    while ((at = strchr(format, '%')) != NULL) {
        bool is_long = at[1] == 'l';

        put(text, format, (size_t)(at - format));
        at += is_long ? 2 : 1;
        if (*at == 's') {
            const char *string = va_arg(arguments, const char *);
            put(text, string, strlen(string));
        } else if (is_long) {
            put_number(text, va_arg(arguments, unsigned long));
        } else {
            put_number(text, va_arg(arguments, unsigned));
        }
        format = at + 1;
    }
    put(text, format, strlen(format));
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;

    if (text->length + 1 >= text->size)
        return;
    va_start(arguments, format);
    if (is_plain(format)) {
        /* vsnprintf took most of the time of a pass that reads every sentence */
        put_plain(text, format, arguments);
    } else {
        size_t room = text->size - text->length;
        int wanted = vsnprintf(text->out + text->length, room, format, arguments);

        if (wanted > 0)
            text->length += (size_t)wanted < room ? (size_t)wanted : room - 1;
    }
    va_end(arguments);
}

void text_count(struct text *text, uint32_t count, const char *noun)
{
    text_add(text, "%lu %s%s", (unsigned long)count, noun, count == 1 ? "" : "s");
}

void text_distance(struct text *text, struct seq got, struct seq limit, uint32_t shown)
{
    bool below = seq_lt(got, limit);
    text_add(text, "%lu %s %lu",
             (unsigned long)(below ? seq_span(limit, got) : seq_span(got, limit)),
             below ? "below" : "beyond", (unsigned long)shown);
}

bool text_is_relative(const struct annotation *annotation, const struct sentence_context *context,
                      enum side side)
{
    return context->relative && annotation->conn != NULL && annotation->conn->base_known[side];
}

uint32_t text_number(const struct annotation *annotation, const struct sentence_context *context,
                     enum side side, struct seq number)
{
    if (!text_is_relative(annotation, context, side))
        return number.n;
    return seq_span(number, annotation->conn->base[side]);
}
