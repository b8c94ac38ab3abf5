/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interest.h"

#include <string.h>

/* ---- what a segment seldom has: looked at more closely ---- */

/* Bits that have no business on most segments, two of SYN, FIN and RST at once, or none of the
 * three flags of which a segment needs one. */
static bool has_odd_flags(unsigned flags)
{
    unsigned events = flags & (FLAG_SYN | FLAG_FIN | FLAG_RST);

    return (flags & (FLAG_URG | FLAG_RESERVED)) != 0 || (events & (events - 1)) != 0 ||
           (flags & (FLAG_SYN | FLAG_ACK | FLAG_RST)) == 0;
}

/* One of the two bits that ask for ECN together: RFC 3168 6.1.1, RFC 9768 3.1. */
static bool asks_half_for_ecn(unsigned flags)
{
    unsigned bits = flags & (FLAG_AE | FLAG_CWR | FLAG_ECE);

    return (flags & (FLAG_SYN | FLAG_ACK)) == FLAG_SYN && (bits == FLAG_CWR || bits == FLAG_ECE);
}

/* A SYN that finds no listener or follows an earlier life, a SYN-ACK that acknowledges anything but
 * a whole SYN, a second one, one that comes when its receiver is past it, one whose options or ECN
 * bits do not fit those before it, or any of these with data. */
static bool is_unexpected_syn(const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);

    if (!segment_has(segment, FLAG_SYN))
        return false;
    if (segment->payload_len > 0 || sender->sent_synack || step->option_changed != 0 ||
        step->option_unasked != 0 || step->ecn_mirrored || step->previous != NULL ||
        step->former != NULL || step->synack_numbers > 1)
        return true;
    if (!segment_has(segment, FLAG_ACK))
        return receiver->sent_syn || tcp_state_is_synchronized((enum tcp_state)step->dst.at[0]);
    return sender->sent_syn || receiver->sent_past_syn ||
           (receiver->sent_syn && !seq_eq(segment->ack, receiver->snd.nxt));
}

static bool is_fin_apart(const struct step *step)
{
    const struct endpoint *sender = step_sender(step);
    struct seq fin = seq_sub(segment_end(step->segment), 1);

    return (sender->nxt_known && !seq_eq(step->segment->seq, sender->snd.contiguous)) ||
           (sender->una_known && seq_lt(step->segment->seq, sender->snd.una)) ||
           (sender->edge_known && seq_gt(fin, sender->snd.edge));
}

static unsigned interest_in_flags(const struct step *step)
{
    const struct segment *segment = step->segment;
    unsigned interest = 0;

    if (has_odd_flags(segment->flags) || asks_half_for_ecn(segment->flags))
        interest |= INTEREST_HEADER;
    if (!segment_has(segment, FLAG_ACK) && tcp_options_has(&segment->options, OPTION_TS) &&
        segment->options.tsecr != 0)
        interest |= INTEREST_TS_ODD;
    if (segment_has(segment, FLAG_RST))
        interest |= INTEREST_RST;
    if (segment_has(segment, FLAG_FIN) && is_fin_apart(step))
        interest |= INTEREST_FIN_APART;
    if (is_unexpected_syn(step))
        interest |= INTEREST_SYN;
    if (step->echo_foreign)
        interest |= INTEREST_TS_ODD;
    return interest;
}

/* What a side that has closed changes, for itself and for its peer. */
static unsigned interest_in_fins(const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);
    bool has_fin = segment_has(segment, FLAG_FIN);
    unsigned interest = 0;

    if (sender->fin_known &&
        (has_fin || segment->payload_len > 0 || seq_gt(segment->seq, sender->fin_next) ||
         seq_lt(segment->seq, seq_sub(sender->fin_next, 1))))
        interest |= INTEREST_FIN_AGAIN;
    if (receiver->fin_known && has_fin && seq_lt(segment->ack, receiver->fin_next))
        interest |= INTEREST_FINS_CROSS;
    if (receiver->fin_known && segment_has(segment, FLAG_ACK) &&
        seq_gt(segment->ack, receiver->fin_next))
        interest |= INTEREST_ACK_PAST_FIN;
    return interest;
}

/* ---- every segment ---- */

/* An option twice, or one that belongs on a SYN. Looked at as one number, whatever their order. */
static bool has_rare_options(const struct segment *segment)
{
    static const uint8_t twice[8] = {0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe};
    static const uint8_t rare[8] = {
        [OPTION_MSS] = 0xfe,  [OPTION_WS] = 0xff, [OPTION_SACK_PERM] = 0xff,
        [OPTION_SACK] = 0xfe, [OPTION_TS] = 0xfe, [OPTION_TFO] = 0xff};
    const uint8_t *count = segment->options.count;
    uint64_t counters = 0;
    uint64_t mask;

    _Static_assert(sizeof segment->options.count <= sizeof counters, "they fit");
    memcpy(&counters, count, sizeof segment->options.count);
    memcpy(&mask, segment_has(segment, FLAG_SYN) ? twice : rare, sizeof mask);
    return (counters & mask) != 0;
}

static bool has_odd_ends(const struct segment *segment)
{
    return segment->src_port == 0 || segment->dst_port == 0 || segment->same_ends ||
           !segment->src_unicast || !segment->dst_unicast;
}

static unsigned interest_in_timestamp(const struct tcp_options *options,
                                      const struct endpoint *sender,
                                      const struct endpoint *receiver)
{
    unsigned interest = 0;

    if (!tcp_options_has(options, OPTION_TS))
        return endpoint_pair_uses_ts(sender, receiver) ? INTEREST_TS_MISSING : 0;
    if (sender->ts_seen && seq_lt(seq_of(options->tsval), seq_of(sender->ts_high)))
        interest |= INTEREST_TS_LOWER;
    if (sender->ts_seen &&
        seq_gt(seq_of(options->tsval), seq_add(seq_of(sender->ts_high), TS_JUMP_LEAST)))
        interest |= INTEREST_TS_ODD;
    if (endpoint_pair_uses_ts(sender, receiver)
            ? seq_gt(seq_of(options->tsecr), seq_of(receiver->ts_high)) ||
                  (receiver->ts_first_known &&
                   seq_lt(seq_of(options->tsecr), seq_of(receiver->ts_first)))
            : sender->options_known && receiver->options_known)
        interest |= INTEREST_TS_ODD;
    return interest;
}

static unsigned interest_in_windows(const struct segment *segment, const struct endpoint *sender,
                                    const struct endpoint *receiver)
{
    unsigned interest = 0;

    if (segment->payload_len > 0 && sender->edge_known &&
        seq_gt(seq_add(segment->seq, segment->payload_len), sender->snd.edge))
        interest |= INTEREST_PAST_EDGE;
    if (receiver->edge_known && seq_gt(segment->ack, seq_add(receiver->snd.edge, 1)))
        interest |= INTEREST_ACK_PAST_EDGE;
    struct seq edge = seq_add(segment->ack, (uint32_t)segment->wnd_field << sender->scale);
    if (receiver->edge_known &&
        (receiver->snd.wnd == 0 || seq_lt(edge, seq_add(receiver->snd.una, receiver->snd.wnd))))
        interest |= INTEREST_WINDOW;
    return interest;
}

/* The third segment's numbers are no lower than the SYNs'. */
static unsigned interest_in_acked(const struct segment *segment, const struct endpoint *sender,
                                  const struct endpoint *receiver)
{
    unsigned interest = segment->options.sack_blocks != 0 ? INTEREST_SACK : 0;

    if ((sender->una_known && seq_lt(segment->seq, sender->snd.una)) ||
        (receiver->una_known && seq_lt(segment->ack, receiver->snd.una)))
        interest |= INTEREST_BEHIND;
    return interest;
}

/* An acknowledgment of the future, or a number far from what its receiver expects. */
static bool is_far_ahead(const struct segment *segment, const struct endpoint *sender,
                         const struct endpoint *receiver)
{
    return (sender->edge_known && seq_gt(segment->seq, sender->snd.edge)) ||
           (receiver->nxt_known && seq_gt(segment->ack, receiver->snd.nxt));
}

/* What the model has noted of the segment, and the segment alone would not tell. */
static unsigned interest_in_facts(const struct step *step)
{
    unsigned interest = 0;

    if (step->answers_challenge || step->stale || step->aftermath.outlived_frame != 0 ||
        step->aftermath.unheard_frame != 0 || step->probe_taken ||
        (step->half_closed_octets != 0 && step->half_closed_octets == step->segment->payload_len))
        interest |= INTEREST_CONTEXT;
    if (step->repeats != NULL)
        interest |= INTEREST_AGAIN;
    if (!seq_eq(step->sack_dropped.left, step->sack_dropped.right))
        interest |= INTEREST_SACK;
    if (step->clock_still_ms != 0)
        interest |= INTEREST_TS_ODD;
    if (step->observed != 0)
        interest |= INTEREST_OBSERVED;
    if (step->conflict != NULL)
        interest |= INTEREST_CONFLICT;
    return interest;
}

unsigned interest_of(const struct step *step, const struct limits *limits)
{
    const unsigned telling = FLAG_SYN | FLAG_FIN | FLAG_RST | FLAG_ACK | FLAG_URG | FLAG_RESERVED;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);
    unsigned interest = interest_in_facts(step) |
                        interest_in_timestamp(&segment->options, sender, receiver) |
                        interest_in_windows(segment, sender, receiver) |
                        interest_in_acked(segment, sender, receiver);

    if ((segment->flags & telling) != FLAG_ACK)
        interest |= interest_in_flags(step);
    if ((interest & (INTEREST_RST | INTEREST_SYN | INTEREST_BEHIND)) != 0 ||
        is_far_ahead(segment, sender, receiver))
        interest |= INTEREST_PROBE;
    if (has_rare_options(segment) || has_odd_ends(segment))
        interest |= INTEREST_HEADER;
    if (step->dst.at[0] == STATE_SYN_RECEIVED && !step->ack_known_synack)
        interest |= INTEREST_THIRD;
    /* scaling never makes a window smaller */
    if (step->dst.at[0] == STATE_SYN_RECEIVED && segment->wnd_field <= limits->hs_tiny_window_limit)
        interest |= INTEREST_TINY;
    if ((segment->flags & (FLAG_ECE | FLAG_CWR)) != 0 &&
        (sender->ecn_refused || receiver->ecn_refused))
        interest |= INTEREST_ECN;
    if ((segment->flags & (FLAG_SYN | FLAG_ACK)) == FLAG_ACK &&
        (endpoint_waits_for_synack(sender) || endpoint_waits_for_synack(receiver)))
        interest |= INTEREST_EARLY;
    if (sender->fin_known || receiver->fin_known)
        interest |= interest_in_fins(step);
    if (step->dst.at[0] == STATE_TIME_WAIT)
        interest |= INTEREST_TIME_WAIT;
    if (!sender->seen && !receiver->seen && !segment_is_syn(segment))
        interest |= INTEREST_FIRST;
    return interest;
}
