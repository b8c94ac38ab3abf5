/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the header alone shows: flags, options, ports, addresses. RFC 9293 3.1, 3.2, 3.8.5. */
#include "family.h"

/* The six flags that RFC 793 knew; ECN's three do not make a segment odd. */
#define FLAGS_CLASSIC (FLAG_FIN | FLAG_SYN | FLAG_RST | FLAG_PSH | FLAG_ACK | FLAG_URG)

static bool note_flags(struct hearing *hearing)
{
    hearing->finding.got = hearing->step->segment->flags;
    return true;
}

static bool hdr_xmas(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    return segment_has(segment, FLAG_FIN | FLAG_PSH | FLAG_URG) &&
           !segment_has(segment, FLAG_ACK) && note_flags(hearing);
}

static bool hdr_flags_null(struct hearing *hearing)
{
    return !segment_has_any(hearing->step->segment, FLAGS_CLASSIC) && note_flags(hearing);
}

static bool hdr_syn_rst(struct hearing *hearing)
{
    return segment_has(hearing->step->segment, FLAG_SYN | FLAG_RST) && note_flags(hearing);
}

static bool hdr_syn_fin(struct hearing *hearing)
{
    return segment_has(hearing->step->segment, FLAG_SYN | FLAG_FIN) && note_flags(hearing);
}

static bool hdr_no_ack(struct hearing *hearing)
{
    return !segment_has_any(hearing->step->segment, FLAG_ACK | FLAG_SYN | FLAG_RST) &&
           note_flags(hearing);
}

static bool hdr_fin_rst(struct hearing *hearing)
{
    return segment_has(hearing->step->segment, FLAG_FIN | FLAG_RST) && note_flags(hearing);
}

static bool hdr_syn_urg(struct hearing *hearing)
{
    return segment_has(hearing->step->segment, FLAG_SYN | FLAG_URG) && note_flags(hearing);
}

static bool hdr_reserved_bits(struct hearing *hearing)
{
    /* RFC 9768 3.1: AE (0x100) is in use now. */
    hearing->finding.got = hearing->step->segment->flags & FLAG_RESERVED;
    return hearing->finding.got != 0;
}

static bool hdr_urg_ptr_odd(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    hearing->finding.got = segment->urgent;
    /* RFC 9293 3.8.5: a pointer beyond this segment's data is legal. */
    return segment_has(segment, FLAG_URG) && (segment->urgent == 0 || segment->payload_len == 0);
}

/* RFC 9293 3.8.5: a sender in urgent mode moves the pointer on, or leaves it. In what was sent
 * before an older pointer is in its place. */
static bool hdr_urg_recede(struct hearing *hearing)
{
    const struct step *step = hearing->step;
    const struct segment *segment = step->segment;
    const struct endpoint *sender = step_sender(step);
    struct seq urgent = seq_add(segment->seq, segment->urgent);

    if (step->admission != ADMIT_FULL || !segment_has(segment, FLAG_URG) ||
        segment_has(segment, FLAG_RST) || !sender->urg_known || !sender->nxt_known)
        return false;
    if (seq_lt(segment->seq, sender->snd.nxt) || seq_lt(sender->urg_high, sender->snd.nxt))
        return false;
    hearing_compare(hearing, urgent, sender->urg_high, 0);
    return seq_lt(urgent, sender->urg_high);
}

static bool hdr_port_zero(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    return segment->src_port == 0 || segment->dst_port == 0;
}

static bool hdr_land(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    /* RFC 9293 3.5: a host may connect to itself, by a simultaneous open. */
    if (!segment_has(segment, FLAG_SYN) || segment->loopback)
        hearing->finding.severity = SEVERITY_NOTE;
    return segment->same_ends;
}

static bool hdr_dst_not_unicast(struct hearing *hearing)
{
    const struct segment *segment = hearing->step->segment;
    return segment_has(segment, FLAG_SYN) && (!segment->src_unicast || !segment->dst_unicast);
}

static bool opt_duplicate(struct hearing *hearing)
{
    const struct tcp_options *options = &hearing->step->segment->options;
    for (unsigned kind = 0; kind < OPTION_KINDS; kind++) {
        if (options->count[kind] > 1) {
            hearing->finding.got = tcp_option_number((enum option_kind)kind);
            hearing->finding.limit = options->count[kind];
            hearing->finding.limit_known = true;
            return true;
        }
    }
    return false;
}

/* SACK-permitted comes last: Wireshark 4.4 and later raise that one themselves, so whoever shows
 * experts must be able to tell (got is 4) that nothing else is wrong. MSS is always theirs. */
static bool opt_not_on_syn(struct hearing *hearing)
{
    static const enum option_kind kinds[] = {OPTION_WS, OPTION_TFO, OPTION_SACK_PERM};
    const struct segment *segment = hearing->step->segment;
    if (segment_has(segment, FLAG_SYN))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (tcp_options_has(&segment->options, kinds[i])) {
            hearing->finding.got = tcp_option_number(kinds[i]);
            return true;
        }
    }
    return false;
}

static const struct rule rules[] = {
    RULE(hdr_xmas, SENDER, HEADER),          RULE(hdr_flags_null, SENDER, HEADER),
    RULE(hdr_syn_rst, SENDER, HEADER),       RULE(hdr_syn_fin, SENDER, HEADER),
    RULE(hdr_no_ack, SENDER, HEADER),        RULE(hdr_dst_not_unicast, SENDER, HEADER),
    RULE(hdr_land, SENDER, HEADER),          RULE(hdr_fin_rst, SENDER, HEADER),
    RULE(hdr_syn_urg, SENDER, HEADER),       RULE(hdr_urg_ptr_odd, SENDER, HEADER),
    RULE(hdr_urg_recede, SENDER, HEADER),    RULE(hdr_port_zero, SENDER, HEADER),
    RULE(hdr_reserved_bits, SENDER, HEADER), RULE(opt_duplicate, SENDER, HEADER),
    RULE(opt_not_on_syn, SENDER, HEADER),
};

const struct family header_family = FAMILY(rules, INTEREST_HEADER);
