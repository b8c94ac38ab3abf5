/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include "ending.h"
#include "expert.h"
#include "items.h"
#include "store.h"

#include <epan/prefs-int.h>
#include <epan/prefs.h>
#include <epan/to_str.h>

#define TITLE "TCP Connection State"

static pref_t *relative_numbers;

void tree_handoff(void)
{
    module_t *tcp_module = prefs_find_module("tcp");

    if (tcp_module != NULL)
        relative_numbers = prefs_find_preference(tcp_module, "relative_sequence_numbers");
}

bool tree_is_read(proto_tree *tree)
{
    return tree != NULL && proto_field_is_referenced(tree, fields_protocol());
}

/* ---- numbers as the user wants them ---- */

/* Relative to the base of the side that the number belongs to, where it has one. */
static uint32_t number(const struct page *page, enum side side, struct seq seq)
{
    const struct connection *conn = page->annotation->conn;

    if (!page->words.relative || conn == NULL || !conn->base_known[side])
        return seq.n;
    return seq.n - conn->base[side].n;
}

static enum side sender_of(const struct annotation *annotation)
{
    return (enum side)annotation->sender;
}

/* ---- who ---- */

static const char *end_name(const struct page *page, enum side side)
{
    struct tuple_end end;

    if (!store_end(page->annotation, side, &end))
        return NULL;
    const char *addr = address_to_str(page->pinfo->pool, &end.addr);
    const char *form = end.addr.type == AT_IPv6 ? "[%s]:%u" : "%s:%u";
    return wmem_strdup_printf(page->pinfo->pool, form, addr, end.port);
}

static void name_ends(struct page *page)
{
    const struct annotation *annotation = page->annotation;
    enum side client = annotation->conn != NULL ? annotation->conn->client : sender_of(annotation);

    page->words.client = end_name(page, client);
    page->words.server = end_name(page, side_other(client));
}

static void show_links(const struct page *page, proto_tree *tree)
{
    const struct connection *conn = page->annotation->conn;

    items_frame(page, tree, FIELD_syn_in, conn->syn_frame);
    items_frame(page, tree, FIELD_synack_in, conn->synack_frame);
    items_frame(page, tree, FIELD_established_in, conn->established_frame);
    items_frame(page, tree, FIELD_fin_in, MIN(conn->fin_frame[SIDE_A], conn->fin_frame[SIDE_B]));
    items_frame(page, tree, FIELD_fin_in, MAX(conn->fin_frame[SIDE_A], conn->fin_frame[SIDE_B]));
    items_frame(page, tree, FIELD_closed_in, conn->closed_frame);
    if (conn->handshake_rtt_ns >= 0 && page->annotation->frame >= conn->handshake_rtt_frame)
        (void)items_duration(page, tree, FIELD_handshake_rtt, conn->handshake_rtt_ns);
}

static void show_connection(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    const struct connection *conn = annotation->conn;
    proto_item *item = items_uint(page, tree, FIELD_stream, annotation->stream, OCTETS_NONE);

    if (page->visible) {
        char text[SENTENCE_MAX];
        sentence_connection(text, sizeof(text), annotation, &page->words);
        items_label(page, item, "Connection", text);
    }
    if (conn == NULL)
        return;
    proto_tree *branch = proto_item_add_subtree(item, branch_handle(BRANCH_CONNECTION));
    enum role role = annotation_sender_role(annotation);
    (void)items_uint(page, branch, FIELD_conn_id, conn->id, OCTETS_NONE);
    (void)items_uint(page, branch, FIELD_incarnation, conn->incarnation, OCTETS_NONE);
    (void)items_string(page, branch, FIELD_direction, direction_name(role));
    (void)items_string(page, branch, FIELD_client_state,
                       tcp_state_name(annotation_role_state(annotation, ROLE_CLIENT)));
    (void)items_string(page, branch, FIELD_server_state,
                       tcp_state_name(annotation_role_state(annotation, ROLE_SERVER)));
    show_links(page, branch);
    ending_show_outcome(page, branch);
}

/* ---- where it stands ---- */

static void show_phase(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    proto_item *item =
        items_string(page, tree, FIELD_phase, phase_name((enum phase)annotation->phase));

    if (page->visible) {
        char text[SENTENCE_MAX];
        sentence_phase(text, sizeof(text), annotation);
        items_label(page, item, "Phase", text);
    }
}

static void show_steps(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;

    if (annotation->handshake_step != 0)
        (void)items_uint(page, tree, FIELD_handshake_step, annotation->handshake_step,
                         OCTETS_FLAGS);
    for (unsigned step = 1; step <= 4; step++) {
        if ((annotation->teardown_steps >> (step - 1) & 1U) != 0)
            (void)items_uint(page, tree, FIELD_teardown_step, step, OCTETS_FLAGS);
    }
    if (annotation->kind != TEARDOWN_NONE)
        (void)items_string(page, tree, FIELD_teardown_kind,
                           teardown_kind_name((enum teardown_kind)annotation->kind));
}

static void show_reset(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    enum rst_class rst_class = (enum rst_class)annotation->rst_class;

    if (rst_class == RST_NONE)
        return;
    proto_item *item = items_string(page, tree, FIELD_rst_class, rst_class_name(rst_class));
    if (page->visible) {
        char text[SENTENCE_MAX];
        if (sentence_reset(text, sizeof(text), annotation) != 0)
            items_label(page, item, "Reset", text);
    }
}

/* ---- the two ends ---- */

static void show_transitions(const struct page *page, proto_tree *tree, enum role who)
{
    struct transition_shown changes[ANNOTATION_TRANSITIONS_MAX];
    unsigned count = annotation_transitions(page->annotation, changes);

    for (unsigned i = 0; i < count; i++) {
        char text[SENTENCE_MAX];
        if (changes[i].who != who)
            continue;
        sentence_transition(text, sizeof(text), &changes[i]);
        (void)items_string(page, tree, FIELD_transition, text);
    }
}

static void show_sender(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    proto_item *item =
        items_string(page, tree, FIELD_src_state, tcp_state_name(annotation_src_state(annotation)));

    if (page->visible) {
        char text[SENTENCE_MAX];
        sentence_sender(text, sizeof(text), annotation);
        items_label(page, item, "Sender", text);
    }
    proto_tree *branch = proto_item_add_subtree(item, branch_handle(BRANCH_SENDER));
    (void)items_string(page, branch, FIELD_src_state_before,
                       tcp_state_name((enum tcp_state)annotation->src_before));
    show_transitions(page, branch, annotation_sender_role(annotation));
}

static void show_receiver(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    proto_item *item =
        items_string(page, tree, FIELD_dst_state, tcp_state_name(annotation_dst_state(annotation)));

    if (page->visible) {
        char text[SENTENCE_MAX];
        sentence_receiver(text, sizeof(text), annotation);
        items_label(page, item, "Receiver", text);
    }
    proto_tree *branch = proto_item_add_subtree(item, branch_handle(BRANCH_RECEIVER));
    (void)items_string(page, branch, FIELD_dst_state_before,
                       tcp_state_name(annotation_dst_before(annotation)));
    show_transitions(page, branch, role_other(annotation_sender_role(annotation)));
}

/* ---- the sums ---- */

static void show_sequence(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    enum side side = sender_of(annotation);
    struct seq next = seq_add(annotation->seq, annotation->len);
    proto_item *item = items_uint(page, tree, FIELD_seq_next, number(page, side, next), OCTETS_SEQ);

    if (page->visible) {
        char text[SENTENCE_MAX];
        sentence_sequence(text, sizeof(text), annotation, &page->words);
        items_label(page, item, "Sequence", text);
    }
    proto_tree *branch = proto_item_add_subtree(item, branch_handle(BRANCH_SEQUENCE));
    items_header(page, branch, FIELD_seq_raw, annotation->seq.n, OCTETS_SEQ);
    items_header(page, branch, FIELD_flags, annotation->flags, OCTETS_FLAGS);
    (void)items_uint(page, branch, FIELD_payload, annotation_payload(annotation), OCTETS_NONE);
    (void)items_uint(page, branch, FIELD_seq_length, annotation->len, OCTETS_NONE);
    (void)items_uint(page, branch, FIELD_seq_next_raw, next.n, OCTETS_NONE);
    if (annotation->seq_expected_known) {
        struct seq expected = annotation->seq_expected;
        (void)items_uint(page, branch, FIELD_seq_expected, number(page, side, expected),
                         OCTETS_NONE);
        (void)items_uint(page, branch, FIELD_seq_expected_raw, expected.n, OCTETS_NONE);
        (void)items_int(page, branch, FIELD_seq_delta, seq_diff(annotation->seq, expected));
    }
    items_frame(page, branch, FIELD_acked_in, annotation->acked_in);
}

static void show_newly_acknowledged(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    static const unsigned all[] = {COVERS_SYN, COVERS_DATA, COVERS_FIN};

    if (!annotation->ack_new_known)
        return;
    (void)items_uint(page, tree, FIELD_ack_new, annotation->ack_new, OCTETS_NONE);
    if (annotation->ack_new == 0)
        return;
    for (unsigned i = 0; i < array_length(all); i++) {
        if ((annotation->covers & all[i]) != 0)
            (void)items_string(page, tree, FIELD_ack_covers, covers_name(all[i]));
    }
    items_frame(page, tree, FIELD_ack_frame, annotation->ack_frame);
}

static void show_acknowledgment(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    enum side side = side_other(sender_of(annotation));
    bool has_ack = (annotation->flags & FLAG_ACK) != 0;
    char text[SENTENCE_MAX] = "";

    if (page->visible)
        sentence_acknowledgment(text, sizeof(text), annotation, &page->words);
    if (!has_ack) {
        items_text(page, tree, "Acknowledgment", text);
        return;
    }
    proto_item *item = items_uint(page, tree, FIELD_ack_raw, annotation->ack.n, OCTETS_ACK);
    items_label(page, item, "Acknowledgment", text);
    if (!annotation->ack_expected_known)
        return;
    proto_tree *branch = proto_item_add_subtree(item, branch_handle(BRANCH_ACKNOWLEDGMENT));
    struct seq expected = annotation->ack_expected;
    (void)items_uint(page, branch, FIELD_ack_expected, number(page, side, expected), OCTETS_NONE);
    (void)items_uint(page, branch, FIELD_ack_expected_raw, expected.n, OCTETS_NONE);
    (void)items_int(page, branch, FIELD_ack_delta, seq_diff(annotation->ack, expected));
    show_newly_acknowledged(page, branch);
}

static void show_window(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    enum side side = sender_of(annotation);

    if (!annotation->window_known)
        return;
    proto_item *item =
        items_uint(page, tree, FIELD_window_space, sentence_window_space(annotation), OCTETS_NONE);
    if (page->visible) {
        char text[SENTENCE_MAX];
        sentence_window(text, sizeof(text), annotation, &page->words);
        items_label(page, item, "Window", text);
    }
    proto_tree *branch = proto_item_add_subtree(item, branch_handle(BRANCH_WINDOW));
    (void)items_uint(page, branch, FIELD_window_left, number(page, side, annotation->window_left),
                     OCTETS_NONE);
    (void)items_uint(page, branch, FIELD_window_right, number(page, side, annotation->window_right),
                     OCTETS_NONE);
}

static void show_evidence(const struct page *page, proto_tree *tree)
{
    const struct annotation *annotation = page->annotation;
    proto_item *item = items_string(page, tree, FIELD_evidence,
                                    evidence_name((enum evidence)annotation->evidence));

    if (page->visible) {
        char text[SENTENCE_MAX];
        sentence_evidence(text, sizeof(text), annotation);
        items_label(page, item, "Evidence", text);
        if (sentence_admission(text, sizeof(text), annotation) != 0)
            items_text(page, tree, "Not taken in", text);
    }
}

/* ---- findings ---- */

static void show_finding_texts(const struct page *page, proto_tree *tree,
                               const struct finding *finding)
{
    char text[SENTENCE_MAX];

    if (items_are_read(tree, FIELD_finding_detail)) {
        sentence_finding_detail(text, sizeof(text), page->annotation, &page->words, finding);
        proto_item *item = items_string(page, tree, FIELD_finding_detail, text);
        if (page->visible) {
            sentence_finding_numbers(text, sizeof(text), page->annotation, &page->words, finding);
            proto_item_set_text(item, "%s", text);
        }
    }
    if (page->visible) {
        sentence_finding_consequence(text, sizeof(text), finding);
        items_text(page, tree, "", text);
    }
}

static void show_finding(const struct page *page, proto_tree *tree, const struct finding *finding,
                         enum severity lowest)
{
    const struct finding_row *row = finding_row((enum finding_id)finding->id);

    if (row == NULL)
        return;
    proto_item *item = items_string(page, tree, FIELD_finding, row->id);
    items_label(page, item, "Finding", row->summary);
    proto_tree *branch = proto_item_add_subtree(item, branch_handle(BRANCH_FINDING));
    show_finding_texts(page, branch, finding);
    (void)items_string(page, branch, FIELD_finding_severity,
                       severity_name((enum severity)finding->severity));
    items_frame(page, branch, FIELD_finding_frame, finding->about_frame);
    items_frame(page, branch, FIELD_finding_frame, finding->limit_frame);
    expert_finding_raise(page->pinfo, item, finding, lowest);
}

/* ---- all of it ---- */

static proto_tree *add_protocol(const struct page *page, proto_tree *tree)
{
    proto_item *item = proto_tree_add_item(tree, fields_protocol(), page->frame, 0, 0, ENC_NA);

    proto_item_set_generated(item);
    if (page->visible) {
        char text[SENTENCE_MAX];
        sentence_protocol(text, sizeof(text), page->annotation);
        items_label(page, item, TITLE, text);
    }
    return proto_item_add_subtree(item, branch_handle(BRANCH_PROTOCOL));
}

void tree_show(const struct view *view, const struct annotation *annotation, tvbuff_t *layer)
{
    struct page page = {
        .annotation = annotation,
        .pinfo = view->pinfo,
        .frame = view->frame,
        .layer = layer,
        .visible = PTREE_DATA(view->tree)->visible,
    };
    const struct finding *f = annotation->annex != NULL ? annotation->annex->findings : NULL;

    page.words.relative =
        relative_numbers == NULL || prefs_get_bool_value(relative_numbers, pref_current);
    if (page.visible)
        name_ends(&page);

    proto_tree *tree = add_protocol(&page, view->tree);
    show_connection(&page, tree);
    show_phase(&page, tree);
    show_steps(&page, tree);
    show_sender(&page, tree);
    show_receiver(&page, tree);
    ending_show_past(&page, tree);
    ending_show_time_wait(&page, tree);
    ending_show_words(&page, tree);
    show_sequence(&page, tree);
    show_acknowledgment(&page, tree);
    show_window(&page, tree);
    show_reset(&page, tree);
    show_evidence(&page, tree);
    for (; f != NULL; f = f->next) {
        if (view_tells(!PINFO_FD_VISITED(view->pinfo), f))
            show_finding(&page, tree, f, view->settings->report_severity);
    }
}

void tree_show_missed(const struct view *view)
{
    proto_item *item =
        proto_tree_add_item(view->tree, fields_protocol(), view->frame, 0, 0, ENC_NA);

    proto_item_set_text(item, TITLE ": not analysed");
    proto_item_set_generated(item);
    proto_tree *tree = proto_item_add_subtree(item, branch_handle(BRANCH_PROTOCOL));
    item = proto_tree_add_string(tree, field_handle(FIELD_not_analysed), view->frame, 0, 0,
                                 "something else dissected TCP here: a Decode As entry for IP "
                                 "protocol 6, or another plugin");
    proto_item_set_generated(item);
    proto_tree_add_subtree(tree, view->frame, 0, 0, branch_handle(BRANCH_PROTOCOL), &item,
                           "Take back that entry (Analyze > Decode As, or -d ip.proto==6 on the "
                           "command line) or unload the other plugin, and open the file again.");
    proto_item_set_generated(item);
}
