/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes scenarios into one capture: flow_pcap OUT.pcap FILE...
 *
 * Each file and ISS value gets its own addresses and its own slot of time, so that nothing of one
 * can be taken for another's. OUT.pcap.index says which frames belong to whom: path, ISS, first
 * frame, number of frames. A file that says when its capture ends does not get a slot, but ends so
 * long before the capture; the last frame marks that time and belongs to no file. Format: pcap with nanoseconds, link type 101 (raw IP).
 */
#include "flow_internal.h"
#include "flow_wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PCAP_MAGIC_NS 0xa1b23c4dU
#define LINKTYPE_RAW  101
#define SLOT_GAP_S    200 /* longer than any TIME-WAIT */

struct writer {
    FILE *pcap;
    FILE *index;
    unsigned frames;
    unsigned flows;
    int64_t time_ns;
};

/* In the host's byte order: readers tell it from the magic number. */
static void write32(FILE *out, uint32_t n)
{
    fwrite(&n, sizeof n, 1, out);
}

static void write_file_header(FILE *out)
{
    uint16_t version[2] = {2, 4};

    write32(out, PCAP_MAGIC_NS);
    fwrite(version, sizeof version, 1, out);
    write32(out, 0);
    write32(out, 0);
    write32(out, 262144);
    write32(out, LINKTYPE_RAW);
}

static void write_frame(struct writer *writer, const struct wire_frame *frame, int64_t time_ns)
{
    write32(writer->pcap, (uint32_t)(time_ns / 1000000000));
    write32(writer->pcap, (uint32_t)(time_ns % 1000000000));
    write32(writer->pcap, frame->captured);
    write32(writer->pcap, frame->length);
    fwrite(frame->octets, 1, frame->captured, writer->pcap);
    writer->frames++;
}

static void write_flow(struct writer *writer, const struct flow *flow, uint32_t iss)
{
    static struct wire_frame frame;
    struct wire wire;
    unsigned first = writer->frames + 1;
    int64_t time_ns = flow->ends ? wire_begin_ns(flow) : writer->time_ns;

    wire_start(&wire, flow, iss, writer->flows++);
    for (unsigned i = 0; i < flow->segments; i++) {
        time_ns += flow->segment[i].delta_ns;
        if (flow->segment[i].uncaptured)
            continue;
        wire_build(&wire, &flow->segment[i], &frame);
        write_frame(writer, &frame, time_ns);
    }
    if (!flow->ends)
        writer->time_ns = time_ns + SLOT_GAP_S * 1000000000LL;
    fprintf(writer->index, "%s\t%" PRIu32 "\t%u\t%u\n", flow->path, iss, first,
            writer->frames + 1 - first);
}

static FILE *create(const char *path, const char *suffix)
{
    char name[4096];
    FILE *file;

    snprintf(name, sizeof name, "%s%s", path, suffix);
    file = fopen(name, "wb");
    if (file == NULL) {
        fprintf(stderr, "%s: cannot be written\n", name);
        exit(2);
    }
    return file;
}

int main(int argc, char **argv)
{
    static struct wire_frame last;
    struct writer writer = {.time_ns = WIRE_BEGIN_NS};

    if (argc < 3) {
        fprintf(stderr, "usage: flow_pcap OUT.pcap FILE...\n");
        return 2;
    }
    writer.pcap = create(argv[1], "");
    writer.index = create(argv[1], ".index");
    write_file_header(writer.pcap);
    for (int i = 2; i < argc; i++) {
        struct flow *flow = flow_read(argv[i], stderr);

        if (flow == NULL)
            return 2;
        for (int j = 0; j < WIRE_ISS_VALUES; j++)
            write_flow(&writer, flow, wire_iss_values[j]);
        flow_free(flow);
    }
    wire_build_last(&last);
    write_frame(&writer, &last, WIRE_END_NS);
    if (fclose(writer.pcap) != 0 || fclose(writer.index) != 0) {
        fprintf(stderr, "%s: writing failed\n", argv[1]);
        return 2;
    }
    return 0;
}
