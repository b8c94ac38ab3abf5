/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparisons that spare most segments the rules: quick, and of no influence. */
#include "family.h"
#include "one_step.h"
#include "outcome.h"

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t bound)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)random_state * bound) >> 32);
}

static bool random_bool(void)
{
    return random_below(2) == 0;
}

/* A number close to those that an endpoint uses: equal, one off, or anywhere near. */
static struct seq near(struct seq number)
{
    static const uint32_t steps[] = {0, 0, 0, 1, 2, 100, 1460, 70000};
    uint32_t step_size = steps[random_below(8)];

    return random_bool() ? seq_add(number, step_size) : seq_sub(number, step_size);
}

static struct seq number_near(enum side side)
{
    return near(number_of(side, random_below(3) * 100));
}

static void random_options(struct tcp_options *options)
{
    memset(options, 0, sizeof *options);
    for (unsigned kind = 0; kind < OPTION_KINDS; kind++) {
        if (random_below(12) == 0)
            options->count[kind] = (uint8_t)(1 + random_below(2) * random_below(255));
    }
    options->cut = random_below(10) == 0;
    options->malformed = random_below(10) == 0;
    options->tsval = random_below(100) + (random_below(8) == 0 ? 40000 : 0);
    options->tsecr = random_below(200);
    options->sack_blocks = (uint8_t)(random_below(4) == 0 ? random_below(SACK_BLOCKS_MAX + 1) : 0);
    for (unsigned i = 0; i < options->sack_blocks; i++) {
        options->sack[i].left = seq_of(random_below(1000));
        options->sack[i].right = seq_of(random_below(1000));
    }
}

static void random_endpoint(enum side side)
{
    struct endpoint *end = &step.before[side];

    end->seen = random_below(8) != 0;
    end->iss_exact = random_below(8) != 0;
    end->sent_syn = random_bool();
    end->sent_synack = random_bool();
    end->sent_past_syn = random_bool();
    end->sent_fin = random_below(3) == 0;
    end->fin_known = end->sent_fin || random_below(6) == 0;
    end->fin_inferred = end->fin_known && !end->sent_fin;
    end->fin_next = number_near(side);
    end->fin_ack = number_near(side_other(side));
    end->fin_ack_known = random_bool();
    end->nxt_known = random_below(8) != 0;
    end->offered_ts = random_bool();
    end->ecn_refused = random_bool();
    end->una_known = random_below(8) != 0;
    end->una_frame = random_below(3);
    end->scale_known = random_below(8) != 0;
    end->has_hole = random_below(4) == 0;
    end->snd.nxt = number_near(side);
    if (seq_le(end->snd.nxt, end->snd.iss)) /* whoever has a number has used it */
        end->snd.nxt = seq_add(end->snd.iss, 1);
    end->snd.una = number_near(side);
    end->edge_known = random_below(4) != 0;
    end->snd.edge = random_bool() ? end->snd.nxt : number_near(side);
    end->snd.wnd = random_below(3) * 100;
    end->urg_known = random_bool();
    end->urg_high = number_near(side);
    end->snd.mwnd = random_below(60);
    end->ts_seen = random_below(4) != 0;
    end->ts_high = random_below(100);
    end->ts_first_known = random_bool();
    end->ts_first = random_bool() ? 0 : 180000 + random_below(200);
}

/* Sometimes the tuple led another life before. */
static void random_previous(void)
{
    static struct connection before;

    memset(&before, 0, sizeof before);
    if (random_below(4) == 0)
        return;
    before.client = random_bool() ? SIDE_A : SIDE_B;
    before.did[before.client] = (uint16_t)(1U << random_below(6)) | DEED_SYN;
    before.synack_frame = random_below(2);
    before.closed_frame = random_below(2);
    before.last_ns = 1;
    segment.has_time = true;
    segment.time_ns = (int64_t)random_below(200) * 1000000000;
    step.previous = &before;
    if (before.client == segment.sender && outcome_led_nowhere(&before))
        step.fruitless_syns = 1 + random_below(10);
}

static void random_conflict(void)
{
    static struct conflict conflict;

    conflict.first = conflict.start = segment.seq;
    conflict.since_ns = (int64_t)random_below(200) * 1000000;
    conflict.damaged = random_bool();
    if (random_below(8) == 0 && segment.payload_len > 0)
        step.conflict = &conflict;
}

static void random_repeats(void)
{
    static struct repeats repeats;

    memset(&repeats, 0, sizeof repeats);
    if (random_below(4) != 0)
        return;
    repeats.is_repetition = random_bool();
    repeats.is_keepalive = random_bool();
    repeats.count = random_below(5);
    repeats.steady = random_below(5);
    repeats.waited_ns = (int64_t)random_below(300) * 1000000000;
    repeats.keepalives = random_below(5);
    step.repeats = &repeats;
}

static void random_former(void)
{
    static struct former former;
    static struct endpoint ends[2];

    memset(&former, 0, sizeof former);
    for (unsigned side = SIDE_A; side <= SIDE_B; side++) {
        ends[side] = step.before[side];
        ends[side].seen = ends[side].iss_exact = true;
    }
    former.sender = &ends[segment.sender];
    former.receiver = &ends[side_other(segment.sender)];
    former.closed = random_bool();
    former.reset = !former.closed && random_bool();
    former.half_closed = !former.closed && !former.reset;
    former.sender_waited = random_bool();
    former.since_ns = (int64_t)random_below(200) * 1000000000;
    if (random_bool())
        step.former = &former;
    if (random_below(4) == 0)
        segment.seq = former.sender->snd.iss;
    segment.has_ip_id = random_bool();
    segment.ip_id = 1;
}

static void random_aftermath(void)
{
    struct step_aftermath *past = &step.aftermath;

    past->may_answer = random_bool();
    if (segment_has(&segment, FLAG_RST))
        past->answered_frame = random_below(3);
    past->outlived_frame = random_below(8) == 0 ? 6 : 0;
    past->unheard_frame = random_below(8) == 0 ? 6 : 0;
    if (!segment_has(&segment, FLAG_RST) && !step.before[segment.sender].fin_known)
        return; /* a first FIN is no burst */
    past->burst_before = random_below(12);
    past->burst = past->burst_before + random_below(2);
}

static void random_step(void)
{
    static const unsigned ordinary[] = {
        FLAG_ACK, FLAG_ACK | FLAG_PSH, FLAG_ACK | FLAG_FIN, FLAG_SYN, FLAG_SYN | FLAG_ACK,
        FLAG_RST, FLAG_RST | FLAG_ACK};
    unsigned flags = random_bool() ? ordinary[random_below(7)] : random_below(0x1000);
    enum side sender = random_bool() ? SIDE_A : SIDE_B;

    begin();
    sends(sender, random_below(300), random_bool() ? 0 : random_below(1500), flags);
    segment.seq = number_near(sender);
    segment.ack = number_near(side_other(sender));
    if (random_below(8) == 0)
        segment.ack = seq_of(0);
    segment.urgent = (uint16_t)random_below(3);
    segment.wnd_field = (uint16_t)(random_below(3) * 4);
    if (random_below(10) == 0)
        segment.src_port = 0;
    segment.same_ends = random_below(10) == 0;
    segment.dst_unicast = random_below(10) != 0;
    random_options(&segment.options);
    random_endpoint(SIDE_A);
    random_endpoint(SIDE_B);
    /* Nobody keeps a time that was not sent. */
    step.before[SIDE_A].ts_recent_known = step.before[SIDE_B].ts_seen;
    step.before[SIDE_B].ts_recent_known = step.before[SIDE_A].ts_seen;
    step.before[SIDE_A].ts_recent = step.before[SIDE_B].ts_high - random_below(3);
    step.before[SIDE_B].ts_recent = step.before[SIDE_A].ts_high - random_below(3);
    if (random_below(4) == 0)
        segment.seq = step.before[sender].snd.edge;
    step.since_reset_ns = (int64_t)random_below(3) * 200000000 - 1;
    conn.refused = random_bool();
    conn.closed_frame = random_below(3);
    step.edge_fresh = random_bool();
    step.answers_challenge = random_below(8) == 0;
    step.half_closed_octets = random_bool() ? 0 : segment.payload_len + random_below(2);
    step.half_closed_first = step.half_closed_octets != 0 && random_bool();
    step.src.at[0] = (uint8_t)random_below(STATES);
    step.src_before = (enum tcp_state)random_below(STATES);
    step.dst.at[0] = (uint8_t)random_below(STATES);
    if (random_below(8) == 0) { /* where both SYNs end */
        segment.seq = number_of(sender, 1);
        step.dst.at[0] = (uint8_t)(random_bool() ? STATE_SYN_RECEIVED : STATE_SYN_SENT);
        segment.ack = number_of(side_other(sender), 1);
        step.before[side_other(sender)].sent_rst = random_bool();
    }
    step.evidence = (enum evidence)random_below(EVIDENCES);
    step.admission = random_below(4) == 0 ? (enum admission)random_below(5) : ADMIT_FULL;
    step.rst_class = (flags & FLAG_RST) != 0 ? (enum rst_class)random_below(RST_CLASSES) : RST_NONE;
    step.confirmed_frame = random_below(4);
    step.knows_fin_acked = random_bool();
    if ((flags & FLAG_SYN) != 0) {
        step.option_changed = (uint8_t)(random_below(8) == 0 ? 2 : 0);
        step.option_unasked = (uint8_t)(random_below(8) == 0 ? 3 : 0);
        step.ecn_mirrored = random_below(8) == 0;
        step.echo_foreign = tcp_options_has(&segment.options, OPTION_TS) && random_bool();
        step.synack_numbers = (uint16_t)random_below(8);
        step.synack_takes_back = random_bool();
        random_previous();
        random_former();
    }
    random_aftermath();
    random_repeats();
    step.stale = random_below(8) == 0;
    step.ack_known_synack = random_bool();
    step.observed = random_below(8) == 0 ? (uint16_t)(1U << random_below(13)) : 0;
    random_conflict();
    step.series_goes_on = random_bool();
    if (segment.time_ns == 0)
        segment.time_ns = (int64_t)random_below(200) * SECOND_NS;
    conn.first_ns = 1;
    conn.segments[sender] = random_below(60);
    step.since_own_ns = random_bool() ? 0 : (int64_t)random_below(4) * SECOND_NS - 1;
    step.pause_ns = (int64_t)random_below(10) * SECOND_NS - 1;
    step.probe_taken = random_below(8) == 0;
    step.clock_still_ms = random_below(8) == 0 ? 2001 : 0;
    step.sack_dropped.right = seq_of(random_below(4) == 0 ? 100 : 0);
    segment.has_time = segment.has_time || random_bool();
    conn.client = random_bool() ? SIDE_A : SIDE_B;
    conn.incarnation = 1 + random_below(2);
    if (random_below(8) == 0)
        step.before[SIDE_A].seen = step.before[SIDE_B].seen = false;
    step.conn = step.conflict == NULL && random_below(20) == 0 ? NULL : &conn;
    step.first_of_tuple =
        !step.before[SIDE_A].seen && !step.before[SIDE_B].seen && random_bool();
}

/* As if the segments before had filled each series but for one place. */
static struct docket *primed_docket(void)
{
    enum side sender = step.segment->sender;
    struct docket_series *probe = &docket.series[0];
    struct docket_series *storm = &docket.series[1];

    fresh_docket();
    probe->used = storm->used = true;
    probe->tuple = storm->tuple = conn.owner;
    probe->first_ns = storm->first_ns = segment.time_ns;
    probe->id = FINDING_inj_blind_probe;
    probe->sender = sender;
    probe->count = 4;
    probe->distinct = 3;
    storm->id = FINDING_inj_ack_storm;
    storm->count = 19;
    storm->last = side_other(sender);
    storm->number[2 * sender] = segment.seq;
    storm->number[2 * sender + 1] = segment.ack;
    return &docket;
}

/* Whoever asks every rule hears the same. */
static void test_changes_nothing(void)
{
    static struct verdict all;
    unsigned raised[FINDINGS] = {0};

    for (unsigned i = 0; i < 300000 && check_failed == 0; i++) {
        random_step();
        verdict.count = all.count = 0;
        judge_interest(&step, &limits_standard, primed_docket(),
                       interest_of(&step, &limits_standard), &verdict);
        unsigned waiting = docket.open;
        for (unsigned w = 0; w < waiting; w++)
            raised[docket.cases[w].finding.id]++;
        judge_interest(&step, &limits_standard, primed_docket(), ~0U, &all);
        CHECK_UINT(waiting, docket.open);
        snprintf(check_context, sizeof check_context, "step %u", i);
        if (!CHECK_UINT(verdict.count, all.count))
            CHECK_STR(finding_row((enum finding_id)all.findings[0].id)->id, "asked in vain");
        for (unsigned f = 0; f < verdict.count && f < all.count; f++) {
            CHECK_UINT(verdict.findings[f].id, all.findings[f].id);
            CHECK_UINT(verdict.findings[f].severity, all.findings[f].severity);
            raised[verdict.findings[f].id]++;
        }
    }
    check_context[0] = '\0';
    /* The comparison is worth something only where each row was raised at all. */
    for (unsigned id = 0; id < FINDINGS; id++) {
        if (finding_rows[id].family == FAMILY_END_OF_CAPTURE)
            continue; /* of a life, not of a segment */
        bool ours = finding_rows[id].severity != SEVERITY_NATIVE;
        if ((raised[id] > 0) != ours)
            CHECK_STR(ours ? "never raised" : "raised", finding_row((enum finding_id)id)->id);
    }
}

static void test_families(void)
{
    /* clang-format off */
    static const struct family *const families[] = {
        &header_family,
        &setup_family,
        &handshake_family,
        &handshake_again_family,
        &handshake_early_family,
        &handshake_third_family,
        &handshake_syn_family,
        &handshake_synack_family,
        &reset_family,
        &teardown_family,
        &timestamps_family,
        &observer_family,
        &sequence_family,
        &reuse_family,
        &injection_family,
        &stray_family,
        &sack_family,
        &retransmission_family,
        &injection_rival_family,
        &injection_series_family,
        &window_family,
    };
    /* clang-format on */

    for (unsigned f = 0; f < sizeof families / sizeof families[0]; f++) {
        unsigned bits = 0;
        for (unsigned i = 0; i < families[f]->count; i++) {
            CHECK_TRUE(families[f]->rules[i].when != 0);
            bits |= families[f]->rules[i].when;
        }
        CHECK_UINT(families[f]->when, bits);
    }
}

/* What makes up nearly every capture. */
static void test_ordinary(void)
{
    begin();
    CHECK_UINT(interest_of(&step, &limits_standard), 0);
    sends(SIDE_A, 101, 1000, FLAG_PSH | FLAG_ACK);
    CHECK_UINT(interest_of(&step, &limits_standard), 0);
    sends(SIDE_B, 201, 0, FLAG_ACK | FLAG_ECE | FLAG_CWR | FLAG_AE);
    acks(101);
    CHECK_UINT(interest_of(&step, &limits_standard), 0);
    segment.options.count[OPTION_SACK] = 1;
    segment.options.count[OPTION_TS] = 1;
    step.before[SIDE_A].offered_ts = step.before[SIDE_B].offered_ts = true;
    CHECK_UINT(interest_of(&step, &limits_standard), 0);
    sends(SIDE_B, 201, 0, FLAG_ACK | FLAG_FIN);
    CHECK_UINT(interest_of(&step, &limits_standard), 0);
    /* The ACK of a FIN. */
    has_closed(SIDE_A, 102, 7, 201);
    sends(SIDE_B, 201, 0, FLAG_ACK);
    acks(102);
    CHECK_UINT(interest_of(&step, &limits_standard), 0);
}

int main(void)
{
    test_ordinary();
    test_families();
    test_changes_nothing();
    return check_status();
}
