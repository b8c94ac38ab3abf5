/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "life.h"

#include <stdlib.h>
#include <string.h>

const char *kind_name(enum kind kind)
{
    static const char *const names[] = {
#define X(id, name, about) name,
        KINDS(X)
#undef X
    };

    return names[kind];
}

static void life_add(struct life *life, int64_t at, enum act_kind kind, unsigned end, int64_t value)
{
    struct world *world = &life->world;

    if (world->act_count < WORLD_ACTS_MAX)
        world->acts[world->act_count++] = (struct act){at, (uint8_t)kind, (uint8_t)end, value};
}

static void life_transport(struct life *life, struct habits *habits)
{
    struct rng *rng = &life->world.rng;

    habits->offers_ws = rng_chance(rng, 800);
    habits->offers_ts = rng_chance(rng, 700);
    habits->offers_sack = rng_chance(rng, 800);
    habits->scale = (uint8_t)rng_below(rng, 10);
    habits->mss = (uint16_t)rng_between(rng, 200, 1460);
    habits->buffer = (uint32_t)rng_between(rng, 2, 40) * habits->mss;
    habits->delayed_ack = rng_chance(rng, 300) ? 0 : rng_between(rng, 5, 200) * MS;
    habits->fin_ack_delayed = rng_chance(rng, 400);
    habits->rto_first = SECOND;
    habits->rto_min = rng_between(rng, 200, 1000) * MS;
    habits->tries = (unsigned)rng_between(rng, 3, 6);
    habits->cwnd = (uint32_t)rng_between(rng, 1, 10);
    habits->merges = rng_chance(rng, 400);
    habits->fin_rides = rng_chance(rng, 500);
    habits->challenge_gap = rng_chance(rng, 500) ? 500 * MS : 2 * SECOND;
    habits->obeys_old_reset = rng_chance(rng, 500);
    habits->hears_old_ack = rng_chance(rng, 500);
    habits->iss_rises = rng_chance(rng, 500);
}

static void life_habits(struct life *life, struct habits *habits)
{
    struct rng *rng = &life->world.rng;

    life_transport(life, habits);
    habits->orphan = rng_chance(rng, 300) ? NEVER : rng_between(rng, 2, 40) * SECOND;
    habits->keepalive = rng_chance(rng, 850) ? NEVER : rng_between(rng, 3, 20) * SECOND;
    habits->keepalive_gap = rng_between(rng, 1, 5) * SECOND;
    habits->keepalive_tries = (unsigned)rng_between(rng, 2, 4);
    habits->keepalive_octet = rng_chance(rng, 300);
    habits->probe_octet = rng_chance(rng, 400);
    habits->msl2 = 2 * (int64_t)life->msl_seconds * SECOND;
    habits->close_after_fin = rng_chance(rng, 120)   ? NEVER
                              : rng_chance(rng, 300) ? 0
                                                     : rng_between(rng, 0, 150) * MS;
    habits->half_only = rng_chance(rng, 200);
    habits->synack_again = rng_chance(rng, 700);
    habits->rst_has_ack = rng_chance(rng, 600);
    habits->ignores_syn = rng_chance(rng, 60) ? 500 : 0;
    habits->ignores_ack = rng_chance(rng, 60) ? 500 : 0;
}

static int64_t life_gap(struct rng *rng)
{
    return rng_chance(rng, 100) ? rng_between(rng, 1, 8) * SECOND : rng_between(rng, 0, 200) * MS;
}

/* Both write now and then; one may stop reading for a while. */
static int64_t life_talk(struct life *life, int64_t at)
{
    struct rng *rng = &life->world.rng;
    unsigned exchanges = rng_below(rng, rng_chance(rng, 200) ? 9 : 4);
    unsigned slow = rng_below(rng, 2);

    if (rng_chance(rng, 150)) {
        life_add(life, at, ACT_STOP_READING, slow, 0);
        life_add(life, at + rng_between(rng, 500, 6000) * MS, ACT_READ, slow, 0);
    }
    for (unsigned i = 0; i < exchanges; i++) {
        uint32_t octets = rng_below(rng, rng_chance(rng, 80) ? 20000 : 2000) + 1;

        life_add(life, at, ACT_WRITE, rng_below(rng, 2), octets);
        at += life_gap(rng);
    }
    return at;
}

static void life_crash(struct life *life, int64_t at)
{
    struct rng *rng = &life->world.rng;
    unsigned who = rng_below(rng, 2);
    int64_t up = rng_between(rng, 50, 9000) * MS;

    life_add(life, at, ACT_CRASH, who, up);
    if (rng_chance(rng, 700))
        life_add(life, at + rng_between(rng, 0, 12000) * MS, ACT_WRITE, 1 - who, 500);
    if (who == END_CLIENT && rng_chance(rng, 700))
        life_add(life, at + up + rng_between(rng, 1, 3000) * MS, ACT_OPEN, END_CLIENT, 0);
}

/* How it ends: closed by one or by both, by halves, aborted, with data unread, crashed, or never.
 */
static int64_t life_ending(struct life *life, int64_t at)
{
    struct rng *rng = &life->world.rng;
    unsigned who = rng_below(rng, 2);
    unsigned how = rng_below(rng, 100);

    if (how < 45) {
        life_add(life, at, ACT_CLOSE, who, 0);
        if (rng_chance(rng, 400))
            life_add(life, at + rng_between(rng, 0, 300) * MS, ACT_CLOSE, 1 - who, 0);
    } else if (how < 60) {
        life_add(life, at, ACT_CLOSE, who, 0);
        life_add(life, at + rng_between(rng, 0, 40) * MS, ACT_CLOSE, 1 - who, 0);
    } else if (how < 72) {
        life_add(life, at, ACT_SHUTDOWN, who, 0);
        for (unsigned n = rng_below(rng, 4); n > 0; n--)
            life_add(life, at + rng_between(rng, 0, 2000) * MS, ACT_WRITE, 1 - who,
                     rng_below(rng, 5000) + 1);
        life_add(life, at + rng_between(rng, 0, 3000) * MS, ACT_CLOSE, 1 - who, 0);
    } else if (how < 81) {
        life_add(life, at, ACT_ABORT, who, 0);
    } else if (how < 86) {
        life_add(life, at, ACT_STOP_READING, who, 0);
        life_add(life, at, ACT_WRITE, 1 - who, rng_below(rng, 3000) + 1);
        life_add(life, at + rng_between(rng, 0, 800) * MS, ACT_CLOSE, who, 0);
        life_add(life, at + 2 * SECOND, ACT_READ, who, 0);
    } else if (how < 93) {
        life_crash(life, at);
    }
    return at + rng_between(rng, 50, 4000) * MS;
}

/* One incarnation, begun at `at`; several tries to open, as a port may be busy still. */
static int64_t life_round(struct life *life, int64_t at)
{
    struct rng *rng = &life->world.rng;

    life_add(life, at, ACT_OPEN, END_CLIENT, 0);
    if (!life->world.hosts[END_SERVER].habits.listens && rng_chance(rng, 700))
        life_add(life, at + rng_between(rng, 0, 60) * MS, ACT_OPEN, END_SERVER, 0);
    at = life_talk(life, at + (rng_chance(rng, 100) ? 0 : rng_between(rng, 0, 400) * MS));
    return life_ending(life, at);
}

static int act_order(const void *a, const void *b)
{
    const struct act *x = a;
    const struct act *y = b;

    return x->at < y->at ? -1 : x->at > y->at;
}

static void life_plan(struct life *life)
{
    struct world *world = &life->world;
    struct rng *rng = &world->rng;
    unsigned rounds = rng_chance(rng, 700) ? 1 : 2 + rng_below(rng, 2);
    int64_t at = rng_between(rng, 1, 50) * MS;

    for (unsigned i = 0; i < rounds; i++) {
        at = life_round(life, at);
        if (rng_chance(rng, 150))
            at += 2 * life->world.hosts[0].habits.msl2;
        else if (rng_chance(rng, 300))
            at += rng_between(rng, 1, 10) * SECOND;
    }
    if (life->kind == KIND_FORGED)
        for (unsigned n = 1 + rng_below(rng, 3); n > 0; n--)
            life_add(life, rng_between(rng, 0, at / 1000) * 1000, ACT_FORGE, rng_below(rng, 2), 0);
    qsort(world->acts, world->act_count, sizeof *world->acts, act_order);
    world->end_at = at + rng_between(rng, 2, 70) * SECOND;
}

/* Delays of the whole way up to 250 ms; the capture point divides them. */
static void life_wire(struct life *life)
{
    struct world *world = &life->world;
    struct rng *rng = &world->rng;
    bool even = life->kind == KIND_CLEAN;
    int64_t there = rng_between(rng, 200, rng_chance(rng, 500) ? 5000 : 125000) * 1000;
    int64_t back = even || rng_chance(rng, 500) ? there : rng_between(rng, 200, 125000) * 1000;
    int64_t share = even ? 500 : rng_chance(rng, 200) ? 0 : rng_between(rng, 0, 1000);

    if (rng_chance(rng, 200) && !even)
        share = 1000;
    world->to_tap[END_CLIENT].delay = there * share / 1000;
    world->from_tap[END_CLIENT].delay = there - there * share / 1000;
    world->to_tap[END_SERVER].delay = back - back * share / 1000;
    world->from_tap[END_SERVER].delay = back * share / 1000;
    world->spacing = rng_between(rng, 5, 400) * 1000;
    for (unsigned i = 0; i < 2; i++) {
        world->to_tap[i].jitter = world->to_tap[i].delay / 10;
        world->from_tap[i].jitter = world->from_tap[i].delay / 10;
    }
}

static void life_losses(struct life *life)
{
    static const unsigned flags[] = {0, 0, FLAG_SYN, FLAG_FIN, FLAG_ACK, FLAG_RST};
    struct world *world = &life->world;
    struct rng *rng = &world->rng;
    unsigned most = rng_chance(rng, 200) ? 250 : 80;

    world->lossy_flags = flags[rng_below(rng, 6)];
    world->flag_loss = (unsigned)rng_between(rng, 50, 500);
    for (unsigned i = 0; i < 2; i++) {
        world->to_tap[i].loss = rng_below(rng, most);
        world->from_tap[i].loss = rng_below(rng, most);
    }
}

static void life_overtaking(struct life *life)
{
    struct rng *rng = &life->world.rng;

    for (unsigned i = 0; i < 4; i++) {
        struct half *half = i < 2 ? &life->world.to_tap[i] : &life->world.from_tap[i - 2];

        half->overtakes = rng_chance(rng, 700);
        if (half->overtakes)
            half->jitter = rng_between(rng, 500, 40000) * 1000;
    }
}

static void life_doubles(struct life *life)
{
    struct rng *rng = &life->world.rng;

    for (unsigned i = 0; i < 2; i++) {
        life->world.to_tap[i].twice = rng_below(rng, 80);
        life->world.from_tap[i].twice = rng_below(rng, 80);
    }
    life->lens.twice = rng_below(rng, 300);
}

static void life_impair(struct life *life)
{
    struct rng *rng = &life->world.rng;
    bool mixed = life->kind == KIND_MIXED;

    life_wire(life);
    if (life->kind == KIND_LOSS || (mixed && rng_chance(rng, 700)))
        life_losses(life);
    if (life->kind == KIND_REORDER || (mixed && rng_chance(rng, 500)))
        life_overtaking(life);
    if (life->kind == KIND_DUPLICATE || (mixed && rng_chance(rng, 400)))
        life_doubles(life);
    if (life->kind == KIND_CAPLOSS || (mixed && rng_chance(rng, 400)))
        life->lens.loss = (unsigned)rng_between(rng, 5, 80);
    if (life->kind == KIND_CAPORDER || (mixed && rng_chance(rng, 200))) {
        life->lens.disorder = rng_between(rng, 100, 3000) * 1000;
        life->lens.true_times = rng_chance(rng, 500);
    }
    if (life->kind == KIND_MIDSTREAM)
        life->lens.late = (unsigned)rng_between(rng, 50, 700);
    life->lens.one_way = life->kind == KIND_ONEWAY;
    life->lens.only = (enum end)rng_below(rng, 2);
}

void life_run(struct life *life, uint64_t seed, uint64_t number, enum kind kind)
{
    static const uint32_t msl[] = {1, 5, 30, 30};
    struct world *world = &life->world;

    memset(life, 0, sizeof *life);
    life->seed = seed;
    life->number = number;
    life->kind = kind;
    world->rng = rng_start(seed + (uint64_t)kind * 1000003, number);
    life->msl_seconds = msl[rng_below(&world->rng, 4)];
    life_impair(life);
    for (unsigned i = 0; i < 2; i++) {
        struct host *host = &world->hosts[i];

        host->world = world;
        host->end = (enum end)i;
        host->rng = &world->rng;
        life_habits(life, &host->habits);
        host_begin(host);
    }
    world->hosts[END_SERVER].habits.listens = !rng_chance(&world->rng, 130);
    life_plan(life);
    world_run(world);
}
