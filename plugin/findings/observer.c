/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limits of whoever captured: why the model is less sure. No violations. The model notices them
 * where it must cope with them; the rules only put them into words.
 */
#include "family.h"

static bool is_observed(const struct hearing *hearing, enum observation what)
{
    return (hearing->step->observed & what) != 0;
}

static void note_count(struct hearing *hearing, uint32_t got, uint32_t limit, uint32_t frame)
{
    hearing->finding.got = got;
    hearing->finding.limit = limit;
    hearing->finding.limit_known = limit != 0;
    hearing->finding.limit_frame = frame;
}

static bool cap_midstream(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    if (step->admission != ADMIT_FULL || step->conn == NULL || step->before[SIDE_A].seen ||
        step->before[SIDE_B].seen)
        return false;
    return !segment_is_syn(step->segment) && !segment_is_syn_ack(step->segment);
}

static bool cap_missed_syn(struct hearing *hearing)
{
    return is_observed(hearing, OBSERVED_MISSED_SYN);
}

static bool cap_missed_synack(struct hearing *hearing)
{
    return is_observed(hearing, OBSERVED_MISSED_SYNACK);
}

/* A server may be early with its first data, or the capture late with the third segment: both look
 * alike until it acknowledges data, or sends more than its first ten segments. */
static bool cap_missed_ack(struct hearing *hearing)
{
    const uint32_t first_flight = 10; /* segments, RFC 6928 2 */
    const struct segment *segment = hearing->step->segment;
    const struct endpoint *server = step_sender(hearing->step);
    const struct endpoint *client = step_receiver(hearing->step);

    if (!is_observed(hearing, OBSERVED_MISSED_ACK) || !client->iss_known)
        return false;
    if (seq_gt(segment->ack, seq_add(client->snd.iss, 1)))
        return true;
    return server->iss_known && client->mss != 0 &&
           seq_span(segment_end(segment), server->snd.iss) > first_flight * client->mss;
}

static bool cap_missed_fin(struct hearing *hearing)
{
    hearing->finding.got = hearing->step->segment->ack.n;
    return is_observed(hearing, OBSERVED_MISSED_FIN);
}

static bool cap_oneway(struct hearing *hearing)
{
    return is_observed(hearing, OBSERVED_ONE_WAY);
}

/* To an end that waits for a SYN-ACK, from one that has sent no SYN: what it acknowledges is of a
 * connection that both once had (RFC 9293 3.5.1), until the former shows that it has gone on. */
static bool may_be_of_older_connection(const struct step *step)
{
    return endpoint_waits_for_synack(step_receiver(step)) &&
           !endpoint_sent_any_syn(step_sender(step));
}

static bool cap_loss_acked(struct hearing *hearing)
{
    note_count(hearing, hearing->step->loss_octets, 0, 0);
    /* Octets that cannot exist were not lost. Whether they can may still have to be seen. */
    hearing->if_other_falls = hearing_waits(hearing, FINDING_ack_beyond_window) ||
                              hearing_waits(hearing, FINDING_hs_final_ack_bad_ack) ||
                              hearing_waits(hearing, FINDING_fin_ack_beyond);
    return is_observed(hearing, OBSERVED_LOSS_ACKED) &&
           !hearing_found(hearing, FINDING_hs_final_ack_bad_ack) &&
           !hearing_waits(hearing, FINDING_hs_synack_bad_ack) &&
           !may_be_of_older_connection(hearing->step) &&
           !hearing_found(hearing, FINDING_fin_ack_beyond) &&
           !hearing_found(hearing, FINDING_rst_bad_ack);
}

static bool cap_reorder(struct hearing *hearing)
{
    /* What it seems to have been overtaken by was not its sender's, as it has just proved. */
    if (hearing_proves(hearing, FINDING_seq_beyond_window) ||
        hearing_proves(hearing, FINDING_fin_out_of_window) ||
        hearing_proves(hearing, FINDING_hs_final_ack_bad_ack) ||
        hearing_proves(hearing, FINDING_fin_ack_beyond))
        return false;
    /* An acknowledgment that no order of its sender's segments explains was not overtaken. */
    if (hearing_found(hearing, FINDING_ack_regress_newdata) ||
        hearing_found(hearing, FINDING_ack_below_iss) ||
        hearing_waits(hearing, FINDING_ack_below_iss))
        return false;
    return is_observed(hearing, OBSERVED_REORDER);
}

static bool cap_time_step(struct hearing *hearing)
{
    return is_observed(hearing, OBSERVED_TIME_STEP);
}

static bool cap_duplicate(struct hearing *hearing)
{
    return is_observed(hearing, OBSERVED_DUPLICATE);
}

static bool cap_offload(struct hearing *hearing)
{
    const struct endpoint *receiver = step_receiver(hearing->step);
    note_count(hearing, hearing->step->segment->payload_len, receiver->mss, receiver->iss_frame);
    return is_observed(hearing, OBSERVED_OFFLOAD);
}

static bool cap_truncated(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    note_count(hearing, segment->payload_captured, segment->payload_len, 0);
    return is_observed(hearing, OBSERVED_TRUNCATED);
}

/* What makes the model least sure comes first. */
static const struct rule rules[] = {
    RULE(cap_midstream, SENDER, FIRST),        RULE(cap_missed_syn, SENDER, OBSERVED),
    RULE(cap_missed_synack, SENDER, OBSERVED), RULE(cap_missed_ack, SENDER, OBSERVED),
    RULE(cap_missed_fin, SENDER, OBSERVED),    RULE(cap_oneway, SENDER, OBSERVED),
    RULE(cap_loss_acked, SENDER, OBSERVED),    RULE(cap_reorder, SENDER, OBSERVED),
    RULE(cap_time_step, SENDER, OBSERVED),     RULE(cap_duplicate, SENDER, OBSERVED),
    RULE(cap_offload, SENDER, OBSERVED),       RULE(cap_truncated, SENDER, OBSERVED),
};

const struct family observer_family = FAMILY(rules, INTEREST_FIRST | INTEREST_OBSERVED);
