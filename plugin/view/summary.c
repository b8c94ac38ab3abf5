/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "summary.h"

#include "compat.h"
#include "outcome.h"
#include "sentence.h"
#include "view.h"

#include <epan/stats_tree.h>

#define SEGMENTS       "Segments by phase"
#define OUTCOMES       "Segments by outcome of their connection"
#define KINDS          "Segments by teardown kind"
#define FINDINGS_TITLE "Findings by family"

/* A tree is reset before each pass over the file, and this runs after the reset. */
static void summary_init(stats_tree *st)
{
    (void)stats_tree_create_pivot(st, SEGMENTS, 0);
    (void)stats_tree_create_pivot(st, OUTCOMES, 0);
    (void)stats_tree_create_pivot(st, KINDS, 0);
    (void)stats_tree_create_node(st, FINDINGS_TITLE, 0, STAT_DT_INT, TRUE);
}

static void tick_pivot(stats_tree *st, const char *title, const char *word)
{
    (void)stats_tree_tick_pivot(st, stats_tree_parent_id_by_name(st, title), word);
}

static void count_finding(stats_tree *st, const struct finding *finding)
{
    const struct finding_row *row = finding_row((enum finding_id)finding->id);
    int top, family;

    if (row == NULL)
        return;
    top = tick_stat_node(st, FINDINGS_TITLE, 0, TRUE);
    family = tick_stat_node(st, finding_family_word(row->family), top, TRUE);
    (void)tick_stat_node(st, severity_name((enum severity)finding->severity), family, FALSE);
}

static tap_packet_status summary_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt,
                                        const void *data, tap_flags_t flags)
{
    const struct told_segment *told = data;
    const struct annotation *annotation = told->annotation;
    const struct finding *f = annotation->annex != NULL ? annotation->annex->findings : NULL;

    (void)pinfo;
    (void)edt;
    (void)flags;
    tick_pivot(st, SEGMENTS, phase_name((enum phase)annotation->phase));
    /* like tcpstate.conn.outcome, which only later passes know */
    if (annotation->conn != NULL && !told->first_pass)
        tick_pivot(st, OUTCOMES, outcome_word(annotation->conn));
    if (annotation->kind != TEARDOWN_NONE)
        tick_pivot(st, KINDS, teardown_kind_name((enum teardown_kind)annotation->kind));
    for (; f != NULL; f = f->next) {
        if (view_tells(told->first_pass, f))
            count_finding(st, f);
    }
    return TAP_PACKET_REDRAW;
}

void summary_register(const char *tap)
{
    (void)stats_tree_register_plugin(tap, "tcpstate",
                                     "TCP Connection State" COMPAT_SUBMENU "Summary", 0,
                                     summary_packet, summary_init, NULL);
}
