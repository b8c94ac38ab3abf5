/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "streams.h"

#include "compat.h"

#include <epan/dissectors/packet-tcp.h>

#include <string.h>

#define TCP_FLAGS_AT 13
#define PORTS_OCTETS 4
#define IPV4_OCTETS  4

static int proto_tcp = -1;

/* ---- tuples ---- */

/* Both ends of an IPv4 tuple, in an order that does not depend on who sends. */
struct key {
    uint64_t addresses;
    uint32_t ports;
};

static bool is_ipv4(const address *addr)
{
    return addr->type == AT_IPv4 && addr->len == IPV4_OCTETS;
}

static bool read_key(const struct captured_layer *layer, struct key *key)
{
    const uint8_t *ports;
    uint32_t src;
    uint32_t dst;
    uint32_t src_port;
    uint32_t dst_port;

    if (!is_ipv4(&layer->src) || !is_ipv4(&layer->dst))
        return false;
    ports = tvb_get_ptr(layer->tvb, 0, PORTS_OCTETS);
    src_port = (uint32_t)ports[0] << 8 | ports[1];
    dst_port = (uint32_t)ports[2] << 8 | ports[3];
    memcpy(&src, layer->src.data, sizeof(src));
    memcpy(&dst, layer->dst.data, sizeof(dst));
    if (src < dst || (src == dst && src_port < dst_port)) {
        key->addresses = (uint64_t)src << 32 | dst;
        key->ports = src_port << 16 | dst_port;
    } else {
        key->addresses = (uint64_t)dst << 32 | src;
        key->ports = dst_port << 16 | src_port;
    }
    return true;
}

static uint64_t hash_of(const struct key *key)
{
    uint64_t hash = (key->addresses ^ (uint64_t)key->ports << 17) * 0x9e3779b97f4a7c15U;

    return (hash ^ hash >> 32) * 0xd6e8feb86659fd93U >> 32;
}

/* ---- answers that are kept ---- */

/* The stream of a tuple stays the same until a SYN has had TCP open another one. */
#define ANSWERS 1024U

static struct answer {
    struct key key;
    uint32_t stream;
    bool known;
} answers[ANSWERS];

/* A tuple of which no segment came before has no stream that matters: a bit for each, by hash. The
 * fuller the table, the more of them are looked up in vain. */
#define PASSED_BITS (1U << 22)

static uint64_t *passed; /* NULL: nothing yet; lives as long as the file */

static void forget_all(void)
{
    memset(answers, 0, sizeof(answers));
    passed = NULL;
}

static bool has_passed(const struct captured_layer *layer)
{
    struct key key;

    if (!read_key(layer, &key))
        return true;
    uint64_t bit = hash_of(&key) % PASSED_BITS;
    return passed != NULL && (passed[bit / 64] >> bit % 64 & 1) != 0;
}

static void keep(const struct captured_layer *layer, uint32_t stream)
{
    struct answer answer = {.known = true, .stream = stream};

    if (!read_key(layer, &answer.key))
        return;
    uint64_t hash = hash_of(&answer.key);
    uint64_t bit = hash % PASSED_BITS;
    if (passed == NULL)
        passed = wmem_alloc0(wmem_file_scope(), PASSED_BITS / 8);
    passed[bit / 64] |= (uint64_t)1 << bit % 64;
    if (compat_tuple_is_conversation())
        answers[hash % ANSWERS] = answer;
}

static bool recall(const struct captured_layer *layer, uint32_t *stream)
{
    struct key key;

    if (!read_key(layer, &key))
        return false;
    const struct answer *kept = &answers[hash_of(&key) % ANSWERS];
    *stream = kept->stream;
    return kept->known && kept->key.addresses == key.addresses && kept->key.ports == key.ports;
}

/* ---- asking Wireshark ---- */

/* Looks only: TCP's own way of asking would turn its idea of forward and reverse. */
static bool look_up(const struct captured_layer *layer, packet_info *pinfo, uint32_t *stream)
{
    uint16_t src_port = tvb_get_ntohs(layer->tvb, 0);
    uint16_t dst_port = tvb_get_ntohs(layer->tvb, 2);
    conversation_t *conv =
        compat_find_tcp_conversation(pinfo, &layer->src, &layer->dst, src_port, dst_port);
    if (conv == NULL)
        return false;

    const struct tcp_analysis *tcpd = conversation_get_proto_data(conv, proto_tcp);
    if (tcpd == NULL)
        return false;
    *stream = tcpd->stream;
    return true;
}

/* A SYN may make TCP open a new stream for the tuple, even one that is only quoted in an error. */
static bool may_open_stream(tvbuff_t *tvb)
{
    return tvb_captured_length(tvb) > TCP_FLAGS_AT &&
           (tvb_get_ptr(tvb, TCP_FLAGS_AT, 1)[0] & FLAG_SYN) != 0;
}

void streams_note_before(struct captured_layer *layer, packet_info *pinfo)
{
    layer->streams = get_tcp_stream_count();
    if (may_open_stream(layer->tvb) && has_passed(layer))
        layer->stream_before_known = recall(layer, &layer->stream_before) ||
                                     look_up(layer, pinfo, &layer->stream_before);
}

void streams_note_after(struct captured_layer *layer, packet_info *pinfo)
{
    uint32_t *stream = &layer->segment.stream;
    uint32_t opened = get_tcp_stream_count() - layer->streams;
    bool is_syn = opened != 0 && may_open_stream(layer->tvb);

    if (layer->status != SEGMENT_OK && !layer->stream_before_known)
        return;
    if (is_syn && opened == 1 && layer->status == SEGMENT_OK && layer->segment.payload_len == 0) {
        /* nothing but this header can have had it opened */
        *stream = layer->streams;
        layer->stream_known = true;
    } else if (!is_syn && recall(layer, stream)) {
        layer->stream_known = true;
        return;
    } else {
        layer->stream_known = look_up(layer, pinfo, stream);
    }
    if (layer->stream_known)
        keep(layer, *stream);
}

void streams_register(void)
{
    register_init_routine(forget_all);
    register_cleanup_routine(forget_all);
    proto_tcp = proto_get_id_by_filter_name("tcp");
}
