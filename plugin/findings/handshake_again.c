/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A SYN where a handshake or a connection is under way already: with another initial number, or
 * from the end that has answered. RFC 9293 3.4.1, 3.5.1, 3.8.3, 3.10.7.4 step 4; RFC 5961 4.2.
 */
#include "family.h"
#include "gate.h"
#include "outcome.h"

/* ---- into a handshake ---- */

/* RFC 9293 3.8.3 MUST-23: a SYN is sent again for three minutes at least. What comes later is no
 * part of that attempt. */
static bool is_soon(const struct step *step)
{
    const int64_t patience_ns = 180 * SECOND_NS;
    const struct segment *segment = step->segment;
    int64_t last_ns = step->previous->last_ns;
    return segment->has_time && last_ns != 0 &&
           elapsed_ns(true, segment->time_ns, last_ns) < patience_ns;
}

static void note_initial_number(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct connection *previous = step->previous;
    hearing->gate_later = true; /* the number that counts is the life's before, and captured */
    hearing_compare(hearing, step->segment->seq, previous->base[previous->client],
                    previous->syn_frame);
}

/* Does the client try again with another number, and had the server not answered yet? */
static bool tries_again(const struct step *step, bool had_answer)
{
    return step->fruitless_syns != 0 && is_soon(step) &&
           (step->previous->synack_frame != 0) == had_answer;
}

/* RFC 4987 2. Told once. */
static bool hs_syn_flood(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    uint32_t limit = hearing->limits->hs_syn_flood_limit;
    hearing->gate_later = true;
    hearing->finding.got = step->fruitless_syns;
    hearing->finding.limit = limit;
    hearing->finding.limit_known = true;
    return step->fruitless_syns != 0 && step->fruitless_syns - 1 == limit;
}

static bool hs_syn_isn_changed(struct hearing *hearing)
{
    if (!tries_again(hearing->step, false))
        return false;
    note_initial_number(hearing);
    return true;
}

enum { STAGE_OPEN, STAGE_CHALLENGED };

static enum settlement settle_as(struct docket_case *waiting, enum outcome outcome,
                                 enum severity most)
{
    waiting->finding.outcome = (uint8_t)outcome;
    if (waiting->finding.severity > (uint8_t)most)
        waiting->finding.severity = (uint8_t)most;
    return CASE_STANDS;
}

static enum outcome outcome_in_old_life(const struct docket_case *waiting)
{
    return waiting->stage == STAGE_CHALLENGED ? OUTCOME_CHALLENGED : OUTCOME_IGNORED;
}

/* A server that takes the SYN at once has heard a RST that is not captured; otherwise RFC 9293
 * 3.10.7.4 step 4 lets it answer in the old numbers, or not at all. */
static enum settlement settle_by_server(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (segment_has(segment, FLAG_RST))
        return settle_as(waiting, OUTCOME_RESET, SEVERITY_NOTE);
    if (step->conn == waiting->conn && segment_is_syn_ack(segment))
        return settle_as(waiting, OUTCOME_ACCEPTED, SEVERITY_NOTE);
    if (step->conn != waiting->conn && segment_is_pure_ack(segment))
        waiting->stage = STAGE_CHALLENGED;
    return CASE_WAITS;
}

/* The opener sends its SYN again, which tells nothing, or goes on in its new life; or in a still
 * newer one, because nothing came of this. */
static enum settlement settle_by_opener(struct docket_case *waiting, const struct step *step)
{
    if (segment_has(step->segment, FLAG_SYN))
        return CASE_WAITS;
    return settle_as(waiting,
                     step->conn == waiting->conn ? OUTCOME_ACCEPTED : outcome_in_old_life(waiting),
                     SEVERITY_NOTE);
}

/* The client tells: with a RST it has lost the first attempt; X-REO: it may be the one that ended
 * that, stored too late. Going on in the old numbers it has not sent this SYN. */
static enum settlement settle_isn_changed(struct docket_case *waiting, const struct step *step)
{
    const int64_t reordered_ns = 3000000;
    const struct segment *segment = step->segment;
    int64_t age = case_age_ns(waiting, step);

    if (segment->sender != waiting->sender)
        return settle_by_server(waiting, step);
    if (segment_has(segment, FLAG_SYN) || !docket_is_older_life(waiting, step))
        return settle_by_opener(waiting, step);
    if (!segment_has(segment, FLAG_RST))
        return settle_as(waiting, outcome_in_old_life(waiting), SEVERITY_WARN);
    return waiting->stage == STAGE_OPEN && age >= 0 && age <= reordered_ns
               ? CASE_FALLS
               : settle_as(waiting, outcome_in_old_life(waiting), SEVERITY_NOTE);
}

static bool hs_syn_isn_changed_synrcvd(struct hearing *hearing)
{
    if (!tries_again(hearing->step, true))
        return false;
    note_initial_number(hearing);
    hearing->must_wait = true;
    return true;
}

/* Is this a SYN of the end that has answered the other's SYN, in the same numbers? X-REO: soon
 * after the first SYN it may be that of a simultaneous open (RFC 9293 3.5 Figure 7), overtaken. */
static bool repeats_own_synack(const struct step *step)
{
    const int64_t reordered_ns = SECOND_NS;
    const struct segment *segment = step->segment;
    const struct endpoint *server = step_sender(step);
    if (!segment_is_syn(segment) || step->conn == NULL || segment->sender == step->conn->client)
        return false;
    return server->sent_synack && !server->sent_syn && seq_eq(segment->seq, server->snd.iss) &&
           elapsed_ns(segment->has_time, segment->time_ns, step->conn->first_ns) >= reordered_ns;
}

/* Has the sender answered the SYN of the life before? Where no SYN was captured nobody knows. */
static bool was_responder(const struct step *step)
{
    const struct connection *previous = step->previous;
    return previous->client != step->segment->sender && !previous->roles_inferred;
}

static bool hs_syn_from_responder(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct connection *previous = step->previous;
    const struct endpoint *server = step_sender(step);
    if (repeats_own_synack(step)) {
        hearing->finding.limit_frame = server->iss_frame;
        return server->expected == STATE_SYN_RECEIVED;
    }
    if (!segment_is_syn(step->segment) || previous == NULL || !is_soon(step) ||
        !was_responder(step) || previous->synack_frame == 0)
        return false;
    hearing->gate_later = true;
    hearing->must_wait = true; /* it may have ended the first attempt with a RST that is lost */
    hearing->finding.limit_frame = previous->synack_frame;
    return outcome_led_nowhere(previous);
}

/* ---- into a connection ---- */

/* Somebody goes on in the old life, of which it is known here how much was captured. */
static enum settlement settle_in_old_life(struct docket_case *waiting, const struct step *step,
                                          enum severity severity)
{
    enum outcome outcome = outcome_in_old_life(waiting);
    enum gate_answer gate = gate_ask(step, GATE_G2, waiting->sender);

    if (gate == GATE_SHUT)
        return CASE_FALLS;
    return settle_as(waiting, outcome, gate == GATE_OPEN ? severity : severity_lower(severity));
}

/* What the SYN's receiver makes of it: RFC 5961 4.2 wants an ACK in the old numbers. A SYN-ACK
 * shows that the old life had ended, uncaptured; a RST that it had, or that this is an old stack.
 */
static enum settlement settle_by_answer(struct docket_case *waiting, const struct step *step)
{
    if (step->answers_challenge && step->challenge_frame == waiting->finding.about_frame)
        waiting->stage = STAGE_CHALLENGED;
    if (step->conn != waiting->conn)
        return CASE_WAITS;
    if (segment_is_syn_ack(step->segment))
        return settle_as(waiting, OUTCOME_ACCEPTED, SEVERITY_NOTE);
    return step->rst_class == RST_SYNSENT_OK ? settle_as(waiting, OUTCOME_RESET, SEVERITY_NOTE)
                                             : CASE_WAITS;
}

/* The SYN's sender tells: with a RST of exactly what the challenge acknowledges it has really lost
 * the old life (RFC 9293 3.5.1 Figure 9); with anything else in the old numbers it never sent it.
 */
enum settlement settle_syn_est_new(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (segment->sender != waiting->sender)
        return settle_by_answer(waiting, step);
    if (segment_has(segment, FLAG_SYN) || !docket_is_older_life(waiting, step))
        return settle_by_opener(waiting, step);
    if (!segment_has(segment, FLAG_RST))
        return settle_in_old_life(waiting, step, SEVERITY_WARN);
    return waiting->stage == STAGE_CHALLENGED && step->rst_decisive
               ? settle_in_old_life(waiting, step, SEVERITY_NOTE)
               : CASE_WAITS;
}

/* RFC 9293 3.10.7.4 step 4. Where one side has closed, or both and one waits for its last ACK, it
 * is a tuple that is used again early, and not this. */
static bool is_into_connection(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    enum tcp_state state = (enum tcp_state)step->dst.at[0];
    if (!segment_is_syn(step->segment) || step->previous == NULL)
        return false;
    hearing->must_wait = true;
    hearing->gate_later = true;
    if (step->former != NULL && step->former->half_closed)
        return false; /* tw_reuse_after_half_close */
    return state == STATE_ESTABLISHED || state == STATE_CLOSING;
}

static bool syn_est_new(struct hearing *hearing)
{
    return is_into_connection(hearing) && !was_responder(hearing->step);
}

/* In the numbers of its SYN-ACK it belongs to the connection, and there is nothing to wait for. */
static bool syn_est_from_responder(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *server = step_sender(step);
    enum tcp_state state = (enum tcp_state)server->expected;
    if (is_into_connection(hearing)) {
        hearing->finding.limit_frame = step->previous->synack_frame;
        return was_responder(step) && !outcome_led_nowhere(step->previous);
    }
    hearing->must_wait = hearing->gate_later = false;
    hearing->finding.limit_frame = server->iss_frame;
    return repeats_own_synack(step) && tcp_state_is_synchronized(state) &&
           state != STATE_TIME_WAIT;
}

static const struct rule rules[] = {
    RULE(hs_syn_flood, SENDER, SYN),
    RULE_THAT_WAITS(hs_syn_isn_changed_synrcvd, SENDER, SYN, settle_isn_changed),
    RULE_THAT_WAITS(hs_syn_from_responder, SENDER, SYN, settle_isn_changed),
    RULE(hs_syn_isn_changed, SENDER, SYN),
    RULE_THAT_WAITS(syn_est_from_responder, SENDER, SYN, settle_syn_est_new),
    RULE_THAT_WAITS(syn_est_new, SENDER, SYN, settle_syn_est_new),
};

const struct family handshake_again_family = FAMILY(rules, INTEREST_SYN);
