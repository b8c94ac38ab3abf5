/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture_point.h"

#include "checksum.h"
#include "padding.h"
#include "streams.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/exceptions.h>
#include <epan/prefs-int.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <wiretap/wtap.h>

#include <string.h>

#define IP_PROTOCOL_TCP 6
#define IPV4_OCTETS     4
#define IPV6_OCTETS     16

/* What is noted of one frame; lives in the memory pool of its dissection. Nearly always it has one
 * TCP layer, for which there is room. */
struct captured_frame {
    struct captured_layer first;
    struct captured_layer *last; /* NULL: none yet */
    unsigned count;
    uint8_t nested; /* TCP layers that are being dissected right now */
};

static dissector_handle_t tcp_handle;
static protocol_t *plugin_protocol;
static pref_t *check_checksum;
static int proto_tcp = -1;
static int proto_around_tcp = -1;

static struct captured_frame *frame_of(packet_info *pinfo)
{
    return p_get_proto_data(pinfo->pool, pinfo, proto_around_tcp, 0);
}

static struct captured_frame *frame_begin(packet_info *pinfo)
{
    struct captured_frame *frame = frame_of(pinfo);

    if (frame == NULL) {
        frame = wmem_new0(pinfo->pool, struct captured_frame);
        p_add_proto_data(pinfo->pool, pinfo, proto_around_tcp, 0, frame);
    }
    return frame;
}

static struct captured_layer *add_layer(struct captured_frame *frame, packet_info *pinfo)
{
    struct captured_layer *layer = &frame->first;

    if (frame->last != NULL) {
        layer = wmem_new0(pinfo->pool, struct captured_layer);
        frame->last->next = layer;
    }
    frame->last = layer;
    frame->count++;
    layer->frame = frame;
    layer->segment.layer = frame->nested;
    return layer;
}

/* ---- facts from the layers below ---- */

static bool is_loopback(const address *addr)
{
    static const uint8_t ipv6_loopback[IPV6_OCTETS] = {[IPV6_OCTETS - 1] = 1};
    const uint8_t *octets = addr->data;

    if (addr->type == AT_IPv4 && addr->len == IPV4_OCTETS)
        return octets[0] == 127;
    return addr->type == AT_IPv6 && addr->len == IPV6_OCTETS &&
           memcmp(octets, ipv6_loopback, sizeof(ipv6_loopback)) == 0;
}

static bool is_unicast(const address *addr)
{
    static const uint8_t ipv4_broadcast[IPV4_OCTETS] = {255, 255, 255, 255};
    const uint8_t *octets = addr->data;

    if (addr->type == AT_IPv4 && addr->len == IPV4_OCTETS)
        return octets[0] >> 4 != 0xe && memcmp(octets, ipv4_broadcast, IPV4_OCTETS) != 0;
    if (addr->type == AT_IPv6 && addr->len == IPV6_OCTETS)
        return octets[0] != 0xff;
    return true;
}

static void read_addresses(struct captured_layer *layer, const packet_info *pinfo)
{
    struct segment *segment = &layer->segment;

    copy_address_shallow(&layer->src, &pinfo->src);
    copy_address_shallow(&layer->dst, &pinfo->dst);
    segment->src_unicast = is_unicast(&layer->src);
    segment->dst_unicast = is_unicast(&layer->dst);
    segment->loopback = is_loopback(&layer->src) && is_loopback(&layer->dst);
    segment->same_ends = layer->src.type != AT_NONE && addresses_equal(&layer->src, &layer->dst) &&
                         segment->src_port == segment->dst_port;
}

static void read_ip(struct segment *segment, const void *data)
{
    /* Both begin with the version. */
    const ws_ip4 *ip4 = data;
    const ws_ip6 *ip6 = data;

    if (data == NULL)
        return;
    if (ip4->ip_ver == IP_VERSION_NUM_INET) {
        segment->ip_id = ip4->ip_id;
        segment->has_ip_id = true;
        segment->ttl = ip4->ip_ttl;
    } else if (ip6->ip6_ver == IP_VERSION_NUM_INET6) {
        segment->ttl = ip6->ip6_hop;
    }
}

bool capture_point_time(const packet_info *pinfo, int64_t *time_ns)
{
    const int64_t most_seconds = INT64_MAX / SECOND_NS - 1;
    int64_t seconds = (int64_t)pinfo->abs_ts.secs;

    /* A file may hold any time; one that does not fit is none. */
    if ((pinfo->presence_flags & PINFO_HAS_TS) == 0 || seconds > most_seconds ||
        seconds < -most_seconds)
        return false;
    *time_ns = seconds * SECOND_NS + pinfo->abs_ts.nsecs;
    return true;
}

static void read_frame(struct segment *segment, const packet_info *pinfo)
{
    const wtap_rec *rec = pinfo->rec;

    segment->depth = (uint8_t)MIN(pinfo->curr_layer_num, UINT8_MAX);
    segment->has_time = capture_point_time(pinfo, &segment->time_ns);
    if (rec != NULL && rec->rec_type == REC_TYPE_PACKET &&
        (rec->presence_flags & WTAP_HAS_INTERFACE_ID) != 0)
        segment->interface_id = rec->rec_header.packet_header.interface_id;
}

/* For the pseudo header; without length where they are not two of IP. */
static struct checksum_addresses addresses_of(const struct captured_layer *layer)
{
    struct checksum_addresses addresses = {.src = layer->src.data, .dst = layer->dst.data};

    if ((layer->src.type == AT_IPv4 || layer->src.type == AT_IPv6) &&
        layer->dst.type == layer->src.type && layer->dst.len == layer->src.len)
        addresses.length = (size_t)layer->src.len;
    return addresses;
}

/* Zeros that were counted into the length: on every pass, because the length is shown. */
static void drop_padding(struct captured_layer *layer, const void *data)
{
    const ws_ip4 *ip4 = data;
    struct checksum_addresses addresses = addresses_of(layer);

    if (data != NULL && ip4->ip_ver == IP_VERSION_NUM_INET && addresses.length != 0)
        padding_drop(&layer->segment, ip4->ip_len, &addresses);
}

static enum checksum_status read_checksum(const struct captured_layer *layer)
{
    const struct segment *segment = &layer->segment;
    struct checksum_addresses addresses = addresses_of(layer);

    if (check_checksum == NULL || !prefs_get_bool_value(check_checksum, pref_current))
        return CHECKSUM_UNKNOWN;
    if (addresses.length == 0 ||
        tvb_captured_length(layer->tvb) < tvb_reported_length(layer->tvb))
        return CHECKSUM_UNKNOWN;
    return checksum_verify(segment->octets, segment->header_len + segment->payload_len, &addresses);
}

/* ---- around the call ---- */

/* The same conditions as the TCP dissector's own before it speaks of a segment, and a header that
 * is there and usable. */
static enum segment_status read_status(struct captured_layer *layer, const packet_info *pinfo)
{
    tvbuff_t *tvb = layer->tvb;
    size_t captured = tvb_captured_length(tvb);

    if (pinfo->flags.in_error_pkt)
        return SEGMENT_QUOTED_BY_ICMP;
    if (pinfo->fragmented)
        return SEGMENT_FRAGMENT;
    if (captured < TCP_HEADER_FIXED)
        return SEGMENT_HEADER_CUT;
    return tcp_header_read(tvb_get_ptr(tvb, 0, (int)captured), captured, tvb_reported_length(tvb),
                           &layer->segment);
}

static void note_before(struct captured_layer *layer, packet_info *pinfo, const void *data)
{
    layer->status = read_status(layer, pinfo);
    read_addresses(layer, pinfo);
    if (layer->status == SEGMENT_OK)
        drop_padding(layer, data);
    if (PINFO_FD_VISITED(pinfo))
        return;
    streams_note_before(layer, pinfo);
    if (layer->status != SEGMENT_OK)
        return;
    read_ip(&layer->segment, data);
    read_frame(&layer->segment, pinfo);
    layer->segment.checksum_status = read_checksum(layer);
}

/* The layer is noted before the call, because a segment inside a tunnel inside this one is
 * finished first; and whatever a dissector above throws, the stream is looked up. */
static int call_tcp_noted(struct captured_layer *layer, packet_info *pinfo, proto_tree *tree,
                          void *data)
{
    volatile int used = 0;

    layer->frame->nested++;
    TRY
    {
        used = call_dissector_only(tcp_handle, layer->tvb, pinfo, tree, data);
    }
    FINALLY
    {
        layer->frame->nested--;
        streams_note_after(layer, pinfo);
    }
    ENDTRY;
    return used;
}

static int dissect_around_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    bool visited = PINFO_FD_VISITED(pinfo);

    if ((visited && tree == NULL) || !proto_is_protocol_enabled(plugin_protocol))
        return call_dissector_only(tcp_handle, tvb, pinfo, tree, data);

    struct captured_layer *layer = add_layer(frame_begin(pinfo), pinfo);
    layer->tvb = tvb;
    note_before(layer, pinfo, data);
    if (visited)
        return call_dissector_only(tcp_handle, tvb, pinfo, tree, data);
    return call_tcp_noted(layer, pinfo, tree, data);
}

struct captured_layer *capture_point_layers(packet_info *pinfo)
{
    struct captured_frame *frame = frame_of(pinfo);

    return frame != NULL && frame->last != NULL ? &frame->first : NULL;
}

unsigned capture_point_missed(packet_info *pinfo)
{
    struct captured_frame *frame = frame_of(pinfo);
    unsigned noted = frame != NULL ? frame->count : 0;
    unsigned dissected = 0;
    wmem_list_frame_t *at = pinfo->layers != NULL ? wmem_list_head(pinfo->layers) : NULL;

    for (; at != NULL; at = wmem_list_frame_next(at)) {
        if (GPOINTER_TO_INT(wmem_list_frame_data(at)) == proto_tcp)
            dissected++;
    }
    return dissected > noted ? dissected - noted : 0;
}

void capture_point_register(int plugin)
{
    streams_register();
    plugin_protocol = find_protocol_by_id(plugin);
    proto_tcp = proto_get_id_by_filter_name("tcp");
    /* A helper of TCP: it appears in no list of layers. Nobody may switch it off, for TCP would go
     * with it; our own protocol is the switch. */
    proto_around_tcp = proto_register_protocol_in_name_only(
        "TCP (observed by TCP Connection State)", "TCP (TCPSTATE)", "tcpstate_tcp", proto_tcp,
        FT_PROTOCOL);
    proto_set_cant_toggle(proto_around_tcp);
}

void capture_point_handoff(void)
{
    module_t *tcp_module = prefs_find_module("tcp");

    tcp_handle = find_dissector("tcp");
    if (tcp_module != NULL)
        check_checksum = prefs_find_preference(tcp_module, "check_checksum");
    /* Added, not changed: every program takes changed entries back when it loads Decode As. */
    if (tcp_handle != NULL)
        dissector_add_uint("ip.proto", IP_PROTOCOL_TCP,
                           create_dissector_handle(dissect_around_tcp, proto_around_tcp));
}
