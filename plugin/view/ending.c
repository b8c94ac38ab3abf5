/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ending.h"

#include "outcome.h"
#include "store.h"

void ending_show_time_wait(const struct page *page, proto_tree *tree)
{
    const struct annex *annex = page->annotation->annex;

    for (unsigned i = 0; annex != NULL && i < 2; i++)
        if (annex->time_wait_ns[i] >= 0)
            (void)items_duration(page, tree, FIELD_time_wait_remaining, annex->time_wait_ns[i]);
}

static void show_path(const struct page *page, proto_tree *tree, enum role role,
                      const struct turned *turned)
{
    struct past past;
    char text[SENTENCE_MAX];

    past_of(&past, page->annotation, role, turned);
    sentence_past(text, sizeof(text), &past);
    (void)items_string(page, tree, role == ROLE_CLIENT ? FIELD_client_path : FIELD_server_path,
                       text);
}

void ending_show_past(const struct page *page, proto_tree *tree)
{
    struct turned turned;

    if (page->annotation->conn == NULL || (!items_are_read(tree, FIELD_client_path) &&
                                           !items_are_read(tree, FIELD_server_path)))
        return;
    store_turned(page->annotation, page->pinfo->num, &turned);
    show_path(page, tree, ROLE_CLIENT, &turned);
    show_path(page, tree, ROLE_SERVER, &turned);
}

/* A file may hold any time; one from which no sensible sum can be made is none. */
static int64_t now_ns(const packet_info *pinfo)
{
    const int64_t most_seconds = INT32_MAX;
    int64_t seconds = (int64_t)pinfo->rel_ts.secs;

    if ((pinfo->presence_flags & PINFO_HAS_TS) == 0 || seconds < 0 || seconds > most_seconds)
        return -1;
    return seconds * 1000000000 + pinfo->rel_ts.nsecs;
}

void ending_show_words(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    char text[SENTENCE_MAX];

    if (annotation->conn == NULL || !PINFO_FD_VISITED(page->pinfo) ||
        !items_are_read(tree, FIELD_conn_ending) || !store_is_last(annotation, page->pinfo->num))
        return;
    sentence_ending(text, sizeof(text), annotation, now_ns(page->pinfo));
    (void)items_string(page, tree, FIELD_conn_ending, text);
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
