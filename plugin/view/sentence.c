/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sentence.h"
#include "sentence_text.h"

static enum role receiver_role(const struct annotation *annotation)
{
    return role_other(annotation_sender_role(annotation));
}

/* On a stray there are no roles: the words are sender and receiver. */
static const char *sender_word(const struct annotation *annotation)
{
    return annotation->conn == NULL ? "sender" : role_name(annotation_sender_role(annotation));
}

static const char *receiver_word(const struct annotation *annotation)
{
    return annotation->conn == NULL ? "receiver" : role_name(receiver_role(annotation));
}

#define TEARDOWN_STEPS 4

static bool has_teardown_step(const struct annotation *annotation, unsigned step)
{
    return (annotation->teardown_steps & (1U << (step - 1))) != 0;
}

/* "ACK of FIN and second FIN"; with numbers "ACK of FIN (2) and second FIN (3)". */
static void add_teardown_steps(struct text *text, const struct annotation *annotation,
                               bool with_number)
{
    const char *between = "";
    for (unsigned step = 1; step <= TEARDOWN_STEPS; step++) {
        if (!has_teardown_step(annotation, step))
            continue;
        text_add(text, "%s%s", between, teardown_step_name(step));
        if (with_number)
            text_add(text, " (%u)", step);
        between = " and ";
    }
}

/* "teardown 2+3/4 (ACK of FIN and second FIN)" */
static void add_teardown(struct text *text, const struct annotation *annotation)
{
    const char *between = "teardown ";
    for (unsigned step = 1; step <= TEARDOWN_STEPS; step++) {
        if (!has_teardown_step(annotation, step))
            continue;
        text_add(text, "%s%u", between, step);
        between = "+";
    }
    text_add(text, "/%d (", TEARDOWN_STEPS);
    add_teardown_steps(text, annotation, false);
    text_add(text, ")");
}

static void add_rst(struct text *text, const struct annotation *annotation)
{
    if (annotation->conn == NULL) {
        text_add(text, "RST");
        return;
    }
    const char *name = rst_class_name((enum rst_class)annotation->rst_class);
    text_add(text, "RST%s%s%s", name[0] != '\0' ? ", " : "", name,
             annotation->rst_decisive ? "" : ", not decisive");
}

/* What the segment is, where no step names it: "77 data octets", "ACK", "RST, in_window, …". */
static void add_kind(struct text *text, const struct annotation *annotation)
{
    uint32_t payload = annotation_payload(annotation);
    if (text_has(annotation, FLAG_RST))
        add_rst(text, annotation);
    else if (text_has(annotation, FLAG_SYN))
        text_add(text, text_has(annotation, FLAG_ACK) ? "SYN-ACK" : "SYN");
    else if (payload > 0)
        text_count(text, payload, "data octet");
    else if (text_has(annotation, FLAG_FIN))
        text_add(text, "FIN");
    else
        text_add(text, text_has(annotation, FLAG_ACK) ? "ACK" : "no ACK");
    if (payload > 0 && text_has(annotation, FLAG_FIN) && !text_has(annotation, FLAG_RST))
        text_add(text, " and FIN");
}

/* Phases that a repeated step does not leave. */
static bool is_past_step(enum phase phase)
{
    return phase == PHASE_HALF_CLOSED || phase == PHASE_TIME_WAIT || phase == PHASE_CLOSED;
}

/* Phase and step: the protocol line's first part. */
static void add_position(struct text *text, const struct annotation *annotation)
{
    enum phase phase = (enum phase)annotation->phase;
    unsigned step = annotation->handshake_step;
    bool named = false;
    if (phase != PHASE_TEARDOWN || annotation->teardown_steps == 0)
        text_add(text, "%s", phase_name(phase));
    if (phase == PHASE_REFUSED || phase == PHASE_RESET) {
        text_add(text, " by %s", sender_word(annotation));
        named = true;
    }
    if (step != 0) {
        text_add(text, "%s %u/3 (%s)", phase == PHASE_HANDSHAKE ? "" : ", handshake", step,
                 handshake_step_name(step));
        named = true;
    }
    if (annotation->teardown_steps != 0) {
        text_add(text, "%s", phase == PHASE_TEARDOWN ? "" : ", ");
        add_teardown(text, annotation);
        text_add(text, "%s", is_past_step(phase) ? " again" : "");
        named = true;
    }
    if (!named) {
        text_add(text, " (");
        add_kind(text, annotation);
        text_add(text, ")");
    }
}

static const char *admission_word(enum admission admission)
{
    switch (admission) {
    case ADMIT_DUPLICATE:
        return "duplicate";
    case ADMIT_BAD_SUM:
        return "bad checksum";
    case ADMIT_IMPOSSIBLE:
        return "impossible flags";
    case ADMIT_ALIEN:
        return "numbers of no known connection";
    case ADMIT_FULL:
        break;
    }
    return "";
}

/* ---- lines ---- */

size_t sentence_protocol(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    add_position(&text, annotation);
    text_add(&text, ", %s %s, %s %s", sender_word(annotation),
             tcp_state_name(annotation_src_state(annotation)), receiver_word(annotation),
             tcp_state_name(annotation_dst_state(annotation)));
    if (annotation->conn != NULL && annotation->evidence != EVIDENCE_FULL)
        text_add(&text, ", evidence %s", evidence_name((enum evidence)annotation->evidence));
    if (annotation->admission != ADMIT_FULL)
        text_add(&text, ", not counted (%s)",
                 admission_word((enum admission)annotation->admission));
    return text.length;
}

size_t sentence_info(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    if (annotation->teardown_steps != 0)
        add_teardown_steps(&text, annotation, false);
    else if (annotation->handshake_step != 0)
        text_add(&text, "%s", handshake_step_name(annotation->handshake_step));
    else
        text_add(&text, "%s", phase_name((enum phase)annotation->phase));
    if (annotation->conn == NULL)
        text_add(&text, ", sender %s, receiver %s",
                 tcp_state_name(annotation_src_state(annotation)),
                 tcp_state_name(annotation_dst_state(annotation)));
    else
        text_add(&text, ", client %s, server %s",
                 tcp_state_name(annotation_role_state(annotation, ROLE_CLIENT)),
                 tcp_state_name(annotation_role_state(annotation, ROLE_SERVER)));
    return text.length;
}

size_t sentence_connection(char *out, size_t size, const struct annotation *annotation,
                           const struct sentence_context *context)
{
    struct text text = text_begin(out, size);
    const struct connection *conn = annotation->conn;
    bool named = context->client != NULL && context->server != NULL;
    if (conn == NULL) {
        text_add(&text, "none: the segment");
        if (named)
            text_add(&text, " from %s to %s", context->client, context->server);
        text_add(&text, " belongs to no connection and cannot start one");
    } else if (named) {
        text_add(&text, "%s (client) - %s (server)", context->client, context->server);
    } else {
        text_add(&text, "client - server");
    }
    text_add(&text, ", stream %lu", (unsigned long)annotation->stream);
    if (conn != NULL && conn->incarnation > 1)
        text_add(&text, ", connection %lu between these ends", (unsigned long)conn->incarnation);
    if (conn != NULL && conn->roles_inferred)
        text_add(&text, ", client and server are inferred");
    return text.length;
}

/* Has that side sent its FIN by this frame, as far as it was captured? */
static bool has_closed(const struct annotation *annotation, enum side side)
{
    uint32_t fin = annotation->conn->fin_frame[side];
    return fin != 0 && fin <= annotation->frame;
}

static void add_half_closed(struct text *text, const struct annotation *annotation)
{
    const struct connection *conn = annotation->conn;
    if (conn == NULL)
        return;
    bool a = has_closed(annotation, SIDE_A);
    if (a == has_closed(annotation, SIDE_B)) {
        text_add(text, ": one side has closed, the other may still send");
        return;
    }
    enum role closed = connection_role(conn, a ? SIDE_A : SIDE_B);
    text_add(text, ": the %s has closed, the %s may still send", role_name(closed),
             role_name(role_other(closed)));
}

size_t sentence_phase(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    enum phase phase = (enum phase)annotation->phase;
    text_add(&text, "%s", phase_name(phase));
    switch (phase) {
    case PHASE_HALF_CLOSED:
        add_half_closed(&text, annotation);
        break;
    case PHASE_REFUSED:
        text_add(&text, ": the RST rejects the attempt to connect");
        break;
    case PHASE_RESET:
        text_add(&text, ": the RST ends the connection");
        break;
    case PHASE_TIME_WAIT:
        text_add(&text, ": both FINs are acknowledged, old segments may still arrive");
        break;
    case PHASE_CLOSED:
        text_add(&text, ": the connection is over");
        break;
    case PHASE_STRAY:
    case PHASE_HANDSHAKE:
    case PHASE_TEARDOWN:
    case PHASE_ESTABLISHED:
    case PHASES:
        break;
    }
    return text.length;
}

size_t sentence_handshake(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    unsigned step = annotation->handshake_step;
    if (step != 0)
        text_add(&text, "%s (%u)", handshake_step_name(step), step);
    return text.length;
}

size_t sentence_teardown(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    add_teardown_steps(&text, annotation, true);
    return text.length;
}

size_t sentence_transition(char *out, size_t size, const struct transition_shown *change)
{
    struct text text = text_begin(out, size);
    text_add(&text, "%s %s -> %s", role_name(change->who), tcp_state_name(change->from),
             tcp_state_name(change->to));
    return text.length;
}

/* ---- the way through the states ---- */

#define ROUTE_MAX (2 * ANNOTATION_TRANSITIONS_MAX + 2)

struct route {
    unsigned count;
    enum tcp_state at[ROUTE_MAX];
};

/* Appends a state. One that was passed already means that what lay between was taken back. */
static void route_add(struct route *route, enum tcp_state state)
{
    for (unsigned i = 0; i < route->count; i++) {
        if (route->at[i] == state) {
            route->count = i + 1;
            return;
        }
    }
    if (route->count < ROUTE_MAX)
        route->at[route->count++] = state;
}

static struct route route_of(const struct annotation *annotation, enum role who,
                             enum tcp_state before, enum tcp_state after)
{
    struct route route = {0};
    struct transition_shown changes[ANNOTATION_TRANSITIONS_MAX];
    unsigned count = annotation->conn == NULL ? 0 : annotation_transitions(annotation, changes);
    route_add(&route, before);
    for (unsigned i = 0; i < count; i++) {
        if (changes[i].who != who)
            continue;
        route_add(&route, changes[i].from);
        route_add(&route, changes[i].to);
    }
    route_add(&route, after);
    return route;
}

static void add_route(struct text *text, const struct route *route)
{
    for (unsigned i = 0; i < route->count; i++)
        text_add(text, "%s%s", i == 0 ? "" : " -> ", tcp_state_name(route->at[i]));
}

/* "server, "; nothing on a stray, which has no roles. */
static void add_who(struct text *text, const struct annotation *annotation, enum role role)
{
    if (annotation->conn != NULL)
        text_add(text, "%s, ", role_name(role));
}

size_t sentence_sender(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    struct route route =
        route_of(annotation, annotation_sender_role(annotation),
                 (enum tcp_state)annotation->src_before, annotation_src_state(annotation));
    add_who(&text, annotation, annotation_sender_role(annotation));
    add_route(&text, &route);
    return text.length;
}

size_t sentence_receiver(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    struct route route =
        route_of(annotation, receiver_role(annotation), annotation_dst_before(annotation),
                 annotation_dst_state(annotation));
    add_who(&text, annotation, receiver_role(annotation));
    add_route(&text, &route);
    if (route.count > 1)
        text_add(&text, " once delivered");
    return text.length;
}

size_t sentence_admission(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    const char *why = "";
    switch ((enum admission)annotation->admission) {
    case ADMIT_FULL:
        return 0;
    case ADMIT_DUPLICATE:
        why = "the capture holds this segment twice: this is the second copy";
        break;
    case ADMIT_BAD_SUM:
        why = "the checksum is wrong: no receiver takes it";
        break;
    case ADMIT_IMPOSSIBLE:
        why = "its flags contradict each other: every receiver drops it";
        break;
    case ADMIT_ALIEN:
        why = "its numbers lie far outside this connection";
        break;
    }
    text_add(&text, "%s; it changes no state and no number here", why);
    return text.length;
}

size_t sentence_evidence(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    const char *meaning = "";
    switch ((enum evidence)annotation->evidence) {
    case EVIDENCE_LOSSY:
        meaning = ": something of this connection is missing from the capture";
        break;
    case EVIDENCE_MIDSTREAM:
        meaning = ": the capture begins inside the connection";
        break;
    case EVIDENCE_ONE_WAY:
        meaning = ": only one direction is captured, the other end's state is a guess";
        break;
    case EVIDENCE_FULL:
    case EVIDENCES:
        break;
    }
    text_add(&text, "%s%s", evidence_name((enum evidence)annotation->evidence), meaning);
    return text.length;
}
