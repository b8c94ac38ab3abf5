/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The changes themselves, in the order of the findings. */
#include "change.h"

/* Far outside every window of the simulated hosts, and less than half the numbers away. */
#define FAR 0x20000000U

/* ---- flags and options alone ---- */

static bool set_flags(struct view *view, int i, unsigned off, unsigned on)
{
    struct segment *segment;

    if (i < 0)
        return false;
    segment = change_at(view, i);
    segment->flags = (uint16_t)((segment->flags & ~off) | on);
    return change_done(view, i);
}

static bool hdr_flags_null(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_open), 0x3f, 0);
}

static bool hdr_no_ack(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_open_data), FLAG_ACK, FLAG_PSH);
}

static bool hdr_xmas(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_open), FLAG_ACK,
                     FLAG_FIN | FLAG_PSH | FLAG_URG);
}

static bool fits_syn(const struct view *view, const struct story *story, int i)
{
    (void)view;
    (void)story;
    return i == 0;
}

static bool hdr_syn_fin(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_syn), 0, FLAG_FIN);
}

static bool hdr_syn_rst(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_syn), 0, FLAG_RST);
}

static bool fits_rst(const struct view *view, const struct story *story, int i)
{
    (void)view;
    return i == story->rst;
}

static bool hdr_fin_rst(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_rst), 0, FLAG_FIN);
}

static bool hdr_syn_urg(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_syn), 0, FLAG_URG);
}

static bool hdr_reserved_bits(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_open), 0, 0x200U << rng_below(rng, 3));
}

static bool hdr_urg_ptr_odd(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_open_data), 0, FLAG_URG);
}

static bool add_option(struct view *view, int i, enum option_kind kind, uint8_t copies)
{
    if (i < 0)
        return false;
    change_at(view, i)->options.count[kind] = copies;
    return change_done(view, i);
}

static bool opt_duplicate(struct view *view, struct rng *rng)
{
    return add_option(view, change_pick(view, rng, fits_syn), OPTION_MSS, 2);
}

static bool opt_not_on_syn(struct view *view, struct rng *rng)
{
    return add_option(view, change_pick(view, rng, fits_open), OPTION_WS, 1);
}

static bool fits_synack(const struct view *view, const struct story *story, int i)
{
    (void)view;
    return i == story->synack;
}

static bool opt_synack_unsolicited(struct view *view, struct rng *rng)
{
    int i = change_pick(view, rng, fits_synack);

    if (i < 0 || tcp_options_has(&change_at(view, 0)->options, OPTION_WS))
        return false;
    return add_option(view, i, OPTION_WS, 1);
}

static bool ecn_setup_odd(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_syn), 0, FLAG_ECE);
}

/* ---- the handshake ---- */

static bool add_payload(struct view *view, int i)
{
    if (i < 0)
        return false;
    change_at(view, i)->payload_len += 10;
    return change_done(view, i);
}

/* A RST would say that the data is lost, or could not be one that answers it. */
static bool has_rst(const struct view *view)
{
    for (uint32_t k = 0; k < view->count; k++)
        if (segment_has(&view->frames[k].segment, FLAG_RST))
            return true;
    return false;
}

static bool hs_syn_data(struct view *view, struct rng *rng)
{
    return !has_rst(view) && add_payload(view, change_pick(view, rng, fits_syn));
}

static bool hs_synack_data(struct view *view, struct rng *rng)
{
    return !has_rst(view) && add_payload(view, change_pick(view, rng, fits_synack));
}

static bool fits_pure_third(const struct view *view, const struct story *story, int i)
{
    return i == story->third && segment_is_pure_ack(&view->frames[i].segment) &&
           change_goes_on(view, story, i);
}

static bool move_seq(struct view *view, int i, uint32_t by)
{
    struct segment *segment;

    if (i < 0)
        return false;
    segment = change_at(view, i);
    segment->seq = seq_add(segment->seq, by);
    return change_done(view, i);
}

static bool move_ack(struct view *view, int i, uint32_t by)
{
    struct segment *segment;

    if (i < 0)
        return false;
    segment = change_at(view, i);
    segment->ack = seq_add(segment->ack, by);
    return change_done(view, i);
}

static bool hs_final_ack_bad_seq(struct view *view, struct rng *rng)
{
    return move_seq(view, change_pick(view, rng, fits_pure_third), 0U - FAR);
}

static bool hs_final_ack_bad_seq_beyond(struct view *view, struct rng *rng)
{
    return move_seq(view, change_pick(view, rng, fits_pure_third), FAR);
}

static bool hs_final_ack_bad_ack(struct view *view, struct rng *rng)
{
    return move_ack(view, change_pick(view, rng, fits_pure_third), FAR);
}

static bool fits_completed_synack(const struct view *view, const struct story *story, int i)
{
    (void)view;
    return i == story->synack && story->third >= 0;
}

static bool hs_synack_bad_ack(struct view *view, struct rng *rng)
{
    return move_ack(view, change_pick(view, rng, fits_completed_synack), 5000);
}

static bool hs_tiny_window(struct view *view, struct rng *rng)
{
    int i = change_pick(view, rng, fits_pure_third);

    if (i < 0)
        return false;
    change_at(view, i)->wnd_field = 0;
    return change_done(view, i);
}

static bool is_client(const struct view *view, int i)
{
    return view->frames[i].segment.sender == view->frames[0].segment.sender;
}

static bool fits_client_ack(const struct view *view, const struct story *story, int i)
{
    return fits_ack_going_on(view, story, i) && is_client(view, i);
}

static bool fits_server_ack(const struct view *view, const struct story *story, int i)
{
    return fits_ack_going_on(view, story, i) && !is_client(view, i);
}

/* The server has shown before that its handshake is complete. */
static bool fits_late_server_ack(const struct view *view, const struct story *story, int i)
{
    bool late = false;

    for (int k = story->third; k >= 0 && k < i; k++)
        late |= !is_client(view, k);
    return late && fits_server_ack(view, story, i);
}

static bool syn_est_synack_diff(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_late_server_ack), 0, FLAG_SYN);
}

static bool syn_est_synack_wrong_dir(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_client_ack), 0, FLAG_SYN);
}

static bool syn_est_new(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_client_ack), FLAG_ACK, FLAG_SYN);
}

static bool syn_est_from_responder(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_server_ack), FLAG_ACK, FLAG_SYN);
}

/* ---- numbers ---- */

/* Is the receiver's window known to be current: captured within a second, and has it acknowledged
 * data of this sender? */
static bool is_acknowledged(const struct view *view, const struct story *story, int i)
{
    const struct segment *segment = &view->frames[i].segment;
    const struct segment *syn = &view->frames[is_client(view, i) ? 0 : story->synack].segment;
    bool acknowledged = false;

    for (int k = story->third; k >= 0 && k < i; k++) {
        const struct segment *earlier = &view->frames[k].segment;

        if (earlier->sender != segment->sender && segment->time_ns - earlier->time_ns < SECOND_NS)
            acknowledged |= seq_gt(earlier->ack, seq_add(syn->seq, 1));
    }
    return acknowledged;
}

static bool fits_acknowledged_data(const struct view *view, const struct story *story, int i)
{
    return fits_data_going_on(view, story, i) && is_acknowledged(view, story, i);
}

static bool seq_beyond_window(struct view *view, struct rng *rng)
{
    return move_seq(view, change_pick(view, rng, fits_acknowledged_data), FAR);
}

static bool seq_below_iss(struct view *view, struct rng *rng)
{
    int i = change_pick(view, rng, fits_ack_going_on);
    struct segment *segment;

    if (i < 0)
        return false;
    segment = change_at(view, i);
    for (int k = 0; k < i; k++)
        if (segment_has(change_at(view, k), FLAG_SYN) &&
            change_at(view, k)->sender == segment->sender)
            segment->seq = seq_sub(change_at(view, k)->seq, 1);
    return change_done(view, i);
}

static bool ack_beyond_window(struct view *view, struct rng *rng)
{
    return move_ack(view, change_pick(view, rng, fits_acknowledged_data), FAR);
}

static bool ack_below_iss(struct view *view, struct rng *rng)
{
    return move_ack(view, change_pick(view, rng, fits_ack_going_on), 0U - FAR);
}

static bool add_sack(struct view *view, struct rng *rng, bool agreed, int32_t left, int32_t right)
{
    int i = change_pick(view, rng, fits_ack_going_on);
    struct story story;
    struct segment *segment;
    bool client, server;

    if (i < 0 || !change_story(view, &story))
        return false;
    client = tcp_options_has(&change_at(view, 0)->options, OPTION_SACK_PERM);
    server = tcp_options_has(&change_at(view, story.synack)->options, OPTION_SACK_PERM);
    segment = change_at(view, i);
    if (client != agreed || server != agreed || tcp_options_has(&segment->options, OPTION_SACK))
        return false;
    segment->options.count[OPTION_SACK] = 1;
    segment->options.sack_blocks = 1;
    segment->options.sack[0].left = seq_add(segment->ack, (uint32_t)left);
    segment->options.sack[0].right = seq_add(segment->ack, (uint32_t)right);
    return change_done(view, i);
}

static bool sack_unnegotiated(struct view *view, struct rng *rng)
{
    return add_sack(view, rng, false, 100, 200);
}

static bool sack_malformed_block(struct view *view, struct rng *rng)
{
    return add_sack(view, rng, true, 200, 100);
}

static bool sack_beyond_sent(struct view *view, struct rng *rng)
{
    return add_sack(view, rng, true, 0x10000000, 0x10000064);
}

/* ---- resets ---- */

static bool fits_rst_of_open(const struct view *view, const struct story *story, int i)
{
    int before = story->rst - 1;

    return i == story->rst && change_is_open(story, before) && view->count > 0;
}

static bool fits_acknowledged_rst(const struct view *view, const struct story *story, int i)
{
    return fits_rst_of_open(view, story, i) && is_acknowledged(view, story, i);
}

static bool rst_in_window(struct view *view, struct rng *rng)
{
    return move_seq(view, change_pick(view, rng, fits_rst_of_open), 1);
}

static bool rst_out_of_window(struct view *view, struct rng *rng)
{
    return move_seq(view, change_pick(view, rng, fits_acknowledged_rst), FAR);
}

static bool fits_refusal(const struct view *view, const struct story *story, int i)
{
    return i == story->rst && story->synack < 0 && !is_client(view, i) &&
           segment_has(&view->frames[i].segment, FLAG_ACK);
}

static bool rst_synsent_unacceptable(struct view *view, struct rng *rng)
{
    return move_ack(view, change_pick(view, rng, fits_refusal), 5000);
}

static bool rst_with_data(struct view *view, struct rng *rng)
{
    return add_payload(view, change_pick(view, rng, fits_refusal));
}

static bool rst_sender_alive(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_ack_going_on), 0, FLAG_RST);
}

/* ---- the close ---- */

static bool fin_data_after(struct view *view, struct rng *rng)
{
    return set_flags(view, change_pick(view, rng, fits_data_going_on), 0, FLAG_FIN);
}

static bool fits_ack_of_fin(const struct view *view, const struct story *story, int i)
{
    const struct segment *segment = &view->frames[i].segment;
    int fin = story->fin[side_other(segment->sender)];

    return fin >= 0 && i > fin && story->third >= 0 && segment_is_pure_ack(segment) &&
           (story->rst < 0 || i < story->rst) &&
           seq_eq(segment->ack, segment_end(&view->frames[fin].segment));
}

static bool fin_ack_beyond(struct view *view, struct rng *rng)
{
    return move_ack(view, change_pick(view, rng, fits_ack_of_fin), 1);
}

static bool fits_after_own_fin(const struct view *view, const struct story *story, int i)
{
    const struct segment *segment = &view->frames[i].segment;
    int fin = story->fin[segment->sender];

    return fin >= 0 && i > fin && story->third >= 0 && segment_is_pure_ack(segment) &&
           (story->rst < 0 || i < story->rst);
}

static bool fin_urg_after(struct view *view, struct rng *rng)
{
    int i = change_pick(view, rng, fits_after_own_fin);

    if (i < 0)
        return false;
    change_at(view, i)->urgent = 1;
    return set_flags(view, i, 0, FLAG_URG);
}

/* ---- timestamps ---- */

static int pick_stamped(struct view *view, struct rng *rng, bool stamped)
{
    int i = change_pick(view, rng, fits_data_going_on);

    return i >= 0 && tcp_options_has(&change_at(view, i)->options, OPTION_TS) == stamped ? i : -1;
}

static bool move_stamps(struct view *view, int i, uint32_t tsval, uint32_t tsecr)
{
    if (i < 0)
        return false;
    change_at(view, i)->options.tsval += tsval;
    change_at(view, i)->options.tsecr += tsecr;
    return change_done(view, i);
}

static bool ts_missing(struct view *view, struct rng *rng)
{
    return add_option(view, pick_stamped(view, rng, true), OPTION_TS, 0);
}

static bool ts_unnegotiated(struct view *view, struct rng *rng)
{
    return add_option(view, pick_stamped(view, rng, false), OPTION_TS, 1);
}

static bool ts_regress_newdata(struct view *view, struct rng *rng)
{
    return move_stamps(view, pick_stamped(view, rng, true), 0U - FAR, 0);
}

static bool ts_ecr_future(struct view *view, struct rng *rng)
{
    return move_stamps(view, pick_stamped(view, rng, true), 0, FAR);
}

static bool ts_synack_echo(struct view *view, struct rng *rng)
{
    int i = change_pick(view, rng, fits_completed_synack);

    if (i < 0 || !tcp_options_has(&change_at(view, i)->options, OPTION_TS))
        return false;
    return move_stamps(view, i, 0, 12345);
}

/* ---- the capture ---- */

/* A single octet that is acknowledged but not captured looks like a FIN. */
static bool fits_octets_going_on(const struct view *view, const struct story *story, int i)
{
    return fits_data_going_on(view, story, i) && view->frames[i].segment.payload_len > 1;
}

static bool cap_loss_acked(struct view *view, struct rng *rng)
{
    int i = change_pick(view, rng, fits_octets_going_on);

    if (i < 0)
        return false;
    change_remove(view, i);
    return true;
}

static bool cap_missed_synack(struct view *view, struct rng *rng)
{
    int i = change_pick(view, rng, fits_completed_synack);

    if (i < 0)
        return false;
    change_remove(view, i);
    return true;
}

static bool cap_reorder(struct view *view, struct rng *rng)
{
    int i = change_pick(view, rng, fits_data_going_on);
    struct segment earlier;
    struct segment *first;
    struct segment *second;

    if (i < 0 || !change_is_new_data(view, i + 1))
        return false;
    first = change_at(view, i);
    second = change_at(view, i + 1);
    if (first->sender != second->sender || second->time_ns - first->time_ns > 1000000)
        return false;
    earlier = *first;
    *first = *second;
    *second = earlier;
    second->id = first->id;
    second->frame = first->frame;
    second->time_ns = first->time_ns;
    first->id = earlier.id;
    first->frame = earlier.frame;
    first->time_ns = earlier.time_ns;
    return true;
}

#define CHANGE(row, what)                                                                          \
    {                                                                                              \
        FINDING_##row, what, row                                                                   \
    }

const struct change changes[] = {
    CHANGE(hdr_flags_null, "a segment loses all its flags"),
    CHANGE(hdr_no_ack, "data loses its ACK flag"),
    CHANGE(hdr_xmas, "FIN, PSH and URG instead of ACK"),
    CHANGE(hdr_syn_fin, "FIN on the SYN"),
    CHANGE(hdr_syn_rst, "RST on the SYN"),
    CHANGE(hdr_fin_rst, "FIN on a RST"),
    CHANGE(hdr_syn_urg, "URG on the SYN"),
    CHANGE(hdr_reserved_bits, "a reserved bit is set"),
    CHANGE(hdr_urg_ptr_odd, "URG with a pointer of 0"),
    CHANGE(opt_duplicate, "the SYN has its MSS twice"),
    CHANGE(opt_not_on_syn, "a window scale outside the handshake"),
    CHANGE(opt_synack_unsolicited, "the SYN-ACK scales its window unasked"),
    CHANGE(ecn_setup_odd, "ECE without CWR on the SYN"),
    CHANGE(hs_syn_data, "data on the SYN"),
    CHANGE(hs_synack_data, "data on the SYN-ACK"),
    CHANGE(hs_final_ack_bad_seq, "the third segment far below the SYN"),
    {FINDING_hs_final_ack_bad_seq, "the third segment far beyond the window",
     hs_final_ack_bad_seq_beyond},
    CHANGE(hs_final_ack_bad_ack, "the third segment acknowledges far too much"),
    CHANGE(hs_synack_bad_ack, "the SYN-ACK acknowledges what was not sent"),
    CHANGE(hs_tiny_window, "the third segment closes the window"),
    CHANGE(syn_est_synack_diff, "the server's ACK becomes a SYN-ACK"),
    CHANGE(syn_est_synack_wrong_dir, "the client's ACK becomes a SYN-ACK"),
    CHANGE(syn_est_new, "the client's ACK becomes a SYN"),
    CHANGE(syn_est_from_responder, "the server's ACK becomes a SYN"),
    CHANGE(seq_beyond_window, "data far beyond the window"),
    CHANGE(seq_below_iss, "an ACK one below its sender's SYN"),
    CHANGE(ack_beyond_window, "data acknowledges far too much"),
    CHANGE(ack_below_iss, "an ACK far below the peer's SYN"),
    CHANGE(sack_unnegotiated, "a SACK block that was not agreed"),
    CHANGE(sack_malformed_block, "a SACK block that ends before it begins"),
    CHANGE(sack_beyond_sent, "a SACK block far beyond all data"),
    CHANGE(rst_in_window, "a RST one octet beside its number"),
    CHANGE(rst_out_of_window, "a RST far beyond the window"),
    CHANGE(rst_synsent_unacceptable, "a refusal acknowledges something else"),
    CHANGE(rst_with_data, "data on a refusal"),
    CHANGE(rst_sender_alive, "an ACK becomes a RST, its sender goes on"),
    CHANGE(fin_data_after, "a FIN, and its sender goes on"),
    CHANGE(fin_ack_beyond, "the ACK of a FIN is one too high"),
    CHANGE(fin_urg_after, "urgent data after the FIN"),
    CHANGE(ts_missing, "data loses its timestamps"),
    CHANGE(ts_unnegotiated, "timestamps that were not agreed"),
    CHANGE(ts_regress_newdata, "new data with an old timestamp"),
    CHANGE(ts_ecr_future, "an echo of what was never sent"),
    CHANGE(ts_synack_echo, "the SYN-ACK echoes something else"),
    CHANGE(cap_loss_acked, "data is not captured"),
    CHANGE(cap_missed_synack, "the SYN-ACK is not captured"),
    CHANGE(cap_reorder, "two data segments change places"),
};
const unsigned change_count = sizeof changes / sizeof changes[0];
