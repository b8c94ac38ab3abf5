/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is sent again and again without an answer. RFC 9293 3.8.1, 3.8.3, 3.8.4; RFC 6298 5.5.
 *
 * Silence of the other side is what these rules are about: unlike others they do not fall silent
 * when it lasts (catalogue, X-ONEWAY).
 */
#include "family.h"

static bool is_known(struct hearing *hearing)
{
    return hearing_knows_both(hearing, step_sender(hearing->step), step_receiver(hearing->step));
}

static void compare_counts(struct hearing *hearing, uint32_t got, uint32_t limit, uint32_t frame)
{
    hearing->finding.got = got;
    hearing->finding.limit = limit;
    hearing->finding.limit_known = true;
    hearing->finding.limit_frame = frame;
}

/* ---- retransmission ---- */

static bool is_repeated(struct hearing *hearing)
{
    const struct repeats *repeats = hearing->step->repeats;

    return repeats != NULL && repeats->is_repetition && is_known(hearing);
}

/* All octets are delivered, and nobody waits for more than the end of it. */
static bool waits_for_fin_alone(const struct endpoint *sender)
{
    return sender->fin_known && seq_eq(seq_add(sender->snd.una, 1), sender->fin_next);
}

/* Told once, where the limit is reached. RFC 9293 3.8.3 MUST-23 has another one for a SYN. */
static bool rto_r2(struct hearing *hearing)
{
    const int64_t syn_limit = 180;
    const struct repeats *repeats = hearing->step->repeats;
    int64_t limit = hearing->limits->rto_r2_limit;
    if (!is_repeated(hearing))
        return false;
    if (segment_has(hearing->step->segment, FLAG_SYN) && limit < syn_limit)
        limit = syn_limit;
    if (waits_for_fin_alone(step_sender(hearing->step)))
        hearing->finding.severity = SEVERITY_NOTE;
    compare_counts(hearing, (uint32_t)(repeats->waited_ns / SECOND_NS), (uint32_t)limit,
                   repeats->first_frame);
    return repeats->waited_ns >= limit * SECOND_NS &&
           repeats->waited_before_ns < limit * SECOND_NS;
}

/* Told once: RFC 9293 3.8.3 SHLD-10. */
static bool rto_r1(struct hearing *hearing)
{
    const uint32_t r1 = 3;
    const struct repeats *repeats = hearing->step->repeats;
    if (!is_repeated(hearing))
        return false;
    compare_counts(hearing, repeats->count, r1, repeats->first_frame);
    return repeats->count == r1;
}

/* Told once. RFC 9293 3.8.1 MUST-19. */
static bool rto_no_backoff(struct hearing *hearing)
{
    const uint32_t intervals = 3;
    const int64_t millisecond_ns = 1000000;
    const struct repeats *repeats = hearing->step->repeats;
    if (!is_repeated(hearing))
        return false;
    compare_counts(hearing, (uint32_t)(repeats->interval_ns / millisecond_ns),
                   (uint32_t)(repeats->interval_before_ns / millisecond_ns), repeats->first_frame);
    return repeats->steady == intervals;
}

/* ---- keepalives ---- */

static bool is_waiting(const struct endpoint *sender)
{
    return seq_lt(sender->snd.una, sender->snd.nxt);
}

static bool is_keepalive(struct hearing *hearing)
{
    const struct repeats *repeats = hearing->step->repeats;

    return repeats != NULL && repeats->is_keepalive && is_known(hearing);
}

/* Told once for each silence. The first of them has had time to be answered. */
static bool ka_unanswered(struct hearing *hearing)
{
    const uint32_t probes = 3;
    const struct repeats *repeats = hearing->step->repeats;
    if (!is_keepalive(hearing) || is_waiting(step_sender(hearing->step)))
        return false;
    compare_counts(hearing, repeats->keepalives, probes, repeats->keepalive_frame);
    return repeats->keepalives == probes;
}

/* RFC 9293 3.8.4 MUST-26. */
static bool ka_with_outstanding(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct endpoint *sender = step_sender(step);
    if (!is_keepalive(hearing) || !is_waiting(sender))
        return false;
    if (sender->fin_known && seq_lt(sender->snd.una, sender->fin_next))
        return false;
    hearing_compare(hearing, step->segment->seq, sender->snd.una, sender->una_frame);
    return true;
}

static const struct rule rules[] = {
    RULE(rto_r2, SENDER, AGAIN),         RULE(rto_r1, SENDER, AGAIN),
    RULE(rto_no_backoff, SENDER, AGAIN), RULE(ka_unanswered, SENDER, AGAIN),
    RULE(ka_with_outstanding, SENDER, AGAIN),
};

const struct family retransmission_family = FAMILY(rules, INTEREST_AGAIN);
