/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view.h"

#include "columns.h"
#include "connections.h"
#include "expert.h"
#include "fields.h"
#include "summary.h"
#include "tree.h"

#include <epan/tap.h>

static int tap = -1;

void view_register(int proto)
{
    fields_register(proto);
    expert_findings_register(proto);
    tap = register_tap("tcpstate");
    summary_register("tcpstate");
    connections_register("tcpstate");
}

void view_handoff(void)
{
    tree_handoff();
}

bool view_tells(bool first_pass, const struct finding *finding)
{
    return finding->about == 0 || first_pass;
}

/* Expert infos count in passes without a tree too: the dialog and -z expert have none. */
static void raise_all(const struct view *view, const struct annotation *annotation)
{
    const struct finding *f = annotation->annex != NULL ? annotation->annex->findings : NULL;

    for (; f != NULL; f = f->next) {
        if (view_tells(!PINFO_FD_VISITED(view->pinfo), f))
            expert_finding_raise(view->pinfo, NULL, f, view->settings->report_severity);
    }
}

static void feed_tap(packet_info *pinfo, const struct annotation *annotation)
{
    struct told_segment *told = wmem_new(pinfo->pool, struct told_segment);

    told->annotation = annotation;
    told->first_pass = !PINFO_FD_VISITED(pinfo);
    tap_queue_packet(tap, pinfo, told);
}

void view_show(const struct view *view, const struct annotation *annotation, tvbuff_t *layer)
{
    if (tree_is_read(view->tree))
        tree_show(view, annotation, layer);
    else
        raise_all(view, annotation);
    if (view->settings->info_column)
        columns_show(view->pinfo, annotation);
    connections_refresh(annotation, !PINFO_FD_VISITED(view->pinfo));
    if (have_tap_listener(tap))
        feed_tap(view->pinfo, annotation);
}

void view_show_missed(const struct view *view)
{
    if (tree_is_read(view->tree))
        tree_show_missed(view);
}
