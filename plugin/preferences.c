/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "preferences.h"

#include "compat.h"

#include <epan/prefs.h>

static compat_pref_bool info_column = FALSE;
static struct limits limits;
static int report_severity = SEVERITY_NOTE;

static const enum_val_t severities[] = {
    {"chat", "Chat", SEVERITY_CHAT},
    {"note", "Note", SEVERITY_NOTE},
    {"warn", "Warning", SEVERITY_WARN},
    {"error", "Error", SEVERITY_ERROR},
    {NULL, NULL, 0},
};

/* tcpstate.<id>_limit for each row that has one. */
static void register_thresholds(module_t *module)
{
    for (unsigned i = 0; limit_rows[i].id != NULL; i++) {
        const struct limit_row *row = &limit_rows[i];

        prefs_register_uint_preference(module, row->name, row->title, row->meaning, 10,
                                       limit_of(&limits, row));
    }
}

void preferences_register(int proto)
{
    limits = limits_standard;

    /* A change makes Wireshark dissect the file again, which is what every one of them needs. */
    module_t *module = prefs_register_protocol(proto, NULL);

    prefs_register_bool_preference(
        module, "info_column", "Show step and states in the Info column",
        "Put the handshake or teardown step, or the phase, and both states in front of the text.",
        &info_column);
    prefs_register_uint_preference(
        module, "msl", "Maximum segment lifetime (seconds)",
        "TIME-WAIT lasts twice as long. RFC 9293 says 120; most systems use 30 or 60.", 10,
        &limits.msl_seconds);
    register_thresholds(module);
    prefs_register_enum_preference(module, "report_severity",
                                   "Lowest severity reported as expert information",
                                   "Findings below it are listed in tcpstate.finding only.",
                                   &report_severity, severities, FALSE);
}

const struct limits *preferences_limits(void)
{
    return &limits;
}

struct view_settings preferences_view(void)
{
    return (struct view_settings){
        .info_column = info_column,
        .report_severity = (enum severity)report_severity,
    };
}
