/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reneging.h"

/* Was the segment sent after all of its sender's that were captured before, and may it tell of
 * octets that came out of order? */
static bool is_newest_report(const struct work *work)
{
    const struct segment *segment = work->segment;
    const struct endpoint *tail = &work->step->before[segment->sender];
    bool has_ts = tcp_options_has(&segment->options, OPTION_TS);
    unsigned room = has_ts ? SACK_BLOCKS_MAX - 1 : SACK_BLOCKS_MAX; /* RFC 2018 3 */

    if (segment->options.cut || segment->options.malformed ||
        segment->options.sack_blocks >= room ||
        segment_has_any(segment, FLAG_SYN | FLAG_FIN | FLAG_RST) || !tail->nxt_known ||
        seq_lt(segment->seq, tail->snd.nxt))
        return false;
    if (segment->payload_len > 0)
        return segment->options.sack_blocks > 0; /* not all ends report on data */
    return endpoint_stamps_anew(tail, &segment->options);
}

static bool is_reported(const struct segment *segment, const struct sack_block *block)
{
    for (unsigned i = 0; i < segment->options.sack_blocks; i++) {
        const struct sack_block *other = &segment->options.sack[i];
        if (seq_lt(other->left, block->right) && seq_gt(other->right, block->left))
            return true;
    }
    return false;
}

/* A first block inside the second tells of octets that came twice (RFC 2883 4.2). */
void reneging_look(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct side_record *head = work->head;

    if (!is_newest_report(work))
        return;
    for (unsigned i = 0; i < head->sacked_count; i++) {
        const struct sack_block *block = &head->sacked[i];
        if (i == 0 && head->sacked_count > 1 && seq_ge(block->left, head->sacked[1].left) &&
            seq_le(block->right, head->sacked[1].right))
            continue;
        if (seq_lt(block->left, block->right) && seq_le(segment->ack, block->left) &&
            seq_le(block->right, head->end.snd.nxt) && !is_reported(segment, block))
            work->step->sack_dropped = *block;
    }
}
