/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A step packed into what is remembered, and read back. No rule of TCP lives here.
 */
#include "annotation.h"

#include "finding.h"

/* A path is four nibbles, at[0] lowest. */
enum { PATH_NIBBLE = 4, PATH_MASK = 0xf };

_Static_assert(STATES <= 16, "a state fits into a nibble");
_Static_assert(PHASES <= 16 && EVIDENCES <= 4 && TEARDOWN_KINDS <= 8 && RST_CLASSES <= 16,
               "the annotation's bit fields hold every value");

static unsigned path_nibble(unsigned path, unsigned index)
{
    return path >> (index * PATH_NIBBLE) & PATH_MASK;
}

static uint16_t path_with(unsigned path, unsigned index, unsigned value)
{
    unsigned shift = index * PATH_NIBBLE;
    unsigned cleared = path & ~((unsigned)PATH_MASK << shift);

    return (uint16_t)(cleared | (value & PATH_MASK) << shift);
}

static uint16_t path_pack(const struct path *path)
{
    unsigned packed = path->at[0] & PATH_MASK;

    for (unsigned i = 1; i <= path->count && i <= PATH_MAX_CHANGES; i++)
        packed = path_with(packed, i, path->at[i]);
    return (uint16_t)packed;
}

/* The path of an endpoint that is in `state` after all: a correction lists no transition. */
static uint16_t path_corrected(unsigned path, uint32_t state)
{
    return path_with(path_with(0, 0, path_nibble(path, 0)), 1, state);
}

static enum seq_past place_in_past(const struct step *step)
{
    const struct endpoint *sender = step_sender(step);
    const struct segment *segment = step->segment;

    if (!step->seq_expected_known || segment->len == 0 || !sender->nxt_known ||
        seq_ge(segment->seq, sender->snd.nxt))
        return PAST_NOT;
    if (seq_le(seq_min(segment_end(segment), sender->snd.nxt), sender->snd.contiguous))
        return PAST_AGAIN;
    return seq_le(segment->seq, sender->snd.contiguous) ? PAST_FILLS : PAST_UNSURE;
}

static void take_numbers(struct annotation *annotation, const struct step *step)
{
    const struct segment *segment = step->segment;

    annotation->frame = segment->frame;
    annotation->stream = segment->stream;
    annotation->seq = segment->seq;
    annotation->ack = segment->ack;
    annotation->len = segment->len;
    annotation->seq_expected = step->seq_expected;
    annotation->ack_expected = step->ack_expected;
    annotation->ack_new = step->ack_new;
    annotation->ack_frame = step->ack_frame;
    annotation->acked_in = 0;
    annotation->window_left = step->window_left;
    annotation->window_right = step->window_right;
    annotation->seq_expected_known = step->seq_expected_known;
    annotation->ack_expected_known = step->ack_expected_known;
    annotation->ack_new_known = step->ack_new_known;
    annotation->window_known = step->window_known;
    annotation->seq_past = (unsigned)place_in_past(step) & 3U;
    annotation->ack_old = segment_has(step->segment, FLAG_ACK) && step->conn != NULL &&
                          step_receiver(step)->una_known &&
                          seq_lt(step->segment->ack, step_receiver(step)->snd.una);
    annotation->covers = step->covers & 7U;
}

void annotation_from_step(struct annotation *annotation, const struct step *step)
{
    annotation->conn = step->conn;
    take_numbers(annotation, step);
    annotation->src_path = path_pack(&step->src);
    annotation->dst_path = path_pack(&step->dst);
    annotation->src_changes = step->src.count & 3U;
    annotation->dst_changes = step->dst.count & 3U;
    annotation->src_listed = step->src.listed & 7U;
    annotation->dst_listed = step->dst.listed & 7U;
    annotation->src_before = (unsigned)step->src_before & PATH_MASK;
    annotation->flags = step->segment->flags & 0xfffU;
    annotation->phase = (unsigned)step->phase & 15U;
    annotation->evidence = (unsigned)step->evidence & 3U;
    annotation->sender = (unsigned)step->segment->sender & 1U;
    annotation->handshake_step = step->handshake_step & 3U;
    annotation->teardown_steps = step->teardown_steps & 15U;
    annotation->kind = (unsigned)step->kind & 7U;
    annotation->rst_class = (unsigned)step->rst_class & 15U;
    annotation->rst_decisive = step->rst_decisive;
    annotation->admission = (unsigned)step->admission & 7U;
}

void annotation_amend(struct annotation *annotation, enum amendment what, uint32_t value)
{
    switch (what) {
    case AMEND_ACKED_IN:
        annotation->acked_in = value;
        break;
    case AMEND_SRC_STATE:
        if (annotation_src_state(annotation) == (enum tcp_state)value)
            break;
        annotation->src_path = path_corrected(annotation->src_path, value);
        annotation->src_changes = 1;
        annotation->src_listed = 0;
        break;
    case AMEND_DST_BEFORE:
        /* A receiver that changed nothing stays where it was, which is elsewhere now. */
        annotation->dst_path = path_with(annotation->dst_path, 0, value);
        break;
    case AMEND_DST_STATE:
        annotation->dst_path = path_corrected(annotation->dst_path, value);
        annotation->dst_changes = 1;
        annotation->dst_listed = 0;
        break;
    }
}

enum role annotation_sender_role(const struct annotation *annotation)
{
    if (annotation->conn == NULL)
        return ROLE_CLIENT;
    return connection_role(annotation->conn, (enum side)annotation->sender);
}

enum tcp_state annotation_src_state(const struct annotation *annotation)
{
    return (enum tcp_state)path_nibble(annotation->src_path, annotation->src_changes);
}

enum tcp_state annotation_dst_state(const struct annotation *annotation)
{
    return (enum tcp_state)path_nibble(annotation->dst_path, annotation->dst_changes);
}

enum tcp_state annotation_dst_before(const struct annotation *annotation)
{
    return (enum tcp_state)path_nibble(annotation->dst_path, 0);
}

enum tcp_state annotation_role_state(const struct annotation *annotation, enum role role)
{
    return role == annotation_sender_role(annotation) ? annotation_src_state(annotation)
                                                      : annotation_dst_state(annotation);
}

static unsigned list_path(unsigned path, unsigned listed, enum role who,
                          struct transition_shown *out)
{
    unsigned count = 0;

    for (unsigned i = 0; i < PATH_MAX_CHANGES; i++) {
        enum tcp_state from = (enum tcp_state)path_nibble(path, i);
        enum tcp_state to = (enum tcp_state)path_nibble(path, i + 1);

        /* Nothing was known before: what is learnt then is no change that the segment made. */
        if ((listed & 1U << i) != 0 && from != STATE_UNKNOWN)
            out[count++] = (struct transition_shown){.who = who, .from = from, .to = to};
    }
    return count;
}

unsigned annotation_transitions(const struct annotation *annotation,
                                struct transition_shown out[ANNOTATION_TRANSITIONS_MAX])
{
    enum role sender = annotation_sender_role(annotation);
    unsigned count = list_path(annotation->src_path, annotation->src_listed, sender, out);

    return count + list_path(annotation->dst_path, annotation->dst_listed, role_other(sender),
                             out + count);
}

uint32_t annotation_payload(const struct annotation *annotation)
{
    uint32_t payload = annotation->len;

    if ((annotation->flags & FLAG_SYN) != 0)
        payload--;
    if ((annotation->flags & FLAG_FIN) != 0)
        payload--;
    return payload;
}

void annotation_file(struct annotation *annotation, const struct finding *finding,
                     const struct arena *arena)
{
    struct finding *kept = arena_alloc(arena, sizeof(*kept));

    if (annotation->annex == NULL) {
        annotation->annex = arena_alloc(arena, sizeof(*annotation->annex));
        annotation->annex->time_wait_ns[0] = annotation->annex->time_wait_ns[1] = -1;
    }
    *kept = *finding;
    kept->next = annotation->annex->findings;
    annotation->annex->findings = kept;
}

void annotation_prove(struct annotation *annotation, const struct finding *finding,
                      uint32_t proved_by, const struct arena *arena)
{
    struct finding proved = finding_proved(finding, proved_by);

    annotation_file(annotation, &proved, arena);
}
