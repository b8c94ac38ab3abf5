/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store.h"

#include "compat.h"
#include "end_of_capture.h"
#include "numbering.h"
#include "pages.h"
#include "slabs.h"
#include "tuple.h"

#include <stdlib.h>
#include <string.h>

static struct store {
    struct model *model;      /* NULL until the first segment */
    struct pages annotations; /* by id */
    struct pages frames;      /* by frame number: id + 1 of the outermost segment, or 0 */
    struct pages tuples;      /* by tcp.stream: struct tuple * */
    struct pages last;        /* by connection number: id + 1 of its latest segment */
    struct pages tallies;     /* by connection number: struct tally, where there are findings */
    struct turns turns;       /* where the states of a connection change */
    struct numbering numbering;
    struct docket docket;
    struct limits limits;
    bool has_time;       /* some frame has a time, and the highest is: */
    int64_t end_ns;
    uint32_t serial;     /* of the frame that is being dissected */
    uint32_t count;      /* annotations so far */
    uint32_t frame_last; /* id + 1 of the last one in this frame; 0: none yet */

    /* Was the very last frame of the first pass rejected? See judge_last(). */
    bool last_rejected;
    uint32_t last_shown;
    uint32_t last_asked;

    struct slabs slabs;
} store;

/* The findings of one connection, by severity. */
struct tally {
    uint32_t of[SEVERITIES];
};

static void *file_alloc(void *context, size_t size)
{
    (void)context;
    return wmem_alloc0(wmem_file_scope(), size);
}

/* For what is large and written before it is read. */
static void *file_alloc_dirty(void *context, size_t size)
{
    (void)context;
    return wmem_alloc(wmem_file_scope(), size);
}

static const struct arena file_scope = {.alloc = file_alloc, .alloc_dirty = file_alloc_dirty};

/* Whoever looks for memory errors makes wmem give each block for itself: then so do we. */
static void *kept_alloc(void *context, size_t size)
{
    if (store.slabs.from == NULL && getenv("WIRESHARK_DEBUG_WMEM_OVERRIDE") != NULL)
        return file_alloc(context, size);
    store.slabs.from = &file_scope;
    return slabs_alloc(&store.slabs, size);
}

static const struct arena file_arena = {.alloc = kept_alloc, .alloc_dirty = file_alloc_dirty};

/* The memory itself goes with the file scope. */
static void forget_all(void)
{
    store = (struct store){0};
}

void store_register(void)
{
    register_init_routine(forget_all);
    register_cleanup_routine(forget_all);
}

bool store_is_empty(void)
{
    return store.model == NULL;
}

static struct annotation *annotation_at(uint32_t id)
{
    return id < store.count ? pages_find(&store.annotations, id, sizeof(struct annotation)) : NULL;
}

static void amend(void *context, uint32_t id, enum amendment what, uint32_t value)
{
    struct annotation *annotation = annotation_at(id);

    (void)context;
    if (annotation != NULL)
        annotation_amend(annotation, what, value);
}

void store_begin_frame(const packet_info *pinfo)
{
    uint32_t number = pinfo->num;
    int64_t time_ns;

    if (capture_point_time(pinfo, &time_ns) && (!store.has_time || time_ns > store.end_ns)) {
        store.has_time = true;
        store.end_ns = time_ns;
    }
    if (numbering_comes_again(&store.numbering, number)) {
        uint32_t *first = pages_find(&store.frames, number, sizeof(*first));
        if (first != NULL)
            *first = 0;
    }
    store.serial = numbering_begin(&store.numbering, number, &file_arena);
    store.frame_last = 0;
}

/* ---- tuples ---- */

static struct tuple **tuple_slot(uint32_t stream)
{
    return pages_item(&store.tuples, stream, sizeof(struct tuple *), &file_arena);
}

static struct tuple *tuple_of_stream(uint32_t stream)
{
    struct tuple **slot = pages_find(&store.tuples, stream, sizeof(*slot));

    return slot != NULL ? *slot : NULL;
}

/* An address that is longer than any real one is kept without its octets. */
static uint8_t kept_len(const address *addr)
{
    return addr->len > 0 && addr->len <= UINT8_MAX ? (uint8_t)addr->len : 0;
}

static struct tuple *tuple_new(const struct captured_layer *layer, const struct limits *limits)
{
    uint8_t src_len = kept_len(&layer->src);
    uint8_t dst_len = kept_len(&layer->dst);
    struct tuple *tuple = arena_alloc(&file_arena, sizeof(*tuple) + src_len + dst_len);

    if (store.model == NULL) {
        struct model_settings settings = {.msl_seconds = limits->msl_seconds,
                                          .amend = amend,
                                          .copies_mib = limits->inj_overlap_conflict_limit};
        store.model = model_new(&file_arena, &settings);
        store.limits = *limits; /* another preference has the file dissected anew */
    }
    tuple->history = history_new(store.model, tuple);
    tuple->port[SIDE_A] = layer->segment.src_port;
    tuple->port[SIDE_B] = layer->segment.dst_port;
    tuple->type[SIDE_A] = (uint8_t)layer->src.type;
    tuple->type[SIDE_B] = (uint8_t)layer->dst.type;
    tuple->len[SIDE_A] = src_len;
    tuple->len[SIDE_B] = dst_len;
    if (src_len != 0)
        memcpy(tuple->octets, layer->src.data, src_len);
    if (dst_len != 0)
        memcpy(tuple->octets + src_len, layer->dst.data, dst_len);
    return tuple;
}

void store_follow_stream(const struct captured_layer *layer)
{
    if (!layer->stream_known || !layer->stream_before_known ||
        layer->stream_before == layer->segment.stream)
        return;

    struct tuple *tuple = tuple_of_stream(layer->stream_before);
    if (tuple == NULL || tuple_of_stream(layer->segment.stream) != NULL)
        return;
    /* A conversation with a wildcard may have stood for another tuple. */
    if (tuple_fits(tuple, layer, tvb_get_ntohs(layer->tvb, 0), tvb_get_ntohs(layer->tvb, 2)))
        *tuple_slot(layer->segment.stream) = tuple;
}

struct history *store_history(struct captured_layer *layer, const struct limits *limits)
{
    struct segment *segment = &layer->segment;

    store_follow_stream(layer);
    struct tuple **slot = tuple_slot(segment->stream);
    if (*slot == NULL)
        *slot = tuple_new(layer, limits);
    segment->id = store.count;
    segment->frame = store.serial;
    segment->sender = tuple_end_is(*slot, SIDE_A, &layer->src, segment->src_port) ? SIDE_A : SIDE_B;
    return (*slot)->history;
}

bool store_end(const struct annotation *annotation, enum side side, struct tuple_end *out)
{
    const struct tuple *tuple = tuple_of_stream(annotation->stream);

    if (tuple == NULL)
        return false;
    set_address(&out->addr, tuple->type[side], tuple->len[side], tuple_octets(tuple, side));
    out->port = tuple->port[side];
    return true;
}

/* ---- annotations ---- */

static const struct finding *keep_findings(const struct verdict *verdict)
{
    struct finding *kept = arena_alloc(&file_arena, verdict->count * sizeof(*kept));

    memcpy(kept, verdict->findings, verdict->count * sizeof(*kept));
    for (unsigned i = 0; i < verdict->count; i++)
        kept[i].next = i + 1 < verdict->count ? &kept[i + 1] : NULL;
    return kept;
}

static bool needs_annex(const struct step *step, const struct verdict *verdict)
{
    return verdict->count != 0 || step->time_wait_ns[0] >= 0 || step->time_wait_ns[1] >= 0;
}

static struct annex *annex_new(const struct step *step, const struct verdict *verdict)
{
    struct annex *annex = arena_alloc(&file_arena, sizeof(*annex));

    annex->findings = verdict->count != 0 ? keep_findings(verdict) : NULL;
    annex->time_wait_ns[0] = step->time_wait_ns[0];
    annex->time_wait_ns[1] = step->time_wait_ns[1];
    return annex;
}

/* What the segment proves of an earlier one is shown there on later passes. */
static void file_earlier(const struct verdict *verdict)
{
    for (unsigned i = 0; i < verdict->count; i++) {
        const struct finding *finding = &verdict->findings[i];
        struct annotation *earlier = finding->about != 0 ? annotation_at(finding->about - 1) : NULL;

        if (earlier != NULL)
            annotation_prove(earlier, finding, store.serial, &file_arena);
    }
}

static uint32_t *tally_of(uint32_t conn_id, unsigned severity)
{
    struct tally *sums = pages_item(&store.tallies, conn_id, sizeof(*sums), &file_arena);
    return &sums->of[severity];
}

/* What was said meanwhile of the segment that the finding speaks of is over. */
static void withdraw(const struct finding *f)
{
    struct annotation *of = f->about != 0 ? annotation_at(f->about - 1) : NULL;

    if (of != NULL && of->annex != NULL && of->conn != NULL &&
        finding_withdraw(&of->annex->findings, f))
        --*tally_of(of->conn->id, finding_severity_meanwhile(f));
}

/* A finding that waited for proof counts once, with the segment that it speaks of. */
static void tally(const struct annotation *annotation, const struct verdict *verdict)
{
    for (unsigned i = 0; i < verdict->withdrawn_count; i++)
        withdraw(&verdict->withdrawn[i]);
    for (unsigned i = 0; i < verdict->count; i++) {
        const struct finding *f = &verdict->findings[i];
        const struct annotation *of = f->about != 0 ? annotation_at(f->about - 1) : annotation;

        withdraw(f);
        if (of != NULL && of->conn != NULL && f->severity < SEVERITIES)
            ++*tally_of(of->conn->id, f->severity);
    }
}

static void remember_last(const struct annotation *annotation, uint32_t id)
{
    uint32_t *last;

    if (annotation->conn == NULL)
        return;
    last = pages_item(&store.last, annotation->conn->id, sizeof(*last), &file_arena);
    *last = id + 1;
}

static void remember_turn(const struct annotation *annotation, uint32_t id)
{
    if (annotation->conn != NULL && (annotation->src_listed | annotation->dst_listed) != 0)
        turns_add(&store.turns, annotation->conn->id, id, &file_arena);
}

/* Copies made by store_present() keep `next`, which differs between the segments of a frame. */
static uint32_t id_of(const struct annotation *annotation, uint32_t number)
{
    const uint32_t *first = pages_find(&store.frames, number, sizeof(*first));
    uint32_t id = first != NULL ? *first : 0;

    while (id != 0 && annotation_at(id - 1)->next != annotation->next)
        id = annotation_at(id - 1)->next;
    return id != 0 ? id - 1 : 0;
}

bool store_is_last(const struct annotation *annotation, uint32_t number)
{
    return annotation->conn != NULL &&
           store_last_of(annotation->conn->id) == annotation_at(id_of(annotation, number));
}

void store_turned(const struct annotation *annotation, uint32_t number, struct turned *out)
{
    uint32_t ids[TURNS_MAX];
    uint32_t own = id_of(annotation, number);

    *out = (struct turned){0};
    if (annotation->conn == NULL)
        return;
    out->count = turns_of(&store.turns, annotation->conn->id, ids);
    for (unsigned i = 0; i < out->count; i++) {
        out->at[i] = annotation_at(ids[i]);
        out->so_far += ids[i] <= own;
    }
}

const struct annotation *store_last_of(uint32_t conn_id)
{
    const uint32_t *last = pages_find(&store.last, conn_id, sizeof(*last));

    return last != NULL && *last != 0 ? annotation_at(*last - 1) : NULL;
}

uint32_t store_findings_of(uint32_t conn_id, enum severity severity)
{
    const struct tally *sums = pages_find(&store.tallies, conn_id, sizeof(*sums));

    return sums != NULL ? sums->of[severity] : 0;
}

bool store_ending(uint32_t conn_id, struct finding *finding)
{
    const struct annotation *last = store_last_of(conn_id);
    struct ending ending;

    if (last == NULL)
        return false;
    const struct tuple *tuple = last->conn->owner;
    ending.conn = last->conn;
    ending.outlived = history_has_outlived(tuple->history, last->conn);
    ending.has_time = store.has_time;
    ending.end_ns = store.end_ns;
    return judge_end(&ending, &store.limits, finding);
}

struct docket *store_docket(void)
{
    return &store.docket;
}

void store_put(const struct step *step, const struct verdict *verdict)
{
    uint32_t id = store.count;
    struct annotation *annotation =
        pages_append(&store.annotations, id, sizeof(*annotation), &file_arena);

    annotation_from_step(annotation, step);
    if (needs_annex(step, verdict))
        annotation->annex = annex_new(step, verdict);
    store.count++;
    tally(annotation, verdict);
    file_earlier(verdict);
    remember_last(annotation, id);
    remember_turn(annotation, id);

    if (store.frame_last != 0) {
        annotation_at(store.frame_last - 1)->next = id + 1;
    } else {
        uint32_t *first =
            pages_item(&store.frames, store.numbering.last_number, sizeof(*first), &file_arena);
        *first = id + 1;
    }
    store.frame_last = id + 1;
}

const struct annotation *store_of_frame(uint32_t number)
{
    const uint32_t *first = pages_find(&store.frames, number, sizeof(*first));

    return first != NULL && *first != 0 ? annotation_at(*first - 1) : NULL;
}

const struct annotation *store_next(const struct annotation *annotation)
{
    return annotation->next != 0 ? annotation_at(annotation->next - 1) : NULL;
}

/* ---- frame numbers as they are now ---- */

/*
 * When the last frame of the file is rejected, its number comes to nobody. Later passes can tell:
 * once the frame is shown it exists, and Wireshark knows which frames exist. It logs a warning
 * when one does not, so that is not asked where a read filter is known to be at work: there the
 * last number counts as rejected until it is shown.
 */
static void judge_last(const packet_info *pinfo)
{
    uint32_t last = store.numbering.last_number;

    if (PINFO_FD_VISITED(pinfo) && pinfo->num == last)
        store.last_shown = last;
    if (!PINFO_FD_VISITED(pinfo) || store.last_shown == last) {
        store.last_rejected = false;
    } else if (store.numbering.count != 0) {
        store.last_rejected = true;
    } else if (store.last_asked != last) {
        store.last_asked = last;
        store.last_rejected = !compat_frame_exists(pinfo->epan, last);
    }
}

static uint32_t number_now(uint32_t serial)
{
    if (store.last_rejected && serial == store.numbering.last_serial)
        return 0;
    return numbering_number(&store.numbering, serial);
}

static const struct connection *present_connection(const struct annotation *annotation,
                                                   wmem_allocator_t *pool)
{
    struct connection *conn = wmem_memdup(pool, annotation->conn, sizeof(*conn));

    /* asked in our numbers, in which every frame has its place */
    if (annotation->frame < conn->handshake_rtt_frame)
        conn->handshake_rtt_ns = -1;
    conn->first_frame = number_now(conn->first_frame);
    conn->last_frame = number_now(conn->last_frame);
    conn->syn_frame = number_now(conn->syn_frame);
    conn->synack_frame = number_now(conn->synack_frame);
    conn->established_frame = number_now(conn->established_frame);
    conn->fin_frame[SIDE_A] = number_now(conn->fin_frame[SIDE_A]);
    conn->fin_frame[SIDE_B] = number_now(conn->fin_frame[SIDE_B]);
    conn->closed_frame = number_now(conn->closed_frame);
    conn->handshake_rtt_frame = number_now(conn->handshake_rtt_frame);
    return conn;
}

static struct annex *present_annex(const struct annex *kept, wmem_allocator_t *pool)
{
    struct annex *annex = wmem_memdup(pool, kept, sizeof(*annex));
    const struct finding **link = &annex->findings;

    for (const struct finding *f = kept->findings; f != NULL; f = f->next) {
        struct finding *copy = wmem_memdup(pool, f, sizeof(*copy));
        copy->limit_frame = number_now(copy->limit_frame);
        copy->about_frame = number_now(copy->about_frame);
        copy->proved_by = number_now(copy->proved_by);
        *link = copy;
        link = &copy->next;
    }
    return annex;
}

/* The segment with what is said of how its connection ends, on the last one of later passes. */
static const struct annotation *with_ending(const struct annotation *annotation,
                                            const packet_info *pinfo)
{
    const struct connection *conn = annotation->conn;
    struct finding ending;

    if (!PINFO_FD_VISITED(pinfo) || conn == NULL || annotation->frame != conn->last_frame ||
        annotation != store_last_of(conn->id) || !store_ending(conn->id, &ending))
        return annotation;

    struct annotation *last = wmem_memdup(pinfo->pool, annotation, sizeof(*last));
    struct annex *annex = wmem_new(pinfo->pool, struct annex);
    if (annotation->annex != NULL)
        *annex = *annotation->annex;
    else
        *annex = (struct annex){.time_wait_ns = {-1, -1}};
    ending.next = annex->findings;
    annex->findings = wmem_memdup(pinfo->pool, &ending, sizeof(ending));
    last->annex = annex;
    return last;
}

const struct annotation *store_present(const struct annotation *annotation, packet_info *pinfo)
{
    judge_last(pinfo);
    annotation = with_ending(annotation, pinfo);
    if (!store.last_rejected && store.numbering.count == 0)
        return annotation;

    struct annotation *now = wmem_memdup(pinfo->pool, annotation, sizeof(*now));
    if (now->conn != NULL)
        now->conn = present_connection(annotation, pinfo->pool);
    if (now->annex != NULL)
        now->annex = present_annex(annotation->annex, pinfo->pool);
    now->frame = number_now(now->frame);
    now->ack_frame = number_now(now->ack_frame);
    now->acked_in = number_now(now->acked_in);
    return now;
}
