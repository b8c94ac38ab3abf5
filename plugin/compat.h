/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every difference between the Wireshark releases that we build for. No other file asks for a
 * version. Include it instead of <ws_version.h>.
 */
#ifndef TCPSTATE_COMPAT_H
#define TCPSTATE_COMPAT_H

#include <ws_version.h>

#include <epan/column-utils.h>
#include <epan/conversation.h>
#include <epan/frame_data.h>
#include <epan/packet_info.h>
#include <epan/prefs.h>

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

/* What stands between the sub-menu and the entry in the name of a statistics tree. */
#if COMPAT_VERSION < 404
#define COMPAT_SUBMENU "/"
#else
#define COMPAT_SUBMENU "//"
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
    /* Since 4.6 a frame without a time stamp of its own has no time since another one. */
    frame_data with = {.num = 1, .prev_dis_num = number, .has_ts = 1};
    frame_data without = {.num = 1, .has_ts = 1};

    if (frame_data_compare(session, &with, &without, COL_DELTA_TIME_DIS) != 0)
        return true;
    with.abs_ts.secs = 1;
    without.abs_ts.secs = 1;
    return frame_data_compare(session, &with, &without, COL_DELTA_TIME_DIS) != 0;
}

/*
 * The TCP conversation of these two ends, found the way the TCP dissector of the release finds it
 * and without any side effect. Since 4.4 a preference can keep conversations apart that differ only
 * in interface or VLAN; 4.4 itself answers for the addresses in pinfo alone.
 */
static inline conversation_t *compat_find_tcp_conversation(packet_info *pinfo, const address *src,
                                                           const address *dst, uint16_t src_port,
                                                           uint16_t dst_port)
{
#if COMPAT_VERSION < 404
    return find_conversation(pinfo->num, src, dst, CONVERSATION_TCP, src_port, dst_port, 0);
#elif COMPAT_VERSION < 406
    address own_src = pinfo->src;
    address own_dst = pinfo->dst;
    uint32_t own_src_port = pinfo->srcport;
    uint32_t own_dst_port = pinfo->destport;

    pinfo->src = *src;
    pinfo->dst = *dst;
    pinfo->srcport = src_port;
    pinfo->destport = dst_port;
    conversation_t *conv = find_conversation_strat(pinfo, CONVERSATION_TCP, 0);
    pinfo->src = own_src;
    pinfo->dst = own_dst;
    pinfo->srcport = own_src_port;
    pinfo->destport = own_dst_port;
    return conv;
#else
    return find_conversation_strat_xtd(pinfo, pinfo->num, src, dst, CONVERSATION_TCP, src_port,
                                       dst_port, 0);
#endif
}

/* Is there one conversation for two ends, whatever interface and VLAN they are seen on? */
static inline bool compat_tuple_is_conversation(void)
{
#if COMPAT_VERSION < 404
    return true;
#else
    return prefs.conversation_deinterlacing_key == 0;
#endif
}

#endif
