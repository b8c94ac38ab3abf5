/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"

#include "tcp_header.h"

#include <stdlib.h>
#include <string.h>

#define BENCH_TICK_NS 1000000

struct segment seg(struct seg_spec spec)
{
    struct segment segment = {
        .sender = spec.from,
        .src_port = spec.from == SIDE_A ? 40000 : 9,
        .dst_port = spec.from == SIDE_A ? 9 : 40000,
        .seq = seq_of(spec.seq),
        .ack = seq_of(spec.ack),
        .payload_len = spec.payload,
        .payload_captured = spec.payload,
        .flags = (uint16_t)spec.flags,
        .wnd_field = spec.wnd_field,
        .header_len = TCP_HEADER_FIXED,
        .src_unicast = true,
        .dst_unicast = true,
        .ttl = 64,
    };

    segment.len = spec.payload + segment_has(&segment, FLAG_SYN) + segment_has(&segment, FLAG_FIN);
    return segment;
}

static void bench_amend(void *context, uint32_t id, enum amendment what, uint32_t value)
{
    struct bench *self = context;

    if (self->amendments < BENCH_AMENDMENTS_MAX)
        self->amendment[self->amendments++] = (struct bench_amendment){id, what, value};
}

void bench_start(struct bench *self, uint32_t iss)
{
    struct model_settings settings = {
        .msl_seconds = 30, .amend = bench_amend, .amend_context = self, .copies_mib = 1};

    *self = (struct bench){.time_ns = 1600000000LL * 1000000000};
    test_arena_start(&self->memory);
    self->history = history_new(model_new(&self->memory.arena, &settings), self);
    self->flow = flow_new("bench");
    wire_start(&self->wire, self->flow, iss, 0);
}

void bench_end(struct bench *self)
{
    flow_free(self->flow);
    test_arena_end(&self->memory);
}

const struct step *bench_apply(struct bench *self, struct segment segment)
{
    segment.id = self->count++;
    segment.frame = segment.id + 1;
    self->time_ns += BENCH_TICK_NS;
    segment.time_ns = self->time_ns;
    segment.has_time = true;
    self->segment = segment;
    self->amendments = 0;
    history_apply(self->history, &self->segment, &self->step);
    return &self->step;
}

const struct step *bench_line(struct bench *self, const char *line)
{
    static struct wire_frame frame;
    const struct flow_segment *written;
    struct segment segment = seg((struct seg_spec){.from = SIDE_A});
    unsigned have = self->flow->segments;
    const char *error = flow_add_line(self->flow, line, have + 1);

    if (error != NULL) {
        fprintf(stderr, "\"%s\": %s\n", line, error);
        exit(2);
    }
    if (self->flow->segments == have)
        return NULL;
    written = &self->flow->segment[self->flow->segments - 1];
    wire_build(&self->wire, written, &frame);
    if (tcp_header_read(frame.octets + WIRE_IP_HEADER, frame.captured - WIRE_IP_HEADER,
                        frame.length - WIRE_IP_HEADER, &segment) != SEGMENT_OK) {
        fprintf(stderr, "\"%s\": not a usable segment\n", line);
        exit(2);
    }
    segment.sender = written->sender;
    self->time_ns += written->delta_ns - BENCH_TICK_NS;
    return bench_apply(self, segment);
}
