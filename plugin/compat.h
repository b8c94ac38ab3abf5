/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every difference between the Wireshark releases that we build for. No other file asks for a
 * version. Include it instead of <ws_version.h>.
 */
#ifndef TCPSTATE_COMPAT_H
#define TCPSTATE_COMPAT_H

#include <ws_version.h>

#include <epan/column-utils.h>
#include <epan/frame_data.h>

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

#define COMPAT_VERSION (WIRESHARK_VERSION_MAJOR * 100 + WIRESHARK_VERSION_MINOR)

/* What prefs_register_bool_preference writes through: a gboolean (an int) before 4.4, a bool since.
 * The wrong one lets it overwrite what stands behind the variable. */
#if COMPAT_VERSION < 404
typedef gboolean compat_pref_bool;
#else
typedef bool compat_pref_bool;
#endif

/* What plugin_describe() returns. The header that defines it is not installed before 4.4, and 4.0
 * does not ask. */
#define COMPAT_PLUGIN_IS_DISSECTOR 1U

/* Since 4.4 Wireshark itself raises an expert info for SACK-permitted outside of a SYN. */
#define COMPAT_RAISES_SACK_PERMITTED (COMPAT_VERSION >= 404)

/*
 * Does the capture hold a frame of that number? (Later passes only.) No release exports a way to
 * ask. But frames can be compared by the time since another frame, and that time is zero for a
 * frame that does not exist: of two times that differ, at least one is not zero otherwise.
 */
static inline bool compat_frame_exists(const struct epan_session *session, uint32_t number)
{
    frame_data with = {.num = 1, .prev_dis_num = number};
    frame_data without = {.num = 1};

    if (frame_data_compare(session, &with, &without, COL_DELTA_TIME_DIS) != 0)
        return true;
    with.abs_ts.secs = 1;
    without.abs_ts.secs = 1;
    return frame_data_compare(session, &with, &without, COL_DELTA_TIME_DIS) != 0;
}

#endif
