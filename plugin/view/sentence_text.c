/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sentence_text.h"

#include <stdarg.h>
#include <stdio.h>

struct text text_begin(char *out, size_t size)
{
    struct text text = {out, size, 0};
    if (size > 0)
        out[0] = '\0';
    return text;
}

void text_add(struct text *text, const char *format, ...)
{
    if (text->length + 1 >= text->size)
        return;
    size_t room = text->size - text->length;
    va_list arguments;
    va_start(arguments, format);
    int wanted = vsnprintf(text->out + text->length, room, format, arguments);
    va_end(arguments);
    if (wanted > 0)
        text->length += (size_t)wanted < room ? (size_t)wanted : room - 1;
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
