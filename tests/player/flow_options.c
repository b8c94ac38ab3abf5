/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a segment line: <mss 1460, ws 7, ts 10 0, sack 101:201 301:401>. */
#include "flow_internal.h"

#include <string.h>

static void octets_put(struct flow_option *option, uint64_t value, unsigned octets)
{
    while (octets-- > 0)
        option->octets[option->length++] = (uint8_t)(value >> (8 * octets));
}

static bool number_next(struct cursor *cursor, int64_t *n)
{
    char word[WORD_MAX];

    return cursor_word(cursor, word) && number_read(word, n);
}

/* kind, length and `count` numbers of `octets` octets each. */
static const char *numbers_put(struct flow_option *option, struct cursor *cursor, uint8_t kind,
                               unsigned count, unsigned octets)
{
    int64_t n;

    octets_put(option, kind, 1);
    octets_put(option, 2 + count * octets, 1);
    while (count-- > 0) {
        if (!number_next(cursor, &n))
            return "an option lacks a number";
        octets_put(option, (uint64_t)n, octets);
    }
    return NULL;
}

static const char *hex_put(struct flow_option *option, const char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (; *text != '\0'; text += 2) {
        const char *high = strchr(digits, text[0]);
        const char *low = text[1] != '\0' ? strchr(digits, text[1]) : NULL;

        if (high == NULL || low == NULL)
            return "octets are written as pairs of hex digits";
        if (option->length >= FLOW_OPTION_OCTETS)
            return "the option is too long";
        octets_put(option, (uint64_t)((high - digits) << 4 | (low - digits)), 1);
    }
    return NULL;
}

/* kind n and the octets after it; the length octet is computed. */
static const char *kind_put(struct flow_option *option, struct cursor *cursor, int64_t kind)
{
    char word[WORD_MAX];
    const char *error = NULL;

    octets_put(option, (uint64_t)kind, 1);
    octets_put(option, 0, 1);
    if (cursor_word(cursor, word))
        error = hex_put(option, word);
    option->octets[1] = option->length;
    return error;
}

static const char *sack_put(struct flow_option *option, struct cursor *cursor)
{
    char word[WORD_MAX];

    option->what = FLOW_OPTION_SACK;
    while (option->blocks < SACK_BLOCKS_MAX && cursor_word(cursor, word)) {
        char *colon = strchr(word, ':');

        if (colon == NULL)
            return "a SACK block is written left:right";
        *colon = '\0';
        if (!number_read(word, &option->left[option->blocks]) ||
            !number_read(colon + 1, &option->right[option->blocks]))
            return "a SACK block is written left:right";
        option->blocks++;
    }
    option->length = (uint8_t)(2 + 8 * option->blocks);
    return option->blocks == 0 ? "sack wants at least one block" : NULL;
}

/* MP_CAPABLE, MP_JOIN and DSS differ in the upper half of the octet after the length. */
static const char *mptcp_put(struct flow_option *option, struct cursor *cursor)
{
    static const struct {
        const char *name;
        const char *octets;
    } subtype[] = {
        {"capable", "01011122334455667788"},
        {"join", "10010102030405060708"},
        {"dss", "200100000001"},
    };
    char word[WORD_MAX];

    if (!cursor_word(cursor, word))
        return "mptcp wants capable, join or dss";
    for (unsigned i = 0; i < sizeof subtype / sizeof subtype[0]; i++) {
        struct cursor rest = {.at = subtype[i].octets};

        if (strcmp(word, subtype[i].name) == 0)
            return kind_put(option, &rest, 30);
    }
    return "mptcp wants capable, join or dss";
}

static const char *raw_put(struct flow_option *option, struct cursor *cursor)
{
    char word[WORD_MAX];

    return cursor_word(cursor, word) ? hex_put(option, word) : "raw wants octets";
}

static const char *tfo_exp_put(struct flow_option *option)
{
    struct cursor magic = {.at = "f989"};

    return kind_put(option, &magic, 254);
}

static const char *option_read(struct flow_option *option, struct cursor *cursor)
{
    char name[WORD_MAX];
    int64_t kind;

    if (!cursor_word(cursor, name))
        return "an empty option";
    if (strcmp(name, "nop") == 0)
        return hex_put(option, "01");
    if (strcmp(name, "eol") == 0)
        return hex_put(option, "00");
    if (strcmp(name, "mss") == 0)
        return numbers_put(option, cursor, 2, 1, 2);
    if (strcmp(name, "ws") == 0)
        return numbers_put(option, cursor, 3, 1, 1);
    if (strcmp(name, "sackok") == 0)
        return numbers_put(option, cursor, 4, 0, 0);
    if (strcmp(name, "ts") == 0)
        return numbers_put(option, cursor, 8, 2, 4);
    if (strcmp(name, "sack") == 0)
        return sack_put(option, cursor);
    if (strcmp(name, "tfo") == 0)
        return kind_put(option, cursor, 34);
    if (strcmp(name, "tfoexp") == 0)
        return tfo_exp_put(option);
    if (strcmp(name, "mptcp") == 0)
        return mptcp_put(option, cursor);
    if (strcmp(name, "raw") == 0)
        return raw_put(option, cursor);
    if (strcmp(name, "kind") == 0 && number_next(cursor, &kind) && kind >= 0 && kind <= 255)
        return kind_put(option, cursor, kind);
    return "unknown option";
}

const char *flow_read_options(struct flow_segment *line, const char *text)
{
    unsigned octets = 0;

    while (*text != '\0') {
        char one[256];
        char rest[WORD_MAX];
        struct cursor cursor = {.at = one};
        size_t length = strcspn(text, ",");
        const char *error;

        if (length >= sizeof one || line->options == FLOW_OPTIONS_MAX)
            return "too many options";
        memcpy(one, text, length);
        one[length] = '\0';
        text += length + (text[length] == ',');
        error = option_read(&line->option[line->options], &cursor);
        if (error != NULL)
            return error;
        if (cursor_word(&cursor, rest))
            return "an option has more words than it can take";
        octets += line->option[line->options++].length;
    }
    return octets > FLOW_OPTION_OCTETS ? "the options do not fit into 40 octets" : NULL;
}
