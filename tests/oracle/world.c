/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

uint32_t world_sent(const struct world *world)
{
    return world->sent_count;
}

static bool half_loses(struct world *world, const struct half *half, const struct segment *segment)
{
    bool chosen = segment_has_any(segment, world->lossy_flags & ~(unsigned)FLAG_ACK) ||
                  (world->lossy_flags == FLAG_ACK && segment_is_pure_ack(segment));

    if (half->loss == 0)
        return false;
    return rng_chance(&world->rng, half->loss) ||
           (chosen && rng_chance(&world->rng, world->flag_loss));
}

/* When what enters at `at` comes out. */
static int64_t half_pass(struct world *world, struct half *half, int64_t at)
{
    int64_t out = at + half->delay + rng_between(&world->rng, 0, half->jitter);

    if (!half->overtakes && out <= half->last)
        out = half->last + 1000;
    if (out > half->last)
        half->last = out;
    return out;
}

static void world_expect(struct world *world, uint32_t copy, int64_t at)
{
    if (world->arrival_count < WORLD_COPIES_MAX)
        world->arrivals[world->arrival_count++] = (struct arrival){at, copy};
}

/* One copy passes the capture point and goes on. */
static void world_copy(struct world *world, uint32_t number, int64_t tap_at)
{
    const struct sent *sent = &world->sent[number];
    struct half *half = &world->from_tap[sent->as];
    struct copy *copy;
    int64_t at;

    if (world->copy_count == WORLD_COPIES_MAX)
        return;
    copy = &world->copies[world->copy_count++];
    *copy = (struct copy){.sent = number, .tap_at = tap_at, .arrive_at = NEVER};
    if (half_loses(world, half, &sent->segment))
        return;
    at = half_pass(world, half, tap_at);
    world_expect(world, world->copy_count - 1, at);
    if (rng_chance(&world->rng, half->twice)) {
        world_expect(world, world->copy_count - 1, at + rng_between(&world->rng, 1000, 30 * MS));
        copy->again = true;
    }
}

static struct sent *world_new_sent(struct world *world, const struct segment *segment)
{
    struct sent *sent;

    if (world->sent_count == WORLD_SENT_MAX)
        return NULL;
    sent = &world->sent[world->sent_count++];
    *sent = (struct sent){.segment = *segment, .order = ++world->order, .at = world->now};
    return sent;
}

void world_send(struct world *world, struct host *host, const struct segment *segment)
{
    struct sent *sent = world_new_sent(world, segment);
    struct half *half = &world->to_tap[host->end];
    uint32_t number = world->sent_count - 1;
    int64_t tap_at;

    if (sent == NULL)
        return;
    sent->from = sent->as = (uint8_t)host->end;
    host_truth(host, &sent->tail);
    if (half_loses(world, half, segment))
        return;
    tap_at = half_pass(world, half, world->now + rng_between(&world->rng, 1000, world->spacing));
    world_copy(world, number, tap_at);
    if (rng_chance(&world->rng, half->twice))
        world_copy(world, number, tap_at + rng_between(&world->rng, 1000, 30 * MS));
}

/* Something of an end's numbers that it did not send: a reset, a SYN or an ACK that is exact,
 * near or far off. */
void world_forge(struct world *world, enum end as)
{
    static const uint16_t kinds[] = {FLAG_RST, FLAG_RST, FLAG_RST | FLAG_ACK, FLAG_SYN, FLAG_ACK};
    const struct tcb *tcb = &world->hosts[as].tcb;
    const struct tcb *peer = &world->hosts[as == END_CLIENT].tcb;
    struct segment segment = {.flags = kinds[rng_below(&world->rng, 5)], .ttl = 63};
    struct sent *sent;

    segment.seq = peer->open ? peer->rcv_nxt : tcb->nxt;
    segment.ack = peer->open ? peer->nxt : seq_of(0);
    if (rng_chance(&world->rng, 600))
        segment.seq =
            seq_add(segment.seq, rng_chance(&world->rng, 500) ? 1 + rng_below(&world->rng, 4000)
                                                              : rng_bits(&world->rng));
    if (!segment_has(&segment, FLAG_ACK))
        segment.ack = seq_of(0);
    segment.len = segment_has(&segment, FLAG_SYN);
    segment.wnd_field = 1024;
    segment.ip_id = (uint16_t)rng_bits(&world->rng);
    segment.has_ip_id = true;
    sent = world_new_sent(world, &segment);
    if (sent == NULL)
        return;
    sent->from = FORGED;
    sent->as = (uint8_t)as;
    sent->tail.state = STATES;
    world_copy(world, world->sent_count - 1, world->now);
}

/* Was a later segment of this direction processed before this one? */
static bool world_overtaken(const struct world *world, const struct copy *copy)
{
    uint8_t as = world->sent[copy->sent].as;

    for (uint32_t i = 0; i < world->copy_count; i++) {
        const struct copy *other = &world->copies[i];

        if (other->order != 0 && other->tap_at > copy->tap_at && world->sent[other->sent].as == as)
            return true;
    }
    return false;
}

static void world_arrive(struct world *world, const struct arrival *arrival)
{
    struct copy *copy = &world->copies[arrival->copy];
    const struct sent *sent = &world->sent[copy->sent];
    struct host *host = &world->hosts[sent->as == END_CLIENT];
    bool overtaken, gap, fresh = copy->order == 0;

    if (host->down)
        return;
    gap = host->tcb.open && sent->segment.len > 0 && is_synchronized(host->tcb.state) &&
          seq_gt(sent->segment.seq, host->tcb.rcv_nxt);
    overtaken = world_overtaken(world, copy);
    host->now = world->now;
    if (fresh) {
        copy->order = ++world->order;
        copy->arrive_at = world->now;
    }
    host_deliver(host, &sent->segment);
    if (fresh) {
        host_truth(host, &copy->head);
        copy->head.overtaken = overtaken;
        copy->head.gap = gap;
    }
}

static void world_act(struct world *world, const struct act *act)
{
    struct host *host = &world->hosts[act->end];

    host->now = world->now;
    switch ((enum act_kind)act->kind) {
    case ACT_OPEN:
        host_open(host);
        return;
    case ACT_WRITE:
        host_write(host, (uint32_t)act->value);
        return;
    case ACT_SHUTDOWN:
        host_shutdown(host);
        return;
    case ACT_CLOSE:
        host_close(host);
        return;
    case ACT_ABORT:
        host_abort(host);
        return;
    case ACT_CRASH:
        host_crash(host, act->value);
        return;
    case ACT_READ:
        host_read(host, true);
        return;
    case ACT_STOP_READING:
        host_read(host, false);
        return;
    case ACT_FORGE:
        world_forge(world, (enum end)act->end);
        return;
    }
}

/* The next thing to happen among arrivals: index, or arrival_count. */
static uint32_t world_next_arrival(const struct world *world)
{
    uint32_t best = world->arrival_count;

    for (uint32_t i = 0; i < world->arrival_count; i++)
        if (best == world->arrival_count || world->arrivals[i].at < world->arrivals[best].at)
            best = i;
    return best;
}

void world_run(struct world *world)
{
    for (unsigned steps = 0; steps < 20000; steps++) {
        uint32_t i = world_next_arrival(world);
        int64_t arrival_at = i < world->arrival_count ? world->arrivals[i].at : NEVER;
        int64_t act_at =
            world->act_next < world->act_count ? world->acts[world->act_next].at : NEVER;
        int64_t timer_at[2] = {timer_next(&world->hosts[0]), timer_next(&world->hosts[1])};
        unsigned who = timer_at[1] < timer_at[0];
        int64_t next = arrival_at < act_at ? arrival_at : act_at;

        next = next < timer_at[who] ? next : timer_at[who];
        if (next > world->end_at)
            return;
        world->now = next > world->now ? next : world->now;
        world->order++;
        if (next == arrival_at) {
            struct arrival due = world->arrivals[i];

            world->arrivals[i] = world->arrivals[--world->arrival_count];
            world_arrive(world, &due);
        } else if (next == act_at) {
            world_act(world, &world->acts[world->act_next++]);
        } else {
            world->hosts[who].now = world->now;
            timer_run(&world->hosts[who]);
        }
    }
}
