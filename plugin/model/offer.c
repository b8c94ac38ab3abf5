/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "offer.h"

/* ---- options ---- */

/* Bits by enum option_kind of what only a SYN offers, and timestamps. */
static uint8_t kinds_of(const struct tcp_options *options)
{
    uint8_t kinds = 0;

    for (unsigned kind = 0; kind < OPTION_KINDS; kind++)
        if (kind != OPTION_SACK && tcp_options_has(options, (enum option_kind)kind))
            kinds |= (uint8_t)(1U << kind);
    if (options->tfo_experimental)
        kinds |= (uint8_t)(1U << OPTION_TFO);
    return kinds;
}

static bool has_kind(unsigned kinds, enum option_kind kind)
{
    return (kinds >> kind & 1U) != 0;
}

static uint8_t lowest_number(unsigned kinds)
{
    for (unsigned kind = 0; kind < OPTION_KINDS; kind++)
        if (has_kind(kinds, (enum option_kind)kind))
            return tcp_option_number((enum option_kind)kind);
    return 0;
}

/* The first option that stands on one of the two SYNs only, or says something else. */
static uint8_t changed_option(const struct offer *first, const struct tcp_options *options)
{
    unsigned both = kinds_of(options) & first->kinds;
    unsigned differ = kinds_of(options) ^ first->kinds;

    if (has_kind(both, OPTION_MSS) && options->mss != first->mss)
        differ |= 1U << OPTION_MSS;
    if (has_kind(both, OPTION_WS) && options->ws != first->ws)
        differ |= 1U << OPTION_WS;
    return lowest_number(differ);
}

/* RFC 7323 2.2, 3.2: only what the SYN had may stand on the SYN-ACK. */
static uint8_t unasked_option(const struct offer *asked, const struct tcp_options *options)
{
    const unsigned answers = 1U << OPTION_WS | 1U << OPTION_TS;

    if (!asked->known || asked->cut)
        return 0;
    return lowest_number(kinds_of(options) & answers & ~(unsigned)asked->ever);
}

/* ---- ECN ---- */

#define ECN_BITS (FLAG_AE | FLAG_CWR | FLAG_ECE)

/* The SYN-ACK shows the bits of the SYN again: no answer that RFC 3168 6.1.1 or RFC 9768 3.1.2
 * know, but what a device does that copies the header. ECE and CWR do answer a SYN of RFC 9768. */
static bool mirrors_ecn(const struct offer *asked, unsigned bits)
{
    if (asked->accurate_ecn)
        return bits == ECN_BITS;
    return asked->classic_ecn && bits == (FLAG_CWR | FLAG_ECE);
}

static void take_ecn_answer(struct work *work, const struct offer *asked)
{
    unsigned bits = work->segment->flags & ECN_BITS;
    bool mirrored = mirrors_ecn(asked, bits);
    bool refused = bits == 0 || mirrored;
    struct endpoint *tail = &work->tail->end;

    work->step->ecn_mirrored = mirrored;
    /* one SYN-ACK that agrees is enough: it may be the one that counted */
    tail->ecn_refused = refused && (tail->ecn_refused || !tail->sent_synack);
}

/* ---- both ---- */

static void take_syn_offer(struct work *work, struct offer *offer)
{
    const struct segment *segment = work->segment;
    const struct tcp_options *options = &segment->options;
    bool cut = options->cut || options->malformed;

    if (!offer->known) {
        offer->kinds = kinds_of(options);
        offer->mss = options->mss;
        offer->ws = options->ws;
    } else if (!cut && !offer->cut && seq_eq(segment->seq, work->tail->end.snd.iss))
        work->step->option_changed = changed_option(offer, options);
    offer->known = true;
    offer->cut |= cut;
    offer->ever |= kinds_of(options);
    offer->accurate_ecn |= (segment->flags & ECN_BITS) == ECN_BITS;
    offer->classic_ecn |= (segment->flags & ECN_BITS) == (FLAG_CWR | FLAG_ECE);
}

void offer_take(struct work *work)
{
    const struct segment *segment = work->segment;
    struct offer *offer = work->tcb->opening->offer;

    if (segment_is_syn(segment)) {
        take_syn_offer(work, &offer[segment->sender]);
        return;
    }
    work->step->option_unasked =
        unasked_option(&offer[side_other(segment->sender)], &segment->options);
    take_ecn_answer(work, &offer[side_other(segment->sender)]);
}
