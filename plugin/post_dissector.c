/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "post_dissector.h"

#include "capture_point.h"
#include "preferences.h"
#include "store.h"
#include "view.h"

static void judge_layer(struct captured_layer *layer, const struct limits *limits)
{
    struct history *history = store_history(layer, limits);
    struct step step;
    struct verdict verdict;

    history_apply(history, &layer->segment, &step);
    judge(&step, limits, store_docket(), &verdict);
    store_put(&step, &verdict);
}

static void judge_frame(packet_info *pinfo)
{
    const struct limits *limits = preferences_limits();

    store_begin_frame(pinfo);
    for (struct captured_layer *l = capture_point_layers(pinfo); l != NULL; l = l->next) {
        if (l->status == SEGMENT_OK && l->stream_known)
            judge_layer(l, limits);
        else
            store_follow_stream(l);
    }
}

/* The buffer of the layer that the annotation speaks of; moves `next` behind it. */
static tvbuff_t *layer_buffer(struct captured_layer **next, const struct annotation *annotation)
{
    for (struct captured_layer *l = *next; l != NULL; l = l->next) {
        if (l->status == SEGMENT_OK && seq_eq(l->segment.seq, annotation->seq) &&
            l->segment.len == annotation->len) {
            *next = l->next;
            return l->tvb;
        }
    }
    return NULL;
}

static int dissect_tcpstate(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    (void)data;
    if (!PINFO_FD_VISITED(pinfo))
        judge_frame(pinfo);

    struct view_settings settings = preferences_view();
    struct view view = {.pinfo = pinfo, .frame = tvb, .tree = tree, .settings = &settings};
    struct captured_layer *layer = tree != NULL ? capture_point_layers(pinfo) : NULL;

    for (const struct annotation *a = store_of_frame(pinfo->num); a != NULL; a = store_next(a))
        view_show(&view, store_present(a, pinfo), layer_buffer(&layer, a));
    if (tree != NULL && capture_point_missed(pinfo) != 0)
        view_show_missed(&view);
    return (int)tvb_captured_length(tvb);
}

void post_dissector_register(int proto)
{
    register_postdissector(create_dissector_handle(dissect_tcpstate, proto));
}
