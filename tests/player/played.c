/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The core's door: octets -> facts -> step -> verdict -> annotation, twice shown. */
#include "played.h"

#include "annotation.h"
#include "docket.h"
#include "end_of_capture.h"
#include "flow_internal.h"
#include "flow_wire.h"
#include "history.h"
#include "judge.h"
#include "padding.h"
#include "tcp_header.h"
#include "test_arena.h"

#include <stdlib.h>
#include <string.h>

void played_start(struct played *played, const struct flow *flow)
{
    played->frames = 0;
    for (unsigned i = 0; i < flow->segments; i++)
        played->frames += !flow->segment[i].uncaptured;
    for (int view = 0; view < FLOW_VIEWS; view++)
        played->shown[view] = xcalloc(played->frames + 1, sizeof *played->shown[view]);
}

void played_end(struct played *played)
{
    for (int view = 0; view < FLOW_VIEWS; view++) {
        for (unsigned i = 0; i < played->frames; i++)
            shown_clear(&played->shown[view][i]);
        free(played->shown[view]);
    }
}

static bool is_unicast(const uint8_t octets[4])
{
    return octets[0] < 224;
}

/* What the layers below TCP tell. */
static void network_facts(const struct wire *wire, const struct flow_segment *line,
                          struct segment *segment)
{
    uint8_t src[4], dst[4];

    wire_address(wire, line->sender, src);
    wire_address(wire, side_other(line->sender), dst);
    segment->src_unicast = is_unicast(src);
    segment->dst_unicast = is_unicast(dst);
    segment->loopback = src[0] == 127 && dst[0] == 127;
    segment->same_ends = memcmp(src, dst, 4) == 0 && wire->flow->port[0] == wire->flow->port[1];
    segment->has_ip_id = true;
    segment->ip_id = wire->last_id[line->sender];
    segment->ttl = (uint8_t)(line->ttl >= 0 ? line->ttl : 64);
}

/* SIDE_A of the model is who was captured first, whatever the file calls it. */
static enum side model_side(const struct flow *flow, const struct flow_segment *line,
                            const struct segment *segment)
{
    unsigned i = 0;

    while (flow->segment[i].uncaptured)
        i++;
    return segment->same_ends || line->sender == flow->segment[i].sender ? SIDE_A : SIDE_B;
}

/* One playing of a file. */
struct core {
    struct test_arena memory;
    struct history *history;
    struct docket docket;
    struct annotation *annotations;
    uint32_t count;
};

static void core_amend(void *context, uint32_t id, enum amendment what, uint32_t value)
{
    struct core *core = context;

    if (id < core->count)
        annotation_amend(&core->annotations[id], what, value);
}

static void core_withdraw(struct core *core, const struct finding *settled)
{
    struct annotation *of = settled->about != 0 ? &core->annotations[settled->about - 1] : NULL;

    if (of != NULL && of->annex != NULL)
        finding_withdraw(&of->annex->findings, settled);
}

/* What a segment proves of an earlier one belongs to both. */
static void core_file(struct core *core, const struct step *step, const struct verdict *verdict)
{
    struct annotation *annotation = &core->annotations[core->count++];

    annotation_from_step(annotation, step);
    for (unsigned i = verdict->count; i > 0; i--) {
        const struct finding *finding = &verdict->findings[i - 1];

        annotation_file(annotation, finding, &core->memory.arena);
        if (finding->about != 0) {
            core_withdraw(core, finding);
            annotation_prove(&core->annotations[finding->about - 1], finding,
                             step->segment->frame, &core->memory.arena);
        }
    }
    for (unsigned i = 0; i < verdict->withdrawn_count; i++)
        core_withdraw(core, &verdict->withdrawn[i]);
}

/* … but on the later segment it is shown in the first pass only. */
static void forget_told_once(struct annotation *annotation)
{
    const struct finding **link = annotation->annex != NULL ? &annotation->annex->findings : NULL;

    while (link != NULL && *link != NULL) {
        struct finding *finding = (struct finding *)*link;

        if (finding->about != 0)
            *link = finding->next;
        else
            link = &finding->next;
    }
}

static void drop_padding(struct segment *segment, const struct wire_frame *frame)
{
    const struct checksum_addresses addresses = {frame->octets + 12, frame->octets + 16, 4};

    padding_drop(segment, frame->length, &addresses);
}

static void core_segment(struct core *core, struct wire *wire, const struct flow_segment *line,
                         int64_t time_ns)
{
    static struct wire_frame frame;
    struct segment segment = {0};
    struct step step;
    struct verdict verdict;
    enum segment_status status;

    wire_build(wire, line, &frame);
    status = tcp_header_read(frame.octets + WIRE_IP_HEADER, frame.captured - WIRE_IP_HEADER,
                             frame.length - WIRE_IP_HEADER, &segment);
    if (status != SEGMENT_OK) {
        fprintf(stderr, "%s:%u: no usable segment (status %d)\n", wire->flow->path, line->line,
                (int)status);
        exit(2);
    }
    network_facts(wire, line, &segment);
    drop_padding(&segment, &frame);
    segment.id = core->count;
    segment.frame = core->count + 1;
    segment.time_ns = time_ns;
    segment.has_time = true;
    segment.sender = model_side(wire->flow, line, &segment);
    if (frame.captured == frame.length)
        segment.checksum_status = line->bad_sum ? CHECKSUM_BAD : CHECKSUM_GOOD;
    history_apply(core->history, &segment, &step);
    judge(&step, &limits_standard, &core->docket, &verdict);
    core_file(core, &step, &verdict);
}

/* The capture is over. */
static void core_end(struct core *core, struct annotation *annotation)
{
    struct ending ending = {.conn = annotation->conn, .has_time = true, .end_ns = WIRE_END_NS};
    struct finding finding;

    if (annotation->conn == NULL || annotation->conn->last_frame != annotation->frame)
        return;
    ending.outlived = history_has_outlived(core->history, annotation->conn);
    if (judge_end(&ending, &limits_standard, &finding))
        annotation_file(annotation, &finding, &core->memory.arena);
}

void played_by_core(struct played *played, const struct flow *flow, uint32_t iss)
{
    struct core core = {.count = 0};
    struct model_settings settings = {.msl_seconds = limits_standard.msl_seconds,
                                      .amend = core_amend,
                                      .amend_context = &core,
                                      .copies_mib = 1};
    struct wire wire;
    int64_t time_ns = flow->ends ? wire_begin_ns(flow) : WIRE_BEGIN_NS;

    test_arena_start(&core.memory);
    core.history = history_new(model_new(&core.memory.arena, &settings), NULL);
    core.annotations = xcalloc(played->frames + 1, sizeof *core.annotations);
    wire_start(&wire, flow, iss, 0);
    for (unsigned i = 0; i < flow->segments; i++) {
        time_ns += flow->segment[i].delta_ns;
        if (flow->segment[i].uncaptured)
            continue;
        core_segment(&core, &wire, &flow->segment[i], time_ns);
        shown_from_annotation(&played->shown[VIEW_ONE_PASS][core.count - 1],
                              &core.annotations[core.count - 1]);
    }
    for (uint32_t i = 0; i < core.count; i++) {
        forget_told_once(&core.annotations[i]);
        core_end(&core, &core.annotations[i]);
        shown_from_annotation(&played->shown[VIEW_LATER][i], &core.annotations[i]);
    }
    free(core.annotations);
    test_arena_end(&core.memory);
}
