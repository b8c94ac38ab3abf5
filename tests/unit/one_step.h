/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of finding rules share: one step put together by hand and judged. The world is
 * closed: a segment raises exactly the finding that is named, or none.
 *
 * The client is SIDE_A with its SYN in frame 1, the server SIDE_B with its SYN-ACK in frame 2; the
 * client has sent the octets 1..100 (frame 4), the server 1..200 (frame 5); all is acknowledged.
 */
#ifndef TCPSTATE_TESTS_ONE_STEP_H
#define TCPSTATE_TESTS_ONE_STEP_H

#include "check.h"
#include "judge.h"

/* Both wrap within the first hundred octets. */
#define CLIENT_ISS 0xffffffc0U
#define SERVER_ISS 0xfffffff0U

static struct connection conn;
static struct segment segment;
static struct step step;
static struct verdict verdict;
static struct docket docket;

static inline struct seq number_of(enum side side, uint32_t relative)
{
    return seq_of((side == SIDE_A ? CLIENT_ISS : SERVER_ISS) + relative);
}

static inline void open_endpoint(enum side side, uint32_t sent, uint32_t iss_frame,
                                 uint32_t nxt_frame)
{
    struct endpoint *end = &step.before[side];
    memset(end, 0, sizeof *end);
    end->seen = end->iss_exact = end->iss_known = true;
    end->sent_syn = side == SIDE_A;
    end->sent_synack = side == SIDE_B;
    end->sent_past_syn = true;
    end->nxt_known = end->una_known = true;
    end->options_known = true;
    end->scale_known = true;
    end->snd.iss = number_of(side, 0);
    end->snd.nxt = end->snd.una = end->snd.contiguous = number_of(side, sent + 1);
    end->iss_frame = iss_frame;
    end->nxt_frame = nxt_frame;
    end->shown = end->expected = STATE_ESTABLISHED;
}

/* The connection as described above, and a pure ACK of the client on it. */
static inline void begin(void)
{
    memset(&conn, 0, sizeof conn);
    memset(&segment, 0, sizeof segment);
    memset(&step, 0, sizeof step);
    conn.id = conn.incarnation = 1;
    conn.client = SIDE_A;
    conn.syn_frame = 1;
    conn.synack_frame = 2;
    for (unsigned side = SIDE_A; side <= SIDE_B; side++) {
        conn.base_known[side] = true;
        conn.base[side] = number_of((enum side)side, 0);
    }
    open_endpoint(SIDE_A, 100, 1, 4);
    open_endpoint(SIDE_B, 200, 2, 5);
    step.segment = &segment;
    step.conn = &conn;
    step.phase = PHASE_ESTABLISHED;
    step.evidence = EVIDENCE_FULL;
    step.src.at[0] = step.dst.at[0] = STATE_ESTABLISHED;
    segment.frame = 9;
    segment.src_port = 40000;
    segment.dst_port = 80;
    segment.src_unicast = segment.dst_unicast = true;
    segment.sender = SIDE_A;
    segment.flags = FLAG_ACK;
    segment.wnd_field = 502;
    segment.seq = number_of(SIDE_A, 101);
    segment.ack = number_of(SIDE_B, 201);
}

static inline void sends(enum side sender, uint32_t first, uint32_t payload, unsigned flags)
{
    segment.sender = sender;
    segment.src_port = sender == SIDE_A ? 40000 : 80;
    segment.dst_port = sender == SIDE_A ? 80 : 40000;
    segment.seq = number_of(sender, first);
    segment.payload_len = payload;
    segment.flags = (uint16_t)flags;
    segment.len = payload + ((flags & FLAG_SYN) != 0) + ((flags & FLAG_FIN) != 0);
}

static inline void acks(uint32_t relative)
{
    segment.flags |= FLAG_ACK;
    segment.ack = number_of(side_other(segment.sender), relative);
}

/* That side has sent a FIN that ends at `next`, and acknowledged `fin_ack` with it. */
static inline void has_closed(enum side side, uint32_t next, uint32_t frame, uint32_t fin_ack)
{
    struct endpoint *end = &step.before[side];
    end->sent_fin = end->fin_known = true;
    end->fin_next = end->snd.nxt = end->snd.contiguous = number_of(side, next);
    end->fin_frame = end->nxt_frame = frame;
    end->fin_ack = number_of(side_other(side), fin_ack);
    end->fin_ack_known = true;
    conn.fin_frame[side] = frame;
}

/* Each segment is judged as the first of its kind. */
static inline struct docket *fresh_docket(void)
{
    memset(&docket, 0, sizeof docket);
    return &docket;
}

static inline void raises(const char *file, int line, enum finding_id id, enum severity severity,
                          bool expert)
{
    judge(&step, &limits_standard, fresh_docket(), &verdict);
    if (!check_uint(file, line, "number of findings", verdict.count, 1))
        return;
    check_str(file, line, "finding", finding_row((enum finding_id)verdict.findings[0].id)->id,
              finding_row(id)->id);
    check_str(file, line, "severity", severity_name((enum severity)verdict.findings[0].severity),
              severity_name(severity));
    check_uint(file, line, "evidence", verdict.findings[0].evidence, step.evidence);
    check_bool(file, line, "expert", verdict.findings[0].expert, expert);
}

static inline void quiet(const char *file, int line)
{
    judge(&step, &limits_standard, fresh_docket(), &verdict);
    if (!check_uint(file, line, "number of findings", verdict.count, 0))
        check_str(file, line, "finding", finding_row((enum finding_id)verdict.findings[0].id)->id,
                  "none");
}

#define RAISES(id, severity) raises(__FILE__, __LINE__, FINDING_##id, SEVERITY_##severity, true)
/* Listed, but not worth another expert. */
#define RAISES_QUIETLY(id, severity)                                                               \
    raises(__FILE__, __LINE__, FINDING_##id, SEVERITY_##severity, false)
#define QUIET() quiet(__FILE__, __LINE__)

/* What the finding just raised has compared. */
#define CHECK_COMPARED(want_got, want_limit, want_frame)                                           \
    do {                                                                                           \
        CHECK_UINT(verdict.findings[0].got, (want_got).n);                                         \
        CHECK_UINT(verdict.findings[0].limit, (want_limit).n);                                     \
        CHECK_UINT(verdict.findings[0].limit_frame, want_frame);                                   \
        CHECK_TRUE(verdict.findings[0].limit_known);                                               \
    } while (0)

#endif
