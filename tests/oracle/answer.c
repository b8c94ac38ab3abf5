/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is right to say of one end at one frame: its own state, and the states that differ from it
 * only by what no frame up to this one has shown. The same excuses as in the kernel recordings:
 *
 *   own FIN unseen   the end was told to close, and neither its FIN nor an ACK of it is captured
 *   RST unseen       the end vanished (ABORT, crash, given up), and no RST of it is captured: what
 *                    a live end would be
 *   ignored          a SYN or a third segment was dropped because a queue was full
 *   crossing unseen  it was told to close before the peer's FIN came, but no frame shows its FIN
 *                    together with an ACK below that: CLOSING looks like LAST-ACK, and TIME-WAIT
 *                    like CLOSED
 *   below window     a RST numbered RCV.NXT-1 after a FIN, or an ACK of its FIN on a segment that
 *                    ends at RCV.NXT: RFC 9293 drops them, Linux heeds them
 *   CLOSED, LISTEN   nobody can tell them apart
 */
#include "view.h"

static uint16_t bit(unsigned state)
{
    return (uint16_t)(state < STATES ? 1U << state : 0);
}

/* The state of an end that has not been told to close. */
static unsigned without_fin(unsigned state)
{
    if (state == STATE_FIN_WAIT_1 || state == STATE_FIN_WAIT_2)
        return STATE_ESTABLISHED;
    if (state == STATE_CLOSING || state == STATE_LAST_ACK || state == STATE_TIME_WAIT)
        return STATE_CLOSE_WAIT;
    return STATES;
}

/* The number of the FIN of one control block, if it was ever sent. */
static bool answer_fin_number(const struct world *world, unsigned end, uint16_t serial,
                              struct seq *after)
{
    for (uint32_t i = 0; i < world->sent_count; i++) {
        const struct sent *sent = &world->sent[i];

        if (sent->from == end && sent->tail.serial == serial &&
            segment_has(&sent->segment, FLAG_FIN)) {
            *after = segment_end(&sent->segment);
            return true;
        }
    }
    return false;
}

/* Does frame `i` show the FIN of that block: the FIN itself, or its acknowledgment? */
static bool answer_shows_fin(const struct view *view, uint32_t i, unsigned end, uint16_t serial,
                             struct seq after)
{
    const struct sent *sent = view_sent(view, i);

    if (sent->from == end)
        return sent->tail.serial == serial && segment_has(&sent->segment, FLAG_FIN);
    return sent->from != FORGED && segment_has(&sent->segment, FLAG_ACK) &&
           !segment_has(&sent->segment, FLAG_RST) && seq_eq(sent->segment.ack, after);
}

static bool answer_fin_seen(const struct view *view, uint32_t upto, unsigned end, uint16_t serial)
{
    struct seq after;

    if (!answer_fin_number(&view->life->world, end, serial, &after))
        return false;
    for (uint32_t i = 0; i <= upto; i++)
        if (answer_shows_fin(view, i, end, serial, after))
            return true;
    return false;
}

static bool answer_reset_seen(const struct view *view, uint32_t upto, unsigned end, uint32_t since)
{
    for (uint32_t i = 0; i <= upto; i++) {
        const struct sent *sent = view_sent(view, i);

        if (sent->from == end && view_copy(view, i)->sent >= since &&
            segment_has(&sent->segment, FLAG_RST))
            return true;
    }
    return false;
}

/* Is there a frame that shows the end past its own FIN and before the peer's? Without one its FIN
 * may as well have been an answer to the peer's. */
static bool answer_crossing_seen(const struct view *view, uint32_t upto, unsigned end,
                                 const struct truth *truth)
{
    struct seq after;

    if (!answer_fin_number(&view->life->world, end, truth->serial, &after))
        return false;
    for (uint32_t i = 0; i <= upto; i++) {
        const struct sent *sent = view_sent(view, i);

        if (sent->from == end && sent->tail.serial == truth->serial &&
            segment_has(&sent->segment, FLAG_ACK) && seq_ge(segment_end(&sent->segment), after) &&
            seq_lt(sent->segment.ack, truth->peer_fin))
            return true;
    }
    return false;
}

/* A TIME-WAIT that ran out at the end runs out at the capture a little sooner or later. */
#define EXPIRY_SLACK (2 * SECOND)

static struct answer answer_of(const struct view *view, uint32_t i, unsigned end,
                               const struct truth *truth)
{
    struct answer answer = {.known = true, .state = truth->state};
    bool fin_hidden = truth->fin_begun && !answer_fin_seen(view, i, end, truth->serial);
    bool hidden = truth->shadow != STATES && !answer_reset_seen(view, i, end, truth->gone_sent);

    if (truth->expired && view_copy(view, i)->tap_at - truth->gone_at > EXPIRY_SLACK)
        hidden = false;
    if (fin_hidden && truth->shadow == STATES)
        answer.others |= bit(truth->syn_open ? STATE_SYN_RECEIVED : without_fin(truth->state));
    if (hidden)
        answer.others |= bit(truth->shadow);
    if (hidden && fin_hidden)
        answer.others |= bit(without_fin(truth->shadow));
    if (truth->may_listen)
        answer.others |= bit(STATE_CLOSED) | bit(STATE_LISTEN);
    answer.others |= bit(truth->normal) | bit(truth->doubt);
    if (fin_hidden && truth->doubt != STATES)
        answer.others |= bit(without_fin(truth->doubt));
    if (truth->crossed && !answer_crossing_seen(view, i, end, truth)) {
        answer.others |= bit(truth->state == STATE_CLOSING ? STATE_LAST_ACK : STATES);
        answer.others |= bit(truth->state == STATE_TIME_WAIT ? STATE_CLOSED : STATES);
    }
    answer.others &= (uint16_t)~bit(answer.state);
    return answer;
}

struct answer view_tail(const struct view *view, uint32_t i)
{
    const struct sent *sent = view_sent(view, i);
    struct answer answer = {.known = false};

    if (sent->from == FORGED)
        return answer;
    answer = answer_of(view, i, sent->from, &sent->tail);
    /* The public contract: who sends a RST is CLOSED, unless it is in SYN-SENT. An end that answers
     * out of SYN-RECEIVED or LISTEN stays there (3.10.7.2, 3.10.7.4 step 5): both are right. */
    if (segment_has(&sent->segment, FLAG_RST) && sent->tail.state != STATE_SYN_SENT)
        answer.others |= bit(STATE_CLOSED);
    return answer;
}

struct answer view_head(const struct view *view, uint32_t i)
{
    const struct copy *copy = view_copy(view, i);
    const struct sent *sent = view_sent(view, i);
    unsigned end = sent->as == END_CLIENT;
    struct answer answer = {.known = false};

    if (copy->order == 0)
        return answer;
    answer = answer_of(view, i, end, &copy->head);
    /* Until the refusal is seen, a SYN opens. */
    if (segment_is_syn(&sent->segment) && copy->head.state == STATE_CLOSED &&
        !answer_reset_seen(view, i, end, 0))
        answer.others |= bit(STATE_SYN_RECEIVED);
    return answer;
}
