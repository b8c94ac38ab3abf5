/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Half-open, abandoned, and open when the capture ends. RFC 9293 3.3.2, 3.5.1, 3.6, 3.8.3, 3.8.4,
 * 3.8.6.1; RFC 5961 3.2.
 */
#include "end_of_capture.h"

#include "gate.h"
#include "standing.h"

/* One question put to one rule: like struct hearing, of a life instead of a segment. */
struct inquest {
    const struct connection *conn;
    const struct limits *limits;
    struct standing now;
    bool is_over;       /* by a decisive RST, or a later life has proved it */
    int64_t silence_ns; /* from the last segment to the end of the capture; -1: not known */
    enum side about;    /* set by the rule: whose numbers it compares with, for the gate */
    struct finding finding;
};

static uint32_t whole_seconds(int64_t ns)
{
    int64_t seconds = ns / SECOND_NS;

    return seconds > 0 && seconds < UINT32_MAX ? (uint32_t)seconds : 0;
}

static void compare_counts(struct inquest *inquest, uint32_t got, uint32_t limit)
{
    inquest->finding.got = got;
    inquest->finding.limit = limit;
    inquest->finding.limit_known = true;
}

static void speak_of(struct inquest *inquest, enum side side)
{
    inquest->about = side;
    inquest->finding.sender = (uint8_t)side;
}

/* ---- the rules ---- */

static bool end_peer_lost_state(struct inquest *inquest)
{
    const struct standing *now = &inquest->now;

    if (!now->lost)
        return false;
    speak_of(inquest, now->lost_side);
    inquest->finding.got = whole_seconds(now->lost_ns);
    return true;
}

/* RFC 9293 3.8.3, 3.8.4: a middlebox has forgotten the connection meanwhile, or the peer is gone.
 * One answer to the first question would have ended the matter. */
static bool end_dead_after_idle(struct inquest *inquest)
{
    const uint32_t enough = 2;
    const struct standing *now = &inquest->now;
    uint32_t least = inquest->limits->end_dead_after_idle_limit;

    if (now->idle_repeats < enough || now->idle_ns < least * SECOND_NS)
        return false;
    speak_of(inquest, now->idle_side);
    compare_counts(inquest, whole_seconds(now->idle_ns), least);
    inquest->finding.count = now->idle_repeats;
    return true;
}

static bool waits_for_window(const struct inquest *inquest, enum side side)
{
    const struct endpoint *end = inquest->now.end[side];
    const struct endpoint *peer = inquest->now.end[side_other(side)];

    if (!end->una_known || !end->edge_known || end->snd.wnd != 0 || !peer->scale_known ||
        !seq_eq(end->snd.una, end->snd.edge) || peer->sent_rst)
        return false;
    return inquest->now.side[side].probed ||
           (end->nxt_known && seq_gt(end->snd.nxt, end->snd.edge));
}

/* RFC 9293 3.8.6.1. */
static bool end_zero_window(struct inquest *inquest)
{
    for (enum side side = SIDE_A; side <= SIDE_B; side++) {
        const struct endpoint *end = inquest->now.end[side];

        if (!waits_for_window(inquest, side))
            continue;
        speak_of(inquest, side);
        inquest->finding.got = end->snd.edge.n;
        inquest->finding.limit_frame = end->edge_frame;
        return true;
    }
    return false;
}

/* Octets of data that nobody acknowledged. Beyond the edge the peer must have granted more than was
 * captured, and with one direction missing only a repetition shows that an answer is: else it is
 * the capture that lacks it. */
static uint32_t unacked_octets(const struct inquest *inquest, enum side side)
{
    const struct endpoint *end = inquest->now.end[side];
    struct seq from, to;

    if (!end->iss_known || !end->una_known || !end->nxt_known)
        return 0;
    from = seq_max(end->snd.una, seq_add(end->snd.iss, 1));
    to = end->fin_known ? seq_min(end->snd.nxt, seq_sub(end->fin_next, 1)) : end->snd.nxt;
    if (seq_ge(from, to) || (end->edge_known && seq_gt(to, end->snd.edge)) ||
        (inquest->now.evidence == EVIDENCE_ONE_WAY && !inquest->now.side[side].repeated))
        return 0;
    return seq_span(to, from);
}

/* RFC 9293 3.8.3: severe where R2 has passed, as rto_r2 has it. */
static bool end_unacked_data(struct inquest *inquest)
{
    const int64_t given_up_ns = inquest->limits->rto_r2_limit * SECOND_NS;
    uint32_t a = unacked_octets(inquest, SIDE_A);
    uint32_t b = unacked_octets(inquest, SIDE_B);
    enum side side = a >= b ? SIDE_A : SIDE_B;

    if (inquest->is_over || (a == 0 && b == 0))
        return false;
    speak_of(inquest, side);
    if (inquest->now.side[side].repeating_ns < given_up_ns)
        inquest->finding.severity = SEVERITY_NOTE;
    inquest->finding.got = a >= b ? a : b;
    inquest->finding.limit_frame = inquest->now.end[side]->una_frame;
    return true;
}

static bool fin_waits(const struct endpoint *end)
{
    return end->fin_known && end->una_known && seq_lt(end->snd.una, end->fin_next);
}

static bool fin_is_acked(const struct endpoint *end)
{
    return end->fin_known && end->una_known && !fin_waits(end);
}

/* RFC 9293 3.6, 3.8.3. The very last ACK is easily lost, and nobody is left to send it again. */
static bool end_fin_unacked(struct inquest *inquest)
{
    const struct endpoint *const *end = inquest->now.end;
    enum side side = fin_waits(end[SIDE_A]) ? SIDE_A : SIDE_B;

    if (inquest->is_over || !fin_waits(end[side]))
        return false;
    if (fin_waits(end[side_other(side)]) && inquest->conn->fin_first_known)
        side = inquest->conn->fin_first;
    speak_of(inquest, side);
    if (fin_is_acked(end[side_other(side)]))
        inquest->finding.severity = SEVERITY_CHAT;
    compare_counts(inquest, end[side]->snd.una.n, end[side]->fin_next.n);
    inquest->finding.limit_frame = end[side]->fin_frame;
    return true;
}

/* RFC 9293 3.3.2, 3.6.1: FIN-WAIT-2 against CLOSE-WAIT. Speaks of the end that did not close. */
static bool end_fin_wait_2(struct inquest *inquest)
{
    const struct endpoint *const *end = inquest->now.end;
    uint32_t least = inquest->limits->end_fin_wait_2_limit;
    enum side closed = fin_is_acked(end[SIDE_A]) ? SIDE_A : SIDE_B;
    enum side open = side_other(closed);

    if (inquest->is_over || !fin_is_acked(end[closed]) || end[open]->fin_known ||
        end[SIDE_A]->sent_rst || end[SIDE_B]->sent_rst ||
        inquest->silence_ns < least * SECOND_NS)
        return false;
    speak_of(inquest, open);
    inquest->about = closed;
    compare_counts(inquest, whole_seconds(inquest->silence_ns), least);
    inquest->finding.limit_frame = end[closed]->fin_frame;
    return true;
}

/* The third segment may have come uncaptured: a server without it repeats its SYN-ACK after a
 * second, and again after two (RFC 6298 2.1, 5.5). A client that has vanished, or whose ACKs are all
 * lost, looks like one that never meant to answer. */
static bool end_synack_unacked(struct inquest *inquest)
{
    const int64_t patience_ns = 3 * SECOND_NS;
    enum side server = side_other(inquest->conn->client);
    const struct endpoint *end = inquest->now.end[server];
    uint32_t sent = inquest->conn->segments[server];

    if (inquest->now.reset || end->shown != STATE_SYN_RECEIVED || !end->sent_synack ||
        end->sent_past_syn || end->sent_rst || end->sent_syn ||
        (end->una_known && seq_gt(end->snd.una, end->snd.iss)))
        return false;
    if (inquest->now.side[server].synack_ns < patience_ns && inquest->silence_ns >= patience_ns)
        return false;
    speak_of(inquest, server);
    inquest->finding.got = sent > 0 ? sent - 1 : 0;
    inquest->finding.limit_frame = end->iss_frame;
    return true;
}

/* RFC 9293 3.8.3 MUST-23: a SYN is to be repeated for at least three minutes. */
static bool end_syn_unanswered(struct inquest *inquest)
{
    const uint32_t least = 180;
    const struct connection *conn = inquest->conn;

    if (!inquest->now.unanswered)
        return false;
    speak_of(inquest, conn->client);
    compare_counts(inquest, whole_seconds(inquest->now.life_ns), least);
    inquest->finding.count = conn->segments[conn->client];
    return true;
}

/* RFC 5961 3.2: the receiver asks back and stays open, unless the sender confirms. */
static bool end_reset_unconfirmed(struct inquest *inquest)
{
    enum rst_class last = inquest->now.last_rst;

    if (inquest->is_over || inquest->now.ended || (last != RST_IN_WINDOW && last != RST_OUT_OF_WINDOW &&
                             last != RST_SYNSENT_BAD))
        return false;
    speak_of(inquest, inquest->now.idle_side);
    if (last == RST_SYNSENT_BAD)
        inquest->about = side_other(inquest->now.idle_side);
    return true;
}

static bool end_open(struct inquest *inquest)
{
    const struct endpoint *const *end = inquest->now.end;

    speak_of(inquest, inquest->conn->client);
    return !inquest->is_over && end[SIDE_A]->expected == STATE_ESTABLISHED &&
           end[SIDE_B]->expected == STATE_ESTABLISHED;
}

/* In order of precedence: the first that holds is the one. */
static const struct {
    enum finding_id id;
    bool (*holds)(struct inquest *inquest);
    bool needs_no_ends; /* speaks although only SYNs are known */
} rules[] = {
#define RULE(id) {FINDING_##id, id, false}
    RULE(end_peer_lost_state),
    RULE(end_dead_after_idle),
    RULE(end_zero_window),
    RULE(end_unacked_data),
    RULE(end_fin_unacked),
    RULE(end_fin_wait_2),
    RULE(end_synack_unacked),
    {FINDING_end_syn_unanswered, end_syn_unanswered, true},
    RULE(end_reset_unconfirmed),
    RULE(end_open),
#undef RULE
};

/* ---- the verdict ---- */

/* X-ONEWAY does not concern these rows. What is not known of a lone SYN, nobody asks for. */
static enum gate_answer ask_gate(const struct inquest *inquest, enum gate gate)
{
    const struct endpoint *about = inquest->now.end[inquest->about];

    if (gate != GATE_G2 || about == NULL)
        return GATE_OPEN;
    return gate_both(about, inquest->now.end[side_other(inquest->about)]);
}

/* Later lives tell that this one was over, however soon the capture ends. */
static bool is_too_soon(const struct inquest *inquest, bool outlived)
{
    int64_t grace_ns = inquest->limits->end_open_limit * SECOND_NS;

    if (grace_ns < 3 * inquest->now.rto_ns)
        grace_ns = 3 * inquest->now.rto_ns;
    return !outlived && inquest->silence_ns < grace_ns;
}

static void finish(struct inquest *inquest, bool outlived)
{
    struct finding *finding = &inquest->finding;
    const struct finding_row *row = finding_row((enum finding_id)finding->id);

    if (ask_gate(inquest, row->gate) == GATE_LOWERED)
        finding->severity = (uint8_t)severity_lower((enum severity)finding->severity);
    if (is_too_soon(inquest, outlived)) {
        finding->outcome = OUTCOME_CENSORED;
        if (finding->severity > SEVERITY_CHAT)
            finding->severity = SEVERITY_CHAT;
    }
}

static void begin(struct inquest *inquest, enum finding_id id)
{
    const int64_t most_ms = UINT32_MAX;
    int64_t ms = inquest->silence_ns / 1000000;

    inquest->finding = (struct finding){
        .id = (uint16_t)id,
        .severity = (uint8_t)finding_rows[id].severity,
        .evidence = (uint8_t)inquest->now.evidence,
        .expert = true,
        .ends_ms = ms < most_ms ? (uint32_t)(ms > 0 ? ms : 0) : (uint32_t)most_ms,
    };
}

bool judge_end(const struct ending *ending, const struct limits *limits, struct finding *finding)
{
    struct inquest inquest = {.conn = ending->conn, .limits = limits};

    standing_of(ending->conn, &inquest.now);
    inquest.is_over = inquest.now.reset || ending->outlived;
    inquest.silence_ns =
        ending->has_time ? connection_silence_ns(ending->conn, ending->end_ns) : -1;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (inquest.now.end[SIDE_A] == NULL && !rules[i].needs_no_ends)
            continue;
        begin(&inquest, rules[i].id);
        if (!rules[i].holds(&inquest) ||
            ask_gate(&inquest, finding_rows[rules[i].id].gate) == GATE_SHUT)
            continue;
        finish(&inquest, ending->outlived);
        *finding = inquest.finding;
        return finding->severity > SEVERITY_NATIVE;
    }
    return false;
}
