/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show.h"

#include <stdio.h>
#include <string.h>

static const char *show_state(uint8_t state)
{
    return state < STATES ? tcp_state_name((enum tcp_state)state) : "-";
}

static void show_flags(const struct segment *segment, char *out)
{
    static const char letters[] = "FSRPAUEW";

    for (unsigned i = 0; i < 8; i++)
        if ((segment->flags >> i & 1) != 0)
            *out++ = letters[i];
    *out = '\0';
}

/* Numbers relative to the first ISS of that end in this life; huge ones are another life's. */
static struct seq show_base(const struct view *view, unsigned end)
{
    const struct world *world = &view->life->world;

    for (uint32_t i = 0; i < world->sent_count; i++)
        if (world->sent[i].from == end && segment_has(&world->sent[i].segment, FLAG_SYN))
            return world->sent[i].segment.seq;
    return seq_of(0);
}

static void show_truth(const struct answer *answer)
{
    printf("%s", answer->known ? show_state(answer->state) : "-");
    for (unsigned state = 0; state < STATES; state++)
        if ((answer->others >> state & 1) != 0)
            printf("/%s", show_state((uint8_t)state));
}

static void show_numbers(const struct view *view, uint32_t i)
{
    const struct segment *segment = &view->frames[i].segment;
    unsigned end = view_sent(view, i)->as;
    char flags[9];

    show_flags(segment, flags);
    printf("%s %-4s %d:%d", end == END_CLIENT ? "c>s" : "s>c", flags,
           seq_diff(segment->seq, show_base(view, end)),
           seq_diff(segment_end(segment), show_base(view, end)));
    if (segment_has(segment, FLAG_ACK))
        printf(" ack %d", seq_diff(segment->ack, show_base(view, !end)));
    printf(" win %u", segment->wnd_field);
    if (tcp_options_has(&segment->options, OPTION_TS))
        printf(" ts %u/%u", segment->options.tsval, segment->options.tsecr);
    for (unsigned k = 0; k < segment->options.sack_blocks; k++)
        printf(" sack %d:%d", seq_diff(segment->options.sack[k].left, show_base(view, !end)),
               seq_diff(segment->options.sack[k].right, show_base(view, !end)));
}

static void show_said(const struct trial *trial, enum place place, uint32_t i)
{
    printf("%s, %s (ceiling %s)", show_state(trial_said(trial, SPEAKER_ONE, place, i)),
           show_state(trial_said(trial, SPEAKER_TWO, place, i)),
           show_state(trial_said(trial, SPEAKER_CEILING, place, i)));
}

static void show_findings(const struct verdicts *verdicts, uint32_t i)
{
    for (uint32_t k = 0; k < verdicts->count; k++) {
        const struct raised *raised = &verdicts->list[k];

        if (raised->index != i)
            continue;
        printf("          finding %s %s", verdicts_name(raised->id), verdicts_severity(raised));
        if (raised->about != 0)
            printf(" about #%u", raised->about);
        printf("\n");
    }
}

static void show_frame(const struct trial *trial, const struct view *view, uint32_t i, bool mark)
{
    const struct copy *copy = view_copy(view, i);
    const struct sent *sent = view_sent(view, i);
    struct answer tail = view_tail(view, i);
    struct answer head = view_head(view, i);
    int64_t start = 1700000000 * SECOND;

    printf("  %c#%-4u %10.4f ", mark ? '>' : ' ', i + 1,
           (double)(view->frames[i].segment.time_ns - start) / 1e9);
    show_numbers(view, i);
    printf("\n          truth ");
    show_truth(&tail);
    printf(" -> ");
    show_truth(&head);
    if (copy->order != 0)
        printf("  [left %.4f, arrived %.4f]", (double)sent->at / 1e9,
               (double)copy->arrive_at / 1e9);
    else
        printf("  [left %.4f, never arrived]", (double)sent->at / 1e9);
    printf("%s%s%s%s", sent->from == FORGED ? " forged" : "", copy->head.gap ? " gap" : "",
           copy->head.overtaken ? " overtaken" : "", view->frames[i].copied ? " copied" : "");
    if (trial->stray[i])
        printf(" stray");
    if (!trial_right(trial, view, SPEAKER_ONE, PLACE_TAIL, i) ||
        !trial_right(trial, view, SPEAKER_TWO, PLACE_TAIL, i)) {
        printf("\n          SAID tail ");
        show_said(trial, PLACE_TAIL, i);
    }
    if (!trial_right(trial, view, SPEAKER_ONE, PLACE_HEAD, i) ||
        !trial_right(trial, view, SPEAKER_TWO, PLACE_HEAD, i)) {
        printf("\n          SAID head ");
        show_said(trial, PLACE_HEAD, i);
    }
    printf("\n");
    show_findings(&trial->verdicts, i);
}

void show_frames(const struct trial *trial, const struct view *view, uint32_t from, uint32_t to,
                 uint32_t mark)
{
    for (uint32_t i = from; i <= to && i < view->count; i++)
        show_frame(trial, view, i, i == mark);
}

void show_life(const struct life *life)
{
    const struct world *world = &life->world;

    printf("life %llu of seed %llu, kind %s; client - capture %.1f ms, capture - server %.1f ms "
           "there; %.1f and %.1f back; MSL %u s\n",
           (unsigned long long)life->number, (unsigned long long)life->seed, kind_name(life->kind),
           (double)world->to_tap[END_CLIENT].delay / 1e6,
           (double)world->from_tap[END_CLIENT].delay / 1e6,
           (double)world->from_tap[END_SERVER].delay / 1e6,
           (double)world->to_tap[END_SERVER].delay / 1e6, life->msl_seconds);
}
