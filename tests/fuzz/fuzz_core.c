/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole capture through the core: header, model, judgement, annotation, sentences. The octets
 * are read as a pcap file of Ethernet or raw IPv4, so that every capture is a seed; what does not
 * look like one is passed over.
 *
 * What must hold on any input: states change by rows of the table only; memory stays within its
 * bounds; looking at annotations, in any order, neither changes them nor what they say; and the
 * answers are the same with other initial sequence numbers, and with the two sides swapped.
 */
#include "fuzz.h"

#include "annotation.h"
#include "history.h"
#include "judge.h"
#include "sentence.h"
#include "tcp_header.h"
#include "test_arena.h"
#include "transition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TUPLES        64
#define SEGMENTS_MAX  4096
#define FILE_HEADER   24
#define FRAME_HEADER  16
#define ETHERNET      14
#define LINK_ETHERNET 1

/* A segment can open one connection at most, and what a connection remembers is bounded. */
#define COPIES_MIB        1
#define BYTES_FIXED       (16384 + COPIES_MIB * 1024 * 1024)
#define BYTES_PER_SEGMENT 2048

struct tuple {
    struct history *history;
    uint8_t first_ports[4]; /* of the first segment: its sender is SIDE_A */
};

/* What one segment did. */
struct answer {
    struct annotation annotation;
    struct verdict verdict;
};

/* How the octets are played. */
struct manner {
    uint32_t rotation[2]; /* added to the numbers that each side sends */
    bool swapped;         /* who was captured first is SIDE_B */
};

struct play {
    struct manner manner;
    struct test_arena arena;
    struct model *model;
    struct tuple tuples[TUPLES];
    struct docket docket;
    uint32_t segments;
    bool has_raw_zero; /* a RST may mean the number 0 itself: RFC 9293 3.10.7.1 */
    struct answer *answers;
};

static void wrong(const char *what, uint32_t segment)
{
    fprintf(stderr, "fuzz_core: segment %u: %s\n", segment, what);
    abort();
}

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

/* ---- what must hold of one segment ---- */

static bool is_row(enum tcp_state from, enum tcp_state to)
{
    unsigned count;
    const struct transition *rows = transition_rows(&count);

    for (unsigned i = 0; i < count; i++) {
        if (rows[i].state == from && rows[i].next == to && rows[i].verdict == LEGAL)
            return true;
    }
    return false;
}

static void check_path(const struct path *path, uint32_t segment)
{
    if (path->count > PATH_MAX_CHANGES)
        wrong("a path that is too long", segment);
    for (unsigned i = 0; i < path->count; i++) {
        if (!is_row((enum tcp_state)path->at[i], (enum tcp_state)path->at[i + 1]))
            wrong("a change of state that no row of the table makes", segment);
    }
}

static void check_step(const struct play *play, const struct step *step,
                       const struct verdict *verdict)
{
    check_path(&step->src, play->segments);
    check_path(&step->dst, play->segments);
    if (verdict->count > VERDICT_MAX)
        wrong("more findings than there is room for", play->segments);
    if (play->arena.bytes > BYTES_FIXED + (size_t)play->segments * BYTES_PER_SEGMENT)
        wrong("more memory than a segment may take", play->segments);
}

static uint32_t sum_of(uint32_t sum, const char *text)
{
    while (*text != '\0')
        sum = (sum ^ (uint8_t)*text++) * 16777619U;
    return sum;
}

/* Everything that is ever said of a segment, as a check sum. */
static uint32_t say_everything(const struct answer *answer)
{
    const struct sentence_context context = {.relative = true, .client = "c", .server = "s"};
    const struct annotation *annotation = &answer->annotation;
    struct transition_shown changes[ANNOTATION_TRANSITIONS_MAX];
    char text[SENTENCE_MAX];
    uint32_t sum = 2166136261U;

#define SAY(...) (text[0] = '\0', (void)(__VA_ARGS__), sum = sum_of(sum, text))
    SAY(sentence_protocol(text, sizeof(text), annotation));
    SAY(sentence_info(text, sizeof(text), annotation));
    SAY(sentence_connection(text, sizeof(text), annotation, &context));
    SAY(sentence_phase(text, sizeof(text), annotation));
    SAY(sentence_handshake(text, sizeof(text), annotation));
    SAY(sentence_teardown(text, sizeof(text), annotation));
    SAY(sentence_sender(text, sizeof(text), annotation));
    SAY(sentence_receiver(text, sizeof(text), annotation));
    SAY(sentence_sequence(text, sizeof(text), annotation, &context));
    SAY(sentence_acknowledgment(text, sizeof(text), annotation, &context));
    SAY(sentence_window(text, sizeof(text), annotation, &context));
    SAY(sentence_reset(text, sizeof(text), annotation));
    SAY(sentence_admission(text, sizeof(text), annotation));
    SAY(sentence_evidence(text, sizeof(text), annotation));
    unsigned count = annotation_transitions(annotation, changes);
    if (count > ANNOTATION_TRANSITIONS_MAX)
        wrong("more transitions than there is room for", annotation->frame);
    for (unsigned i = 0; i < count; i++)
        SAY(sentence_transition(text, sizeof(text), &changes[i]));
    for (unsigned i = 0; i < answer->verdict.count; i++)
        SAY(sentence_finding_detail(text, sizeof(text), annotation, &context,
                                    &answer->verdict.findings[i]));
#undef SAY
    return sum;
}

/* ---- one playing ---- */

static void amend(void *context, uint32_t id, enum amendment what, uint32_t value)
{
    struct play *play = context;

    if (id >= play->segments)
        wrong("an amendment of a segment that was not there", id);
    annotation_amend(&play->answers[id].annotation, what, value);
}

static void note_raw_zero(struct play *play, const struct segment *segment)
{
    if (segment_has(segment, FLAG_RST) && (segment->seq.n == 0 || segment->ack.n == 0))
        play->has_raw_zero = true;
}

/* The same segment, had both sides begun with other numbers. */
static void rotate(struct segment *segment, const uint32_t rotation[2], bool first_is_sender)
{
    uint32_t own = rotation[first_is_sender ? 0 : 1];
    uint32_t peers = rotation[first_is_sender ? 1 : 0];

    segment->seq = seq_add(segment->seq, own);
    if (segment_has(segment, FLAG_ACK))
        segment->ack = seq_add(segment->ack, peers);
    for (unsigned i = 0; i < segment->options.sack_blocks; i++) {
        segment->options.sack[i].left = seq_add(segment->options.sack[i].left, peers);
        segment->options.sack[i].right = seq_add(segment->options.sack[i].right, peers);
    }
}

static void take(struct play *play, struct segment *segment, const struct tuple *tuple,
                 const uint8_t *ports)
{
    struct answer *answer = &play->answers[play->segments];
    bool is_first = memcmp(ports, tuple->first_ports, sizeof(tuple->first_ports)) == 0;
    struct step step;

    segment->id = play->segments;
    segment->frame = ++play->segments;
    segment->sender = is_first != play->manner.swapped ? SIDE_A : SIDE_B;
    note_raw_zero(play, segment);
    rotate(segment, play->manner.rotation, is_first);
    note_raw_zero(play, segment);
    history_apply(tuple->history, segment, &step);
    judge(&step, &limits_standard, &play->docket, &answer->verdict);
    check_step(play, &step, &answer->verdict);
    annotation_from_step(&answer->annotation, &step);
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
    segment.has_ip_id = true;
    segment.ip_id = (uint16_t)(octets[4] << 8 | octets[5]);
    segment.ttl = octets[8];
    segment.src_unicast = segment.dst_unicast = true;
    if (tcp_header_read(octets + header, captured - header, total - header, &segment) == SEGMENT_OK)
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

static struct play *play_new(const uint8_t *octets, size_t size, const struct manner *manner)
{
    struct play *play = calloc(1, sizeof(*play));
    size_t most = size / FRAME_HEADER + 1;

    if (play == NULL || (play->answers = calloc(most, sizeof(*play->answers))) == NULL)
        exit(2);
    struct model_settings settings = {
        .msl_seconds = 30, .copies_mib = COPIES_MIB, .amend = amend, .amend_context = play};
    play->manner = *manner;
    test_arena_start(&play->arena);
    play->model = model_new(&play->arena.arena, &settings);
    take_file(play, octets, size);
    return play;
}

static void play_end(struct play *play)
{
    test_arena_end(&play->arena);
    free(play->answers);
    free(play);
}

/* ---- what must hold of the whole ---- */

/* Looking changes nothing, in whatever order. */
static void check_looking(const struct play *play)
{
    uint32_t *sums = calloc(play->segments + 1U, sizeof(*sums));

    if (sums == NULL)
        exit(2);
    for (uint32_t i = 0; i < play->segments; i++)
        sums[i] = say_everything(&play->answers[i]);
    for (uint32_t i = play->segments; i > 0; i--) {
        if (say_everything(&play->answers[i - 1]) != sums[i - 1])
            wrong("says something else when it is asked again", i);
    }
    free(sums);
}

static uint32_t connection_of(const struct annotation *annotation)
{
    return annotation->conn != NULL ? annotation->conn->id : 0;
}

/* Numbers count from the segment's own, sides from who was captured first. */
static struct annotation comparable(const struct annotation *annotation, bool swapped)
{
    struct annotation plain = *annotation;
    uint32_t own = plain.seq.n;
    uint32_t peers = plain.ack.n;

    plain.conn = NULL;
    plain.annex = NULL;
    plain.seq.n = plain.ack.n = 0;
    plain.seq_expected.n = plain.seq_expected_known ? plain.seq_expected.n - own : 0;
    plain.ack_expected.n = plain.ack_expected_known ? plain.ack_expected.n - peers : 0;
    plain.window_left.n = plain.window_known ? plain.window_left.n - own : 0;
    plain.window_right.n = plain.window_known ? plain.window_right.n - own : 0;
    plain.sender ^= swapped;
    return plain;
}

static bool same_findings(const struct verdict *a, const struct verdict *b)
{
    if (a->count != b->count)
        return false;
    for (unsigned i = 0; i < a->count; i++) {
        if (a->findings[i].id != b->findings[i].id ||
            a->findings[i].severity != b->findings[i].severity ||
            a->findings[i].about != b->findings[i].about)
            return false;
    }
    return true;
}

static void describe(const struct answer *a, const struct answer *b)
{
    const struct answer *both[] = {a, b};

    for (unsigned i = 0; i < 2; i++) {
        char text[SENTENCE_MAX] = "";
        const struct verdict *verdict = &both[i]->verdict;

        sentence_protocol(text, sizeof(text), &both[i]->annotation);
        struct annotation shown = comparable(&both[i]->annotation, false);

        fprintf(stderr, "  connection %u, %s; source %x, destination %x, expects %d %d, ",
                connection_of(&both[i]->annotation), text, shown.src_path, shown.dst_path,
                (int)shown.seq_expected.n, (int)shown.ack_expected.n);
        fprintf(stderr, "window %d %d, new %u by %u, acked in %u, listed %x %x, past %u; findings:",
                (int)shown.window_left.n, (int)shown.window_right.n, shown.ack_new, shown.ack_frame,
                shown.acked_in, shown.src_listed, shown.dst_listed, shown.seq_past);
        for (unsigned n = 0; n < verdict->count; n++)
            fprintf(stderr, " %d/%d", (int)verdict->findings[n].id,
                    (int)verdict->findings[n].severity);
        fputc('\n', stderr);
    }
}

static void compare(const struct play *play, const struct play *other, const char *how)
{
    for (uint32_t i = 0; i < play->segments; i++) {
        const struct answer *a = &play->answers[i];
        const struct answer *b = &other->answers[i];
        struct annotation one = comparable(&a->annotation, play->manner.swapped);
        struct annotation two = comparable(&b->annotation, other->manner.swapped);

        if (memcmp(&one, &two, sizeof(one)) != 0 ||
            connection_of(&a->annotation) != connection_of(&b->annotation) ||
            !same_findings(&a->verdict, &b->verdict)) {
            describe(a, b);
            wrong(how, i + 1);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
    struct manner manner = {.swapped = false};
    struct play *play = play_new(octets, size, &manner);

    check_looking(play);
    /* The input itself says how it is played again, so that a crash can be repeated. */
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ octets[i]) * 16777619U;
    if (sum % 4 == 0) {
        manner.swapped = true;
    } else if (sum % 4 == 1) {
        manner.rotation[0] = sum | 0x40000000U;
        manner.rotation[1] = sum * 2654435761U;
    }
    if (sum % 4 < 2) {
        struct play *other = play_new(octets, size, &manner);
        if (manner.swapped)
            compare(play, other, "another answer with the sides swapped");
        else if (!play->has_raw_zero && !other->has_raw_zero)
            compare(play, other, "another answer with other initial sequence numbers");
        play_end(other);
    }
    play_end(play);
    return 0;
}
