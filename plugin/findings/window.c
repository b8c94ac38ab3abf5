/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows that shrink, collapse, or stay closed. RFC 9293 3.8.6, 3.10.7.4 step 5. */
#include "family.h"

/* Does the segment tell of its sender's window, and that alone? A multipath connection has one
 * window for all its paths (RFC 8684 3.3.1). */
static bool tells_of_window(const struct step *step)
{
    return segment_has(step->segment, FLAG_ACK) &&
           !segment_has_any(step->segment, FLAG_SYN | FLAG_FIN | FLAG_RST) &&
           !step_sender(step)->mptcp && !step_receiver(step)->mptcp;
}

/* ---- the right edge moves left ---- */

/* Scaled windows are rounded down, so an edge may seem to go back by less than that. */
static bool is_left_of(const struct step *step, struct seq edge, struct seq limit)
{
    return seq_le(edge, limit) && seq_span(limit, edge) >= (uint32_t)1 << step_sender(step)->scale;
}

/* X-REO: two updates with the same numbers may have changed places on the path. Then the next one
 * shows the edge where it was. An end that goes away does not shrink its window. */
static enum settlement settle_shrink(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (step->conn != waiting->conn || segment->sender != waiting->sender)
        return CASE_WAITS;
    if (segment_has_any(segment, FLAG_SYN | FLAG_FIN | FLAG_RST) ||
        (step->observed & OBSERVED_RESYNC) != 0)
        return CASE_FALLS;
    if (!segment_has(segment, FLAG_ACK) || seq_lt(segment->seq, waiting->end) ||
        seq_lt(segment->ack, waiting->ack))
        return CASE_WAITS;
    return is_left_of(step, hearing_granted_edge(step), seq_of(waiting->finding.limit))
               ? CASE_STANDS
               : CASE_FALLS;
}

/* RFC 9293 3.8.6. The segment must be one that updates the window (3.10.7.4 step 5: SND.WL1 and
 * SND.WL2). The windows of SYNs are no measure: the first one that is scaled often differs. */
static bool win_shrink(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *peer = step_receiver(step);

    if (!tells_of_window(step) || !sender->sent_past_syn || sender->fin_known ||
        !sender->nxt_known || seq_lt(segment->seq, sender->snd.nxt) || !peer->una_known ||
        !peer->edge_known || seq_lt(segment->ack, peer->snd.una))
        return false;
    /* Where the last update was overtaken, its window does not belong to the highest ACK. */
    struct seq last = seq_add(peer->snd.una, peer->snd.wnd);
    bool is_furthest = seq_le(peer->snd.edge, last);
    struct seq limit = is_furthest ? peer->snd.edge : last;
    struct seq edge = hearing_granted_edge(step);

    hearing->must_wait = true;
    hearing_compare(hearing, edge, limit, is_furthest ? peer->edge_frame : peer->una_frame);
    return is_left_of(step, edge, limit);
}

/* ---- a window that collapses out of place ---- */

/* What comes right after a gap in the capture looks the same. But then the peer had sent what is
 * acknowledged, and its receiver never goes back to less (RFC 9293 3.4): so the case stands once
 * the peer has sent new octets below that, and they alone are acknowledged, long after any segment
 * that was overtaken has come. */
static enum settlement settle_bad_update(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (step->conn != waiting->conn || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return CASE_WAITS;
    if ((step->observed & OBSERVED_RESYNC) != 0)
        return CASE_FALLS;
    if (segment->sender != waiting->sender) {
        if (seq_ge(segment->seq, waiting->ack))
            return CASE_FALLS;
        if (segment->payload_len > 0 && seq_ge(segment->seq, waiting->receiver_nxt))
            waiting->stage = 1;
        return CASE_WAITS;
    }
    if (!segment_has(segment, FLAG_ACK) || seq_lt(segment->seq, waiting->sender_nxt))
        return CASE_WAITS;
    if (seq_ge(segment->ack, waiting->ack))
        return CASE_FALLS;
    return waiting->stage == 1 && seq_gt(segment->ack, waiting->receiver_nxt) &&
                   case_age_ns(waiting, step) >= TRIP_UNKNOWN_NS
               ? CASE_STANDS
               : CASE_WAITS;
}

static bool win_bad_update(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    const struct endpoint *peer = step_receiver(step);
    uint32_t window = (uint32_t)segment->wnd_field << sender->scale;
    uint32_t slop = peer->snd.wnd > 1024 ? 32 : 0; /* what is buffered costs more than its octets */

    if (!tells_of_window(step) || !sender->sent_past_syn || !sender->nxt_known ||
        !peer->nxt_known || !peer->una_known || !peer->edge_known ||
        seq_le(segment->seq, sender->snd.nxt) || seq_le(segment->ack, peer->snd.nxt) ||
        window >= peer->snd.wnd)
        return false;
    uint32_t shrink = peer->snd.wnd - window;
    hearing->must_wait = true;
    hearing->finding.got = window;
    hearing->finding.limit = peer->snd.wnd;
    hearing->finding.limit_known = true;
    return shrink > segment->payload_len && shrink > seq_span(segment->ack, peer->snd.una) + slop;
}

/* ---- a window that stays closed ---- */

/* Data that comes as soon as there is room for it had waited for that. */
static enum settlement settle_probe_missing(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    int64_t age_ns = case_age_ns(waiting, step);

    if (step->conn != waiting->conn)
        return CASE_FALLS;
    if (segment->sender == waiting->sender)
        return segment->len > 0 ? CASE_FALLS : CASE_WAITS;
    return segment->payload_len > 1 && !segment_has_any(segment, FLAG_SYN | FLAG_RST) &&
                   seq_eq(segment->seq, waiting->receiver_nxt) && age_ns >= 0 &&
                   sender->turnaround_ns >= 0 && age_ns <= sender->turnaround_late_ns
               ? CASE_STANDS
               : CASE_FALLS;
}

/* RFC 9293 3.8.6.1: whoever has data to send must probe. The segment opens the window again. */
static bool win_probe_missing(struct hearing *hearing)
{
    const int64_t longest_ns = 5 * SECOND_NS;
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *peer = step_receiver(step);

    if (!tells_of_window(step) || segment->len != 0 || segment->wnd_field == 0 ||
        !peer->edge_known || peer->snd.wnd != 0 || !peer->nxt_known || peer->fin_known ||
        !seq_eq(peer->snd.una, peer->snd.nxt) || !seq_eq(peer->snd.edge, peer->snd.nxt) ||
        !seq_eq(segment->ack, peer->snd.nxt) || step->pause_ns <= longest_ns)
        return false;
    hearing->must_wait = true;
    hearing->finding.got = (uint32_t)(step->pause_ns / 1000000);
    hearing->finding.limit = (uint32_t)(longest_ns / 1000000);
    hearing->finding.limit_known = true;
    hearing->finding.limit_frame = peer->edge_frame;
    return true;
}

static const struct rule rules[] = {
    RULE_THAT_WAITS(win_bad_update, RECEIVER, WINDOW, settle_bad_update),
    RULE_THAT_WAITS(win_shrink, RECEIVER, WINDOW, settle_shrink),
    RULE_THAT_WAITS(win_probe_missing, RECEIVER, WINDOW, settle_probe_missing),
};

const struct family window_family = FAMILY(rules, INTEREST_WINDOW);
