/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks for test programs. A failed check prints both values with file and line, and the program
 * goes on, so that one run shows all that is wrong. main() ends with `return check_status();`.
 *
 * The counter is static: keep the checks of one program in one translation unit.
 */
#ifndef TCPSTATE_TESTS_CHECK_H
#define TCPSTATE_TESTS_CHECK_H

#include "seq.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned check_made;
static unsigned check_failed;

/* Printed in front of every failure: says which of many similar cases is being looked at. */
static char check_context[160];

static inline void check_where(const char *file, int line, const char *what)
{
    check_failed++;
    fprintf(stderr, "%s:%d: %s%s%s: ", file, line, check_context, check_context[0] ? ": " : "",
            what);
}

static inline bool check_int(const char *file, int line, const char *what, int64_t got,
                             int64_t want)
{
    check_made++;
    if (got == want)
        return true;
    check_where(file, line, what);
    fprintf(stderr, "got %" PRId64 ", want %" PRId64 "\n", got, want);
    return false;
}

static inline bool check_uint(const char *file, int line, const char *what, uint64_t got,
                              uint64_t want)
{
    check_made++;
    if (got == want)
        return true;
    check_where(file, line, what);
    fprintf(stderr, "got %" PRIu64 " (0x%" PRIx64 "), want %" PRIu64 " (0x%" PRIx64 ")\n", got, got,
            want, want);
    return false;
}

static inline bool check_str(const char *file, int line, const char *what, const char *got,
                             const char *want)
{
    check_made++;
    if (got != NULL && want != NULL && strcmp(got, want) == 0)
        return true;
    if (got == NULL && want == NULL)
        return true;
    check_where(file, line, what);
    fprintf(stderr, "got \"%s\", want \"%s\"\n", got != NULL ? got : "(NULL)",
            want != NULL ? want : "(NULL)");
    return false;
}

static inline bool check_bool(const char *file, int line, const char *what, bool got, bool want)
{
    check_made++;
    if (got == want)
        return true;
    check_where(file, line, what);
    fprintf(stderr, "got %s, want %s\n", got ? "true" : "false", want ? "true" : "false");
    return false;
}

#define CHECK_INT(got, want) check_int(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(want))
#define CHECK_UINT(got, want)                                                                      \
    check_uint(__FILE__, __LINE__, #got, (uint64_t)(got), (uint64_t)(want))
#define CHECK_SEQ(got, want)   check_uint(__FILE__, __LINE__, #got, (got).n, (want).n)
#define CHECK_STR(got, want)   check_str(__FILE__, __LINE__, #got, got, want)
#define CHECK_BOOL(got, want)  check_bool(__FILE__, __LINE__, #got, got, want)
#define CHECK_TRUE(condition)  check_bool(__FILE__, __LINE__, #condition, condition, true)
#define CHECK_FALSE(condition) check_bool(__FILE__, __LINE__, #condition, condition, false)

/** The exit status: also non-zero when nothing at all was checked. */
static inline int check_status(void)
{
    if (check_made == 0) {
        fprintf(stderr, "no check was made\n");
        return 1;
    }
    if (check_failed != 0)
        fprintf(stderr, "%u of %u checks failed\n", check_failed, check_made);
    return check_failed != 0;
}

#endif
