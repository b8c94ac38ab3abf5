/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequence numbers, acknowledgments and windows. RFC 9293 3.4, 3.8.6, 3.10.7.4 steps 1 and 5. */
#include "family.h"

/* Farther off than a window that is not scaled reaches. */
static bool is_elsewhere(bool known, struct seq number, struct seq expected)
{
    const int32_t window = 65535;
    int32_t distance = seq_diff(number, expected);

    return known && (distance > window || distance < -window);
}

static bool state_resync(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);

    if ((step->observed & OBSERVED_RESYNC) == 0)
        return false;
    hearing_compare(hearing, segment->seq, sender->snd.nxt, sender->nxt_frame);
    /* An end that goes on after its own RST keeps its numbers. */
    return is_elsewhere(sender->nxt_known, segment->seq, sender->snd.nxt) ||
           is_elsewhere(receiver->nxt_known && segment_has(segment, FLAG_ACK), segment->ack,
                        receiver->snd.nxt);
}

/* RFC 9293 3.8.6.1: with a closed window at most one octet may be sent, to probe it. The edge is
 * the furthest that was ever granted, so it does not matter when the news of its closing arrived.
 */
static bool seq_into_zero_window(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);

    if (segment->payload_len <= 1 || segment_has_any(segment, FLAG_SYN | FLAG_RST) ||
        !sender->edge_known || sender->snd.wnd != 0 || !sender->nxt_known ||
        !seq_eq(sender->snd.edge, sender->snd.nxt) || !seq_eq(segment->seq, sender->snd.edge))
        return false;
    if (!step->edge_fresh || sender->mptcp || step_receiver(step)->mptcp)
        return false;
    hearing_compare(hearing, seq_add(segment->seq, segment->payload_len), sender->snd.edge,
                    sender->edge_frame);
    return true;
}

static const struct rule rules[] = {
    {FINDING_seq_into_zero_window, ABOUT_SENDER, INTEREST_PAST_EDGE, seq_into_zero_window},
    {FINDING_state_resync, ABOUT_SENDER, INTEREST_OBSERVED, state_resync},
};

const struct family sequence_family = FAMILY(rules, INTEREST_PAST_EDGE | INTEREST_OBSERVED);
