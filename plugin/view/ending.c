/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ending.h"

#include "outcome.h"

void ending_show_time_wait(const struct page *page, proto_tree *tree)
{
    const struct annex *annex = page->annotation->annex;

    for (unsigned i = 0; annex != NULL && i < 2; i++)
        if (annex->time_wait_ns[i] >= 0)
            (void)items_duration(page, tree, FIELD_time_wait_remaining, annex->time_wait_ns[i]);
}

void ending_show_outcome(const struct page *page, proto_tree *tree)
{
    const struct connection *conn = page->annotation->conn;
    char history[CONNECTION_HISTORY_MAX + 1];

    if (conn == NULL || !PINFO_FD_VISITED(page->pinfo))
        return;
    (void)items_string(page, tree, FIELD_conn_outcome, outcome_word(conn));
    (void)items_string(page, tree, FIELD_conn_state, outcome_conn_state(conn));
    outcome_history(conn, history);
    (void)items_string(page, tree, FIELD_conn_history, history);
}
