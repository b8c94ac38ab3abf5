/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core's door: an annotation -> the text of each field, as the contract defines it. Written
 * against the contract, not against the plugin's view, so that each is a check on the other.
 */
#include "annotation.h"
#include "finding.h"
#include "flow_internal.h"
#include "shown.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put(struct shown *shown, enum shown_field field, const char *text)
{
    char **value = &shown->value[field];
    size_t have = *value != NULL ? strlen(*value) : 0;
    char *joined = xcalloc(1, have + strlen(text) + 2);

    if (have != 0) {
        memcpy(joined, *value, have);
        joined[have++] = ',';
    }
    strcpy(joined + have, text);
    free(*value);
    *value = joined;
}

static void put_number(struct shown *shown, enum shown_field field, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    put(shown, field, text);
}

/* A link is absent where it would point at the segment itself or at nothing. */
static void put_link(struct shown *shown, enum shown_field field, uint32_t frame, uint32_t self)
{
    if (frame != 0 && frame != self)
        put_number(shown, field, frame);
}

static void put_words(struct shown *shown, const struct annotation *a)
{
    static const char *const phase[PHASES] = {
        [PHASE_STRAY] = "stray",
        [PHASE_REFUSED] = "refused",
        [PHASE_RESET] = "reset",
        [PHASE_HANDSHAKE] = "handshake",
        [PHASE_HALF_CLOSED] = "half-closed",
        [PHASE_TEARDOWN] = "teardown",
        [PHASE_TIME_WAIT] = "time-wait",
        [PHASE_CLOSED] = "closed",
        [PHASE_ESTABLISHED] = "established",
    };
    static const char *const evidence[EVIDENCES] = {"full", "lossy", "midstream", "one-way"};
    static const char *const kind[TEARDOWN_KINDS] = {
        [TEARDOWN_FOUR_WAY] = "four-way",
        [TEARDOWN_THREE_SEGMENT] = "three-segment",
        [TEARDOWN_SIMULTANEOUS] = "simultaneous",
        [TEARDOWN_RESET] = "reset",
    };
    static const char *const rst_class[RST_CLASSES] = {
        [RST_SYNSENT_OK] = "synsent_ok",
        [RST_SYNSENT_BAD] = "synsent_bad",
        [RST_STALE] = "stale",
        [RST_EXACT] = "exact",
        [RST_CLOSED_REPLY] = "closed_reply",
        [RST_IN_WINDOW] = "in_window",
        [RST_OUT_OF_WINDOW] = "out_of_window",
        [RST_UNKNOWN] = "unknown",
    };

    put(shown, SHOWN_PHASE, phase[a->phase]);
    put(shown, SHOWN_EVIDENCE, evidence[a->evidence]);
    if (a->kind != TEARDOWN_NONE)
        put(shown, SHOWN_KIND, kind[a->kind]);
    if ((a->flags & FLAG_RST) != 0 && a->rst_class != RST_NONE)
        put(shown, SHOWN_RST_CLASS, rst_class[a->rst_class]);
}

static void put_steps(struct shown *shown, const struct annotation *a)
{
    if (a->handshake_step != 0)
        put_number(shown, SHOWN_HANDSHAKE_STEP, a->handshake_step);
    for (unsigned step = 0; step < 4; step++) {
        if ((a->teardown_steps & 1U << step) != 0)
            put_number(shown, SHOWN_TEARDOWN_STEP, step + 1);
    }
}

static void put_states(struct shown *shown, const struct annotation *a)
{
    struct transition_shown transition[ANNOTATION_TRANSITIONS_MAX];
    unsigned count = annotation_transitions(a, transition);

    put(shown, SHOWN_SRC_BEFORE, tcp_state_name((enum tcp_state)a->src_before));
    put(shown, SHOWN_SRC_STATE, tcp_state_name(annotation_src_state(a)));
    put(shown, SHOWN_DST_BEFORE, tcp_state_name(annotation_dst_before(a)));
    put(shown, SHOWN_DST_STATE, tcp_state_name(annotation_dst_state(a)));
    if (a->conn == NULL)
        return;
    put(shown, SHOWN_CLIENT_STATE, tcp_state_name(annotation_role_state(a, ROLE_CLIENT)));
    put(shown, SHOWN_SERVER_STATE, tcp_state_name(annotation_role_state(a, ROLE_SERVER)));
    for (unsigned i = 0; i < count; i++) {
        char text[64];

        snprintf(text, sizeof text, "%s %s -> %s",
                 transition[i].who == ROLE_CLIENT ? "client" : "server",
                 tcp_state_name(transition[i].from), tcp_state_name(transition[i].to));
        put(shown, SHOWN_TRANSITION, text);
    }
}

/* Relative numbers count from the base; where there is none (a stray), they count from 0. */
static void put_seq(struct shown *shown, const struct annotation *a, enum shown_field field,
                    struct seq seq, enum side side)
{
    bool known = a->conn != NULL && a->conn->base_known[side];

    put_number(shown, field, seq_span(seq, known ? a->conn->base[side] : seq_of(0)));
}

/* What is left of the window after this segment, whose end may lie below what was acknowledged
 * before; the payload of a RST is no part of the stream. An octet beyond the edge leaves nothing.
 */
static void put_window(struct shown *shown, const struct annotation *a)
{
    enum side sender = (enum side)a->sender;
    struct seq end = (a->flags & FLAG_RST) != 0 ? a->seq : seq_add(a->seq, a->len);
    int32_t space = seq_diff(a->window_right, seq_max(end, a->window_left));

    if (!a->window_known)
        return;
    put_seq(shown, a, SHOWN_WINDOW_LEFT, a->window_left, sender);
    put_seq(shown, a, SHOWN_WINDOW_RIGHT, a->window_right, sender);
    put_number(shown, SHOWN_WINDOW_SPACE, space > 0 ? space : 0);
}

static void put_numbers(struct shown *shown, const struct annotation *a)
{
    enum side sender = (enum side)a->sender;
    struct seq next = seq_add(a->seq, a->len);

    put_number(shown, SHOWN_SEQ_LENGTH, a->len);
    put_number(shown, SHOWN_SEQ_NEXT_RAW, next.n);
    put_seq(shown, a, SHOWN_SEQ_NEXT, next, sender);
    if (a->seq_expected_known) {
        put_number(shown, SHOWN_SEQ_EXPECTED_RAW, a->seq_expected.n);
        put_seq(shown, a, SHOWN_SEQ_EXPECTED, a->seq_expected, sender);
        put_number(shown, SHOWN_SEQ_DELTA, seq_diff(a->seq, a->seq_expected));
    }
    put_link(shown, SHOWN_ACKED_IN, a->acked_in, 0);
    if (!a->ack_expected_known)
        return;
    put_number(shown, SHOWN_ACK_EXPECTED_RAW, a->ack_expected.n);
    put_seq(shown, a, SHOWN_ACK_EXPECTED, a->ack_expected, side_other(sender));
    put_number(shown, SHOWN_ACK_DELTA, seq_diff(a->ack, a->ack_expected));
    if (!a->ack_new_known)
        return;
    put_number(shown, SHOWN_ACK_NEW, a->ack_new);
    if ((a->covers & COVERS_SYN) != 0)
        put(shown, SHOWN_ACK_COVERS, "SYN");
    if ((a->covers & COVERS_DATA) != 0)
        put(shown, SHOWN_ACK_COVERS, "data");
    if ((a->covers & COVERS_FIN) != 0)
        put(shown, SHOWN_ACK_COVERS, "FIN");
    put_link(shown, SHOWN_ACK_FRAME, a->ack_frame, 0);
}

static void put_connection(struct shown *shown, const struct annotation *a)
{
    const struct connection *conn = a->conn;
    enum side first = conn->fin_frame[SIDE_A] < conn->fin_frame[SIDE_B] ? SIDE_A : SIDE_B;
    char text[40];

    put(shown, SHOWN_DIRECTION,
        annotation_sender_role(a) == ROLE_CLIENT ? "client to server" : "server to client");
    put_number(shown, SHOWN_CONN_ID, conn->id);
    put_number(shown, SHOWN_INCARNATION, conn->incarnation);
    put_link(shown, SHOWN_SYN_IN, conn->syn_frame, a->frame);
    put_link(shown, SHOWN_SYNACK_IN, conn->synack_frame, a->frame);
    put_link(shown, SHOWN_ESTABLISHED_IN, conn->established_frame, a->frame);
    put_link(shown, SHOWN_FIN_IN, conn->fin_frame[first], a->frame);
    put_link(shown, SHOWN_FIN_IN, conn->fin_frame[side_other(first)], a->frame);
    put_link(shown, SHOWN_CLOSED_IN, conn->closed_frame, a->frame);
    if (conn->handshake_rtt_ns < 0 || a->frame < conn->handshake_rtt_frame)
        return;
    snprintf(text, sizeof text, "%" PRId64 ".%09" PRId64, conn->handshake_rtt_ns / 1000000000,
             conn->handshake_rtt_ns % 1000000000);
    put(shown, SHOWN_HANDSHAKE_RTT, text);
}

static void put_findings(struct shown *shown, const struct annotation *a)
{
    const struct finding *f = a->annex != NULL ? a->annex->findings : NULL;

    for (; f != NULL && shown->findings < SHOWN_FINDINGS_MAX; f = f->next) {
        const struct finding_row *row = finding_row((enum finding_id)f->id);
        struct shown_finding *out = &shown->finding[shown->findings++];

        out->id = xstrdup(row->id);
        out->severity = xstrdup(severity_name((enum severity)f->severity));
        out->detail = xstrdup("");
        out->numbers_known = true;
        out->numbers = (int)finding_numbers_of(f);
        out->of_receiver = f->sender != a->sender;
        out->limit_known = f->limit_known;
        out->got = f->got;
        out->limit = f->limit;
        put(shown, SHOWN_FINDING, out->id);
        put(shown, SHOWN_FINDING_SEVERITY, out->severity);
        put_link(shown, SHOWN_FINDING_FRAME, f->about_frame, a->frame);
        put_link(shown, SHOWN_FINDING_FRAME, f->limit_frame, a->frame);
    }
}

void shown_from_annotation(struct shown *shown, const struct annotation *annotation)
{
    put_words(shown, annotation);
    put_steps(shown, annotation);
    put_states(shown, annotation);
    put_numbers(shown, annotation);
    put_window(shown, annotation);
    if (annotation->conn != NULL)
        put_connection(shown, annotation);
    put_findings(shown, annotation);
}
