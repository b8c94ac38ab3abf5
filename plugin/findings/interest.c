/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interest.h"

#include <string.h>

/* Bits that have no business on most segments, two of SYN, FIN and RST at once, or none of the
 * three flags of which a segment needs one. */
static bool has_odd_flags(unsigned flags)
{
    unsigned events = flags & (FLAG_SYN | FLAG_FIN | FLAG_RST);

    return (flags & (FLAG_URG | FLAG_RESERVED)) != 0 || (events & (events - 1)) != 0 ||
           (flags & (FLAG_SYN | FLAG_ACK | FLAG_RST)) == 0;
}

/* An option twice, or one that belongs on a SYN elsewhere. */
static bool has_odd_options(const struct segment *segment)
{
    const uint64_t more_than_one = 0xfefefefefefefefeU; /* in any of the counters */
    const struct tcp_options *options = &segment->options;
    uint64_t counters = 0;

    _Static_assert(sizeof options->count <= sizeof counters, "looked at as one number");
    memcpy(&counters, options->count, sizeof options->count);
    if ((counters & more_than_one) != 0)
        return true;
    return counters != 0 && !segment_has(segment, FLAG_SYN) &&
           (tcp_options_has(options, OPTION_WS) || tcp_options_has(options, OPTION_TFO) ||
            tcp_options_has(options, OPTION_SACK_PERM));
}

static bool has_odd_ends(const struct segment *segment)
{
    return segment->src_port == 0 || segment->dst_port == 0 || segment->same_ends ||
           !segment->src_unicast || !segment->dst_unicast;
}

/* What a side that has closed changes, for itself and for its peer. */
static unsigned interest_in_fins(const struct step *step, unsigned flags)
{
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);
    unsigned interest = 0;

    if (sender->fin_known && ((flags & FLAG_FIN) != 0 || segment->payload_len > 0))
        interest |= INTEREST_FIN_AGAIN;
    if (receiver->fin_known && (flags & FLAG_FIN) != 0 && seq_lt(segment->ack, receiver->fin_next))
        interest |= INTEREST_FINS_CROSS;
    if (receiver->fin_known && (flags & FLAG_ACK) != 0 && seq_gt(segment->ack, receiver->fin_next))
        interest |= INTEREST_ACK_PAST_FIN;
    return interest;
}

static unsigned interest_in_options(const struct segment *segment, const struct endpoint *sender,
                                    const struct endpoint *receiver)
{
    const struct tcp_options *options = &segment->options;

    if (!tcp_options_has(options, OPTION_TS))
        return endpoint_pair_uses_ts(sender, receiver) ? INTEREST_TS_MISSING : 0;
    if (sender->ts_seen && seq_lt(seq_of(options->tsval), seq_of(sender->ts_high)))
        return INTEREST_TS_LOWER;
    return 0;
}

unsigned interest_of(const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);
    unsigned flags = segment->flags;
    unsigned interest = interest_in_options(segment, sender, receiver);

    if (has_odd_flags(flags) || has_odd_options(segment) || has_odd_ends(segment))
        interest |= INTEREST_HEADER;
    if ((flags & FLAG_RST) != 0)
        interest |= INTEREST_RST;
    if ((flags & FLAG_SYN) != 0 && receiver->sent_syn)
        interest |= INTEREST_SYN;
    if (step->dst.at[0] == STATE_SYN_RECEIVED && !step->ack_known_synack)
        interest |= INTEREST_THIRD;
    if (sender->fin_known || receiver->fin_known)
        interest |= interest_in_fins(step, flags);
    if (sender->edge_known && segment->payload_len > 0 &&
        seq_gt(seq_add(segment->seq, segment->payload_len), sender->snd.edge))
        interest |= INTEREST_PAST_EDGE;
    if (step->answers_challenge)
        interest |= INTEREST_CONTEXT;
    if (step->observed != 0)
        interest |= INTEREST_OBSERVED;
    if (!sender->seen && !receiver->seen)
        interest |= INTEREST_FIRST;
    return interest;
}
