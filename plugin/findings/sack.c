/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selective acknowledgments. RFC 2018 2 to 4; RFC 2883 4 (octets that came twice). */
#include "family.h"

static bool sack_unnegotiated(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *receiver = step_receiver(step);

    if (segment->options.sack_blocks == 0 || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return false;
    hearing->finding.got = segment->options.sack_blocks;
    hearing->finding.limit_frame = receiver->iss_frame;
    return receiver->options_known && !receiver->offered_sack && !receiver->offers_vary;
}

static bool is_inside(const struct sack_block *inner, const struct sack_block *outer)
{
    return seq_ge(inner->left, outer->left) && seq_le(inner->right, outer->right);
}

static bool is_apart(const struct sack_block *a, const struct sack_block *b)
{
    return seq_le(a->right, b->left) || seq_le(b->right, a->left);
}

/* The number that block `i` contradicts; false where it is in order. The first block may report
 * octets that came twice: below the acknowledgment, or inside another block. */
static bool is_malformed(const struct segment *segment, unsigned i, struct seq *against)
{
    const struct sack_block *blocks = segment->options.sack;
    const struct sack_block *block = &blocks[i];

    *against = block->right;
    if (seq_ge(block->left, block->right))
        return true;
    *against = segment->ack;
    if (i > 0 && seq_le(block->right, segment->ack))
        return true;
    for (unsigned j = 0; j < i; j++) {
        *against = blocks[j].left;
        if (!is_apart(block, &blocks[j]) && !(j == 0 && is_inside(&blocks[0], block)))
            return true;
    }
    return false;
}

static bool sack_malformed_block(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;

    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return false;
    for (unsigned i = 0; i < segment->options.sack_blocks; i++) {
        struct seq against;

        if (!is_malformed(segment, i, &against))
            continue;
        hearing_compare(hearing, segment->options.sack[i].left, against, 0);
        return true;
    }
    return false;
}

/* The limit is what the sender of the block itself has granted. Below it octets may be lacking in
 * the capture only. Farther than any window reaches it is not of this numbering: a device on the
 * path has renumbered all but the blocks, which their receiver ignores. */
static bool sack_beyond_sent(struct hearing *hearing)
{
    const uint32_t foreign = 1U << 24;
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *peer = step_receiver(step);

    if (!segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST) ||
        !peer->edge_known || !peer->nxt_known || peer->mptcp || step_sender(step)->mptcp)
        return false;
    struct seq granted = hearing_granted_edge(step);
    struct seq edge = seq_max(peer->snd.edge, granted);
    struct seq furthest = edge;
    for (unsigned i = 0; i < segment->options.sack_blocks; i++)
        furthest = seq_max(furthest, segment->options.sack[i].right);
    hearing->must_wait = true;
    if (seq_gt(furthest, edge) && seq_span(furthest, edge) > foreign &&
        seq_span(furthest, edge) / 4 > peer->snd.mwnd)
        hearing->finding.severity = SEVERITY_NOTE;
    hearing_compare(hearing, furthest, edge,
                    seq_gt(edge, peer->snd.edge) ? segment->frame : peer->edge_frame);
    return seq_gt(furthest, edge);
}

/* RFC 2018 8 allows it, but the sender of the octets must keep them until they are acknowledged. */
static bool sack_renege(struct hearing *hearing)
{
    const struct step *step = hearing->step;

    hearing_compare(hearing, step->sack_dropped.left, step->sack_dropped.right, 0);
    return !seq_eq(step->sack_dropped.left, step->sack_dropped.right);
}

static const struct rule rules[] = {
    RULE_THAT_WAITS(sack_beyond_sent, RECEIVER, SACK, settle_by_next_number),
    RULE(sack_unnegotiated, RECEIVER, SACK),
    RULE(sack_malformed_block, RECEIVER, SACK),
    RULE(sack_renege, RECEIVER, SACK),
};

const struct family sack_family = FAMILY(rules, INTEREST_SACK);
