/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timestamp option. RFC 7323 3 and 5. */
#include "family.h"

static bool ts_missing(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    /* A RST need not carry it. A late SYN left before its sender knew of the agreement. */
    if (segment_has_any(segment, FLAG_RST | FLAG_SYN))
        return false;
    if (!endpoint_pair_uses_ts(step_sender(step), step_receiver(step)))
        return false;
    /* Options that the capture cut, or that end in one of illegal length, may have held it. */
    if (tcp_options_has(&segment->options, OPTION_TS) || segment->options.cut ||
        segment->options.malformed)
        return false;
    /* A path that strips the option strips all of them: an expert on the first one is enough. */
    hearing->finding.count = step_sender(step)->ts_missed + 1;
    hearing->finding.expert = hearing->finding.count == 1;
    hearing->finding.limit_frame = step->conn != NULL ? step->conn->synack_frame : 0;
    return true;
}

static bool is_older(uint32_t tsval, uint32_t than, uint32_t by_more_than)
{
    return seq_lt(seq_of(tsval), seq_sub(seq_of(than), by_more_than));
}

/* Could the segment have been sent right before the one with the higher time, and been overtaken on
 * the path? That makes it late by a round trip, or by a usual one where this is short; a tick is a
 * millisecond at least (RFC 7323 5.4). */
static bool may_be_overtaken(const struct step *step, uint32_t than)
{
    const int64_t tick_ns = 1000000;
    int64_t ticks = seq_span(seq_of(than), seq_of(step->segment->options.tsval));
    int64_t late_ns = ticks * tick_ns;
    return late_ns <= TRIP_UNKNOWN_NS || late_ns <= step_trip_ns(step);
}

/* RFC 7323 5.4: the clock never goes back, so octets that were never sent before carry no lower
 * time than any before them. */
static bool is_new_data(const struct step *step)
{
    const struct endpoint *sender = step_sender(step);
    return step->segment->len > 0 && sender->nxt_known &&
           seq_ge(step->segment->seq, sender->snd.nxt);
}

/* Timestamps are in force and on this segment, and it is none of those that are exempt. */
static bool has_timestamp(const struct step *step)
{
    return tcp_options_has(&step->segment->options, OPTION_TS) &&
           !segment_has_any(step->segment, FLAG_RST | FLAG_SYN) &&
           endpoint_pair_uses_ts(step_sender(step), step_receiver(step));
}

static void note_times(struct hearing *hearing, uint32_t limit)
{
    hearing->finding.got = hearing->step->segment->options.tsval;
    hearing->finding.limit = limit;
    hearing->finding.limit_known = true;
}

static bool ts_regress_newdata(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    const uint32_t slack = 1; /* clocks of two processors, or of a network card */
    if (!has_timestamp(step) || !sender->ts_seen || !is_new_data(step))
        return false;
    if (may_be_overtaken(step, sender->ts_high))
        hearing->finding.severity = SEVERITY_NOTE;
    note_times(hearing, sender->ts_high);
    return is_older(step->segment->options.tsval, sender->ts_high, slack);
}

/* RFC 7323 5.3 R1. What the receiver has acknowledged already it would drop anyhow. A pure ACK that
 * was overtaken is an everyday matter, and stacks put up with it. */
static bool ts_paws(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *receiver = step_receiver(step);
    if (!has_timestamp(step) || !receiver->ts_recent_known || is_new_data(step) ||
        !is_older(segment->options.tsval, receiver->ts_recent, hearing->limits->ts_paws_limit))
        return false;
    bool is_late = may_be_overtaken(step, receiver->ts_recent);
    if (segment->len == 0 && is_late)
        return false;
    if (segment->len == 0 || is_late || seq_le(segment_end(segment), step_sender(step)->snd.una))
        hearing->finding.severity = SEVERITY_NOTE;
    note_times(hearing, receiver->ts_recent);
    return true;
}

static bool ts_unnegotiated(struct hearing *hearing)
{
    const struct step *step = hearing->step;

    if (!tcp_options_has(&step->segment->options, OPTION_TS) ||
        segment_has_any(step->segment, FLAG_RST | FLAG_SYN) || step->conn == NULL)
        return false;
    hearing->finding.limit_frame = step->conn->synack_frame;
    if (step_sender(step)->offers_vary || step_receiver(step)->offers_vary)
        return false;
    return step_sender(step)->options_known && step_receiver(step)->options_known &&
           !endpoint_pair_uses_ts(step_sender(step), step_receiver(step));
}

/* An end that opens a tuple anew while it holds TIME-WAIT may echo what it kept of the old life. */
static bool ts_ecr_without_ack(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    const struct connection *conn = hearing->step->conn;

    hearing->finding.got = segment->options.tsecr;
    if (segment_is_syn(segment) && conn != NULL && conn->incarnation > 1)
        hearing->finding.severity = SEVERITY_CHAT;
    return tcp_options_has(&segment->options, OPTION_TS) && segment->options.tsecr != 0 &&
           !segment_has_any(segment, FLAG_ACK | FLAG_RST);
}

/* One lost pure ACK of the peer leaves no hole in the numbers, so its clock must tell: what it
 * sends once it has the echo has a time that is no lower than any before. That it has it only its
 * ACK of the octets that came with the echo proves, for the capture may have stored the two
 * directions in another order. */
static enum settlement settle_ecr_future(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct tcp_options *options = &segment->options;

    if (step->conn != waiting->conn || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return CASE_WAITS;
    if ((step->observed & OBSERVED_RESYNC) != 0)
        return CASE_FALLS;
    if (segment->sender == waiting->sender || !tcp_options_has(options, OPTION_TS))
        return CASE_WAITS;
    if (seq_ge(seq_of(options->tsval), seq_of(waiting->finding.got)))
        return CASE_FALLS;
    return segment_has(segment, FLAG_ACK) && seq_ge(segment->ack, waiting->end) ? CASE_STANDS
                                                                                : CASE_WAITS;
}

static bool ts_ecr_future(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct tcp_options *options = &step->segment->options;
    const struct endpoint *peer = step_receiver(step);

    if (!has_timestamp(step) || !segment_has(step->segment, FLAG_ACK) || !peer->ts_seen ||
        seq_le(seq_of(options->tsecr), seq_of(peer->ts_high)))
        return false;
    /* Without new octets nothing would ever prove that it came. */
    if (step->segment->len == 0 || !is_new_data(step))
        return false;
    hearing->must_wait = true;
    hearing->finding.got = options->tsecr;
    hearing->finding.limit = peer->ts_high;
    hearing->finding.limit_known = true;
    return true;
}

/* The capture may lack earlier copies of the SYN: it is repeated for minutes (RFC 9293 3.8.3), and a
 * tick is a millisecond at least. */
static const uint32_t syn_copies_ticks = 3 * 60 * 1000;

/* What an end keeps of its peer's clock came with a segment of this connection (RFC 7323 4.3). */
static bool ts_ecr_too_old(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *peer = step_receiver(step);
    uint32_t echo = step->segment->options.tsecr;

    if (!has_timestamp(step) || !segment_has(step->segment, FLAG_ACK) || !peer->ts_first_known ||
        echo == 0 || !is_older(echo, peer->ts_first, syn_copies_ticks))
        return false;
    hearing->finding.got = echo;
    hearing->finding.limit = peer->ts_first;
    hearing->finding.limit_known = true;
    hearing->finding.limit_frame = peer->iss_frame;
    return true;
}

/* A SYN-ACK with another acknowledgment answers another SYN. */
static bool ts_synack_echo(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *client = step_receiver(step);
    uint32_t echo = step->segment->options.tsecr;

    if (!step->echo_foreign || !client->sent_syn || !client->nxt_known ||
        seq_le(step->segment->ack, client->snd.iss) || seq_gt(step->segment->ack, client->snd.nxt))
        return false;
    if (echo != 0 && client->ts_first_known && is_older(echo, client->ts_first, 0) &&
        !is_older(echo, client->ts_first, syn_copies_ticks))
        return false;
    hearing->finding.got = echo;
    hearing->finding.limit = client->ts_high;
    hearing->finding.limit_known = true;
    hearing->finding.limit_frame = client->iss_frame;
    if (hearing->finding.got == 0)
        hearing->finding.severity = SEVERITY_CHAT;
    return true;
}

/* Is the sender's clock known to tick no faster than each millisecond (RFC 7323 5.4)? There are
 * faster ones: what it has told until its last segment shows. */
static bool is_clock_slow(const struct step *step, int64_t until_ns)
{
    const uint32_t samples = 20;
    const int64_t slack = 100;
    const struct endpoint *sender = step_sender(step);
    const struct connection *conn = step->conn;
    int64_t age_ns = conn == NULL ? -1 : elapsed_ns(conn->first_ns != 0, until_ns, conn->first_ns);

    return age_ns >= SECOND_NS && conn->segments[step->segment->sender] > samples &&
           sender->ts_first_known &&
           seq_span(seq_of(sender->ts_high), seq_of(sender->ts_first)) <=
               age_ns / 1000000 * 11 / 10 + slack;
}

/* The step from the SYN is left out: a SYN may come from a device or a cookie with another clock. */
static bool ts_jump(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    int64_t since_ns = step->since_own_ns;

    if (!has_timestamp(step) || !sender->ts_seen || !sender->sent_past_syn || since_ns < 0 ||
        (step->observed & OBSERVED_TIME_STEP) != 0 ||
        !is_clock_slow(step, step->segment->time_ns - since_ns))
        return false;
    int64_t most = since_ns / 1000000 * 11 / 10 + TS_JUMP_LEAST;
    struct seq tsval = seq_of(step->segment->options.tsval);
    if (seq_le(tsval, seq_of(sender->ts_high)) || seq_span(tsval, seq_of(sender->ts_high)) <= most)
        return false;
    hearing->finding.got = seq_span(tsval, seq_of(sender->ts_high));
    hearing->finding.limit = (uint32_t)most;
    hearing->finding.limit_known = true;
    return true;
}

static bool ts_stuck(struct hearing *hearing)
{
    hearing->finding.got = hearing->step->clock_still_ms;
    return has_timestamp(hearing->step) && hearing->step->clock_still_ms != 0;
}

static const struct rule rules[] = {
    RULE(ts_missing, SENDER, TS_MISSING),
    RULE(ts_unnegotiated, SENDER, TS_ODD),
    RULE(ts_ecr_without_ack, SENDER, TS_ODD),
    RULE(ts_synack_echo, RECEIVER, TS_ODD),
    RULE(ts_ecr_too_old, RECEIVER, TS_ODD),
    RULE_THAT_WAITS(ts_ecr_future, RECEIVER, TS_ODD, settle_ecr_future),
    RULE(ts_regress_newdata, SENDER, TS_LOWER),
    RULE(ts_paws, SENDER, TS_LOWER),
    RULE(ts_jump, SENDER, TS_ODD),
    RULE(ts_stuck, SENDER, TS_ODD),
};

const struct family timestamps_family =
    FAMILY(rules, INTEREST_TS_MISSING | INTEREST_TS_LOWER | INTEREST_TS_ODD);
