/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view.h"

#include "columns.h"
#include "expert.h"
#include "fields.h"
#include "tree.h"

#include <epan/tap.h>

static int tap = -1;

void view_register(int proto)
{
    fields_register(proto);
    expert_findings_register(proto);
    tap = register_tap("tcpstate");
}

void view_handoff(void)
{
    tree_handoff();
}

bool view_tells(const struct view *view, const struct finding *finding)
{
    return finding->about == 0 || !PINFO_FD_VISITED(view->pinfo);
}

/* Expert infos count in passes without a tree too: the dialog and -z expert have none. */
static void raise_all(const struct view *view, const struct annotation *annotation)
{
    const struct finding *f = annotation->annex != NULL ? annotation->annex->findings : NULL;

    for (; f != NULL; f = f->next) {
        if (view_tells(view, f))
            expert_finding_raise(view->pinfo, NULL, f, view->settings->report_severity);
    }
}

void view_show(const struct view *view, const struct annotation *annotation, tvbuff_t *layer)
{
    if (tree_is_read(view->tree))
        tree_show(view, annotation, layer);
    else
        raise_all(view, annotation);
    if (view->settings->info_column)
        columns_show(view->pinfo, annotation);
    if (have_tap_listener(tap))
        tap_queue_packet(tap, view->pinfo, annotation);
}

void view_show_missed(const struct view *view)
{
    if (tree_is_read(view->tree))
        tree_show_missed(view);
}
