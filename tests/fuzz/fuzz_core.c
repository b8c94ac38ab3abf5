/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole capture through the core: header, model, judgement, annotation, sentences. The octets
 * are read as a pcap file of Ethernet or raw IPv4, so that every capture is a seed; what does not
 * look like one is passed over.
 */
#include "fuzz.h"

#include "annotation.h"
#include "history.h"
#include "judge.h"
#include "sentence.h"
#include "tcp_header.h"
#include "test_arena.h"

#include <stdlib.h>
#include <string.h>

#define TUPLES 64
#define SEGMENTS_MAX 4096
#define FILE_HEADER 24
#define FRAME_HEADER 16
#define ETHERNET 14
#define LINK_ETHERNET 1

struct tuple {
    struct history *history;
    uint8_t first_ports[4]; /* of the first segment: its sender is SIDE_A */
};

struct play {
    struct test_arena arena;
    struct model *model;
    struct tuple tuples[TUPLES];
    struct docket docket;
    uint32_t segments;
};

static uint32_t little(const uint8_t *octets)
{
    return (uint32_t)octets[0] | (uint32_t)octets[1] << 8 | (uint32_t)octets[2] << 16 |
           (uint32_t)octets[3] << 24;
}

/* Ports alone tell the tuples of a seed apart well enough; two that share a slot are good garbage.
 */
static struct tuple *find_tuple(struct play *play, const uint8_t *ports)
{
    unsigned sum = (unsigned)ports[0] + ports[1] + ports[2] + ports[3];
    struct tuple *tuple = &play->tuples[sum % TUPLES];

    if (tuple->history == NULL) {
        tuple->history = history_new(play->model, NULL);
        memcpy(tuple->first_ports, ports, sizeof(tuple->first_ports));
    }
    return tuple;
}

static void say_everything(const struct annotation *annotation, const struct verdict *verdict)
{
    const struct sentence_context context = {.relative = true, .client = "c", .server = "s"};
    struct transition_shown changes[ANNOTATION_TRANSITIONS_MAX];
    char text[SENTENCE_MAX];
    unsigned i;

    sentence_protocol(text, sizeof(text), annotation);
    sentence_info(text, sizeof(text), annotation);
    sentence_connection(text, sizeof(text), annotation, &context);
    sentence_phase(text, sizeof(text), annotation);
    sentence_handshake(text, sizeof(text), annotation);
    sentence_teardown(text, sizeof(text), annotation);
    sentence_sender(text, sizeof(text), annotation);
    sentence_receiver(text, sizeof(text), annotation);
    sentence_sequence(text, sizeof(text), annotation, &context);
    sentence_acknowledgment(text, sizeof(text), annotation, &context);
    sentence_window(text, sizeof(text), annotation, &context);
    sentence_reset(text, sizeof(text), annotation);
    sentence_admission(text, sizeof(text), annotation);
    sentence_evidence(text, sizeof(text), annotation);
    unsigned count = annotation_transitions(annotation, changes);
    if (count > ANNOTATION_TRANSITIONS_MAX)
        abort();
    for (i = 0; i < count; i++)
        sentence_transition(text, sizeof(text), &changes[i]);
    for (i = 0; i < verdict->count; i++)
        sentence_finding_detail(text, sizeof(text), annotation, &context, &verdict->findings[i]);
}

static void take(struct play *play, struct segment *segment, const struct tuple *tuple,
                 const uint8_t *ports)
{
    struct annotation annotation = {0};
    struct verdict verdict;
    struct step step;

    segment->id = play->segments;
    segment->frame = ++play->segments;
    segment->sender =
        memcmp(ports, tuple->first_ports, sizeof(tuple->first_ports)) == 0 ? SIDE_A : SIDE_B;
    history_apply(tuple->history, segment, &step);
    judge(&step, &limits_standard, &play->docket, &verdict);
    if (verdict.count > VERDICT_MAX)
        abort();
    annotation_from_step(&annotation, &step);
    say_everything(&annotation, &verdict);
}

/* One frame, from its IPv4 header on. */
static void take_packet(struct play *play, const uint8_t *octets, size_t captured, int64_t time_ns)
{
    struct segment segment = {0};

    if (captured < 20 || octets[0] >> 4 != 4)
        return;
    size_t header = (octets[0] & 0xfU) * 4;
    size_t total = (size_t)octets[2] << 8 | octets[3];
    if (header < 20 || captured < header + 4 || total < header)
        return;
    segment.time_ns = time_ns;
    segment.has_time = true;
    segment.ttl = octets[8];
    if (tcp_header_read(octets + header, captured - header, total - header, &segment) ==
        SEGMENT_OK)
        take(play, &segment, find_tuple(play, octets + header), octets + header);
}

static void take_file(struct play *play, const uint8_t *octets, size_t size)
{
    size_t skip = size >= FILE_HEADER && little(octets + 20) == LINK_ETHERNET ? ETHERNET : 0;
    size_t at = FILE_HEADER;

    while (at + FRAME_HEADER <= size && play->segments < SEGMENTS_MAX) {
        int64_t time_ns =
            (int64_t)little(octets + at) * 1000000000 + (int64_t)little(octets + at + 4) * 1000;
        size_t captured = little(octets + at + 8);
        at += FRAME_HEADER;
        if (captured > size - at)
            captured = size - at;
        if (captured > skip)
            take_packet(play, octets + at + skip, captured - skip, time_ns);
        at += captured;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
    const struct model_settings settings = {.msl_seconds = 30, .copies_mib = 1};
    struct play play = {0};

    test_arena_start(&play.arena);
    play.model = model_new(&play.arena.arena, &settings);
    take_file(&play, octets, size);
    test_arena_end(&play.arena);
    return 0;
}
