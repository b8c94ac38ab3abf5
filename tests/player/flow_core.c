/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plays scenarios into the core and compares what is shown with what the files say.
 *
 *   flow_core FILE…              play and compare
 *   flow_core --dump OUT FILE…   … and write what was shown as a table
 *   flow_core --seen IN FILE…    compare a table that came through another door
 *
 * Each file is played with three pairs of ISS, two of them just below a wrap (of the sign bit and
 * of the number). Exit status 0: all as expected; 1: differences; 2: a file cannot be used.
 */
#include "flow_internal.h"
#include "flow_wire.h"
#include "played.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Rows: path, ISS, frame, view, then the fields. */
static void dump(FILE *out, const struct flow *flow, uint32_t iss, const struct played *played)
{
    for (int view = 0; view < FLOW_VIEWS; view++) {
        for (unsigned i = 0; i < played->frames; i++) {
            fprintf(out, "%s\t%" PRIu32 "\t%u\t%s", flow->path, iss, i + 1,
                    view == VIEW_ONE_PASS ? "one" : "later");
            shown_write_row(out, &played->shown[view][i]);
            fputc('\n', out);
        }
    }
}

/* The rows of a table come in the order of the files, ISS values, views and frames. */
static bool seen_row(FILE *in, const struct flow *flow, uint32_t iss, int view, unsigned frame,
                     struct shown *shown)
{
    static char row[1 << 16];
    char key[1024];
    size_t length;

    if (fgets(row, sizeof row, in) == NULL)
        return false;
    row[strcspn(row, "\n")] = '\0';
    length = (size_t)snprintf(key, sizeof key, "%s\t%" PRIu32 "\t%u\t%s\t", flow->path, iss, frame,
                              view == VIEW_ONE_PASS ? "one" : "later");
    return length < sizeof key && strncmp(row, key, length) == 0 &&
           shown_read_row(shown, row + length);
}

static void played_by_table(struct played *played, const struct flow *flow, uint32_t iss, FILE *in)
{
    for (int view = 0; view < FLOW_VIEWS; view++) {
        for (unsigned i = 0; i < played->frames; i++) {
            if (seen_row(in, flow, iss, view, i + 1, &played->shown[view][i]))
                continue;
            fprintf(stderr,
                    "%s: the table lacks the row of ISS %" PRIu32 ", frame %u, or it is cut\n",
                    flow->path, iss, i + 1);
            exit(2);
        }
    }
}

static unsigned play(const struct flow *flow, FILE *in, FILE *out)
{
    unsigned failures = 0;

    for (int i = 0; i < WIRE_ISS_VALUES; i++) {
        struct played played;

        played_start(&played, flow);
        if (in != NULL)
            played_by_table(&played, flow, wire_iss_values[i], in);
        else
            played_by_core(&played, flow, wire_iss_values[i]);
        if (out != NULL)
            dump(out, flow, wire_iss_values[i], &played);
        failures += played_compare(&played, flow, wire_iss_values[i], stdout);
        played_end(&played);
    }
    return failures;
}

static FILE *open_or_exit(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);

    if (file == NULL) {
        fprintf(stderr, "%s: cannot be opened\n", path);
        exit(2);
    }
    return file;
}

int main(int argc, char **argv)
{
    FILE *in = NULL;
    FILE *out = NULL;
    unsigned failures = 0, failed = 0, files = 0;
    int first = 1;

    if (argc > 2 && strcmp(argv[1], "--dump") == 0)
        out = open_or_exit(argv[2], "w");
    else if (argc > 2 && strcmp(argv[1], "--seen") == 0)
        in = open_or_exit(argv[2], "r");
    if (in != NULL || out != NULL)
        first = 3;
    for (int i = first; i < argc; i++) {
        struct flow *flow = flow_read(argv[i], stderr);
        unsigned wrong;

        if (flow == NULL)
            return 2;
        wrong = play(flow, in, out);
        failures += wrong;
        failed += wrong != 0;
        files++;
        flow_free(flow);
    }
    if (files == 0) {
        fprintf(stderr, "usage: flow_core [--dump OUT | --seen IN] FILE...\n");
        return 2;
    }
    if ((in != NULL && fclose(in) != 0) || (out != NULL && fclose(out) != 0))
        return 2;
    printf("%u scenarios, %u with differences (%u in all)\n", files, failed, failures);
    return failures != 0;
}
