/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints plugin/view/FIELDS.md: the rows of fields.def, for a reader.
 */
#include <stdio.h>
#include <string.h>

struct field {
    const char *name;
    const char *title;
    const char *type;
    const char *description;
};

/* Wireshark's type names as words; the row itself needs no Wireshark. */
static const struct field fields[] = {
#define FIELD(id, name, title, type, display, strings, description)                                \
    {name, title, #type, description},
#include "fields.def"
#undef FIELD
};

struct kind {
    const char *type;
    const char *words;
};

static const struct kind kinds[] = {
    {"FT_UINT8", "number"},       {"FT_UINT16", "number"},        {"FT_UINT32", "number"},
    {"FT_INT32", "signed number"}, {"FT_STRING", "string"},       {"FT_FRAMENUM", "frame number"},
    {"FT_RELATIVE_TIME", "time"}, {"FT_NONE", "label"},
};

static const char *type_words(const char *type)
{
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].type, type) == 0)
            return kinds[i].words;
    return type;
}

int main(void)
{
    size_t i;

    printf("# Fields\n\n"
           "Printed from `fields.def`; do not edit by hand. Each can be a display filter, a\n"
           "column, a colour rule, or be asked for with `tshark -T fields -e`. Besides these,\n"
           "`tcpstate.<id>` finds an expert info: see the list of findings.\n\n"
           "How to ask, by type:\n\n"
           "| type | example |\n| --- | --- |\n"
           "| string | `tcpstate.phase == \"half-closed\"`, always with the quotes |\n"
           "| number | `tcpstate.ack.new > 1460`; where words stand for numbers, either: "
           "`tcpstate.handshake.step == \"SYN-ACK\"` |\n"
           "| signed number | `tcpstate.seq.delta < 0` |\n"
           "| frame number | `tcpstate.ack.frame == 7` |\n"
           "| time | `tcpstate.handshake.rtt > 0.2` (seconds) |\n"
           "| any | `tcpstate.finding`: is it there at all? |\n\n"
           "| field | in the tree | type | meaning |\n| --- | --- | --- | --- |\n");
    for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
        printf("| `%s` | %s | %s | %s. |\n", fields[i].name, fields[i].title,
               type_words(fields[i].type), fields[i].description);
    return fflush(stdout) == 0 ? 0 : 1;
}
