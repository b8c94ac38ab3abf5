/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segments that one end has hardly sent itself, as the rest of its own show: a second SYN-ACK, a FIN
 * or a SYN in the middle. RFC 9293 3.4.1, 3.5, 3.6; RFC 5961 4.
 */
#include "family.h"
#include "gate.h"

/* The client's answer tells which of the two it took; a RST, that it took neither. */
static enum settlement settle_synack_race(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;

    if (step->conn != waiting->conn || segment->sender == waiting->sender ||
        segment_has_any(segment, FLAG_SYN))
        return CASE_WAITS;
    if (segment_has(segment, FLAG_RST))
        waiting->finding.outcome = OUTCOME_RESET;
    else if (seq_gt(segment->ack, waiting->seq) && seq_span(segment->ack, waiting->seq) < 65536)
        waiting->finding.outcome = OUTCOME_ACCEPTED;
    else
        waiting->finding.outcome = OUTCOME_IGNORED;
    return CASE_STANDS;
}

/* A SYN-ACK is sent again after a second or more (RFC 6298 2), and SYN cookies change no faster. */
static bool inj_synack_race(struct hearing *hearing)
{
    const struct step *step = hearing->step;

    /* having ended or lost the first attempt it may answer a second copy of the SYN */
    if (!handshake_synack_is_changed(step) || step->since_own_ns < 0 ||
        step->since_own_ns >= TRIP_UNKNOWN_NS || step_sender(step)->sent_rst ||
        step_receiver(step)->sent_rst)
        return false;
    hearing->must_wait = true;
    hearing_compare(hearing, step->segment->seq, step_sender(step)->snd.iss,
                    step_sender(step)->iss_frame);
    return true;
}

/* RFC 9293 3.6: nothing follows a FIN. These octets stand where the FIN stood, and come from whom
 * the ones before it came from. */
static bool inj_fin_suspected(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    struct seq fin = seq_sub(sender->fin_next, 1);
    struct seq end = seq_add(segment->seq, segment->payload_len);

    if (!sender->fin_known || sender->fin_inferred || !step->series_goes_on ||
        segment_has_any(segment, FLAG_SYN | FLAG_RST) || segment->payload_len <= 1 ||
        seq_gt(segment->seq, fin) || seq_le(end, fin))
        return false;
    hearing_compare(hearing, end, fin, sender->fin_frame);
    return true;
}

enum { STAGE_WAITS, STAGE_OPENER_GOES_ON };

/* Both must go on in the old numbers, the SYN's receiver after its alleged sender. */
static enum settlement settle_syn_suspected(struct docket_case *waiting, const struct step *step)
{
    const struct segment *segment = step->segment;
    enum gate_answer gate;

    if (segment_is_syn(segment))
        return CASE_WAITS;
    if (!docket_is_older_life(waiting, step) || segment_has_any(segment, FLAG_SYN))
        return CASE_FALLS; /* the new life is taken up */
    if (segment_has_any(segment, FLAG_RST))
        return step->rst_decisive ? CASE_FALLS : CASE_WAITS;
    if (segment->sender == waiting->sender) {
        waiting->stage = STAGE_OPENER_GOES_ON;
        return CASE_WAITS;
    }
    if (waiting->stage != STAGE_OPENER_GOES_ON || step->answers_challenge)
        return CASE_WAITS;
    gate = gate_ask(step, GATE_G2, waiting->sender);
    if (gate == GATE_SHUT)
        return CASE_FALLS;
    if (gate == GATE_LOWERED)
        waiting->finding.severity = SEVERITY_CHAT;
    return CASE_STANDS;
}

static bool inj_syn_suspected(struct hearing *hearing)
{
    hearing->must_wait = hearing->gate_later = true;
    return hearing_waits(hearing, FINDING_syn_est_new) ||
           hearing_waits(hearing, FINDING_syn_est_from_responder);
}

static const struct rule rules[] = {
    RULE_THAT_WAITS(inj_synack_race, SENDER, SYN, settle_synack_race),
    RULE_THAT_WAITS(inj_syn_suspected, SENDER, SYN, settle_syn_suspected),
    RULE(inj_fin_suspected, SENDER, FIN_AGAIN),
};

const struct family injection_rival_family = FAMILY(rules, INTEREST_SYN | INTEREST_FIN_AGAIN);
