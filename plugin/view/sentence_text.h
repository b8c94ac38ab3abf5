/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bounded buffer that sentences are put together in, and what all sentence files share. Private
 * to sentence*.c.
 */
#ifndef TCPSTATE_SENTENCE_TEXT_H
#define TCPSTATE_SENTENCE_TEXT_H

#include "sentence.h"

struct text {
    char *out;
    size_t size;
    size_t length; /* without the final zero; always below size, unless size is 0 */
};

/** Begins an empty text in the caller's buffer. */
struct text text_begin(char *out, size_t size);

/** Appends like printf; what does not fit is cut. */
void text_add(struct text *text, const char *format, ...);

/** "1 octet", "2 octets": `noun` gets an s unless there is exactly one. */
void text_count(struct text *text, uint32_t count, const char *noun);

/** "4748 beyond 65253" or "1 below 78": how far `got` lies from `limit`, which shows as `shown`. */
void text_distance(struct text *text, struct seq got, struct seq limit, uint32_t shown);

/** A number of that side as the user sees it: relative to its base, or raw. */
uint32_t text_number(const struct annotation *annotation, const struct sentence_context *context,
                     enum side side, struct seq number);

/** Does text_number() show the side's numbers relative to a base? */
bool text_is_relative(const struct annotation *annotation, const struct sentence_context *context,
                      enum side side);

static inline enum side text_sender(const struct annotation *annotation)
{
    return annotation->sender != 0 ? SIDE_B : SIDE_A;
}

static inline enum side text_receiver(const struct annotation *annotation)
{
    return side_other(text_sender(annotation));
}

static inline bool text_has(const struct annotation *annotation, unsigned flag)
{
    return (annotation->flags & flag) != 0;
}

#endif
