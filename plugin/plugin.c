/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Wireshark's plugin loader asks for: five symbols, the only ones that are not hidden.
 */
#include "capture_point.h"
#include "compat.h"
#include "post_dissector.h"
#include "preferences.h"
#include "store.h"
#include "view.h"

#ifndef TCPSTATE_VERSION
#define TCPSTATE_VERSION "0.0.0"
#endif

WS_DLL_PUBLIC_DEF const char plugin_version[] = TCPSTATE_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

static void register_protoinfo(void)
{
    int proto = proto_register_protocol("TCP Connection State", "TCPSTATE", "tcpstate");

    store_register();
    preferences_register(proto);
    view_register(proto);
    capture_point_register(proto);
    post_dissector_register(proto);
}

static void register_handoff(void)
{
    capture_point_handoff();
    view_handoff();
}

void plugin_register(void)
{
    static proto_plugin plugin = {
        .register_protoinfo = register_protoinfo,
        .register_handoff = register_handoff,
    };

    proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void)
{
    return COMPAT_PLUGIN_IS_DISSECTOR;
}
