/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both ends agree on with their SYNs: options and ECN. RFC 7323 2.2, 3.2; RFC 7413 4.1.3;
 * RFC 3168 6.1.1; RFC 9768 3.1. The model has compared each SYN with those before it.
 */
#include "family.h"

static bool note_option(struct hearing *hearing, uint8_t number, const struct endpoint *first)
{
    hearing->finding.got = number;
    hearing->finding.limit_frame = first->iss_frame;
    return number != 0;
}

/* RFC 7413 4.1.3: legal. Which copy was answered decides what is in force. */
static bool opt_syn_changed(struct hearing *hearing)
{
    return note_option(hearing, hearing->step->option_changed, step_sender(hearing->step));
}

/* Does the SYN-ACK answer the SYN that was captured? */
static bool answers_captured_syn(const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct endpoint *client = step_receiver(step);
    return client->sent_syn && client->nxt_known && seq_gt(segment->ack, client->snd.iss) &&
           seq_le(segment->ack, client->snd.nxt);
}

static bool opt_synack_unsolicited(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    return note_option(hearing, step->option_unasked, step_receiver(step)) &&
           answers_captured_syn(step);
}

/* RFC 3168 6.1.1: only both bits ask for ECN. With AE it is the SYN of RFC 9768 3.1. */
static bool ecn_setup_odd(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    unsigned bits = segment->flags & (FLAG_AE | FLAG_CWR | FLAG_ECE);
    hearing->finding.got = segment->flags;
    return segment_is_syn(segment) && (bits == FLAG_CWR || bits == FLAG_ECE);
}

static bool ecn_synack_reflected(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    hearing->finding.got = step->segment->flags;
    hearing->finding.limit_frame = step_receiver(step)->iss_frame;
    return step->ecn_mirrored && answers_captured_syn(step);
}

/* Whose SYN-ACK agreed to nothing decides, also where the SYN asked. Both ends answer in a
 * simultaneous open, for which RFC 3168 has no rule. */
static bool ecn_unnegotiated(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *receiver = step_receiver(step);
    if (segment_has(segment, FLAG_SYN) || !segment_has_any(segment, FLAG_ECE | FLAG_CWR))
        return false;
    if (sender->sent_syn && receiver->sent_syn)
        return false;
    hearing->finding.got = segment->flags;
    hearing->finding.limit_frame = sender->ecn_refused ? sender->iss_frame : receiver->iss_frame;
    return sender->ecn_refused || receiver->ecn_refused;
}

static const struct rule rules[] = {
    RULE(opt_synack_unsolicited, RECEIVER, SYN), RULE(opt_syn_changed, SENDER, SYN),
    RULE(ecn_synack_reflected, RECEIVER, SYN),   RULE(ecn_setup_odd, SENDER, HEADER),
    RULE(ecn_unnegotiated, SENDER, ECN),
};

const struct family setup_family =
    FAMILY(rules, INTEREST_SYN | INTEREST_HEADER | INTEREST_ECN);
