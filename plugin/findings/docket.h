/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the judge remembers between segments: verdicts that wait for a later segment to settle them,
 * and how often each finding was raised. Catalogue, section 0: X-CONF, X-RATE, g4.
 *
 * A plain struct that the caller owns, one for each capture file; all zero is empty. Its size is
 * fixed. When more verdicts wait than there is room for, the oldest is never raised; when more is
 * counted than there is room for, what was raised least is counted from one again.
 */
#ifndef TCPSTATE_DOCKET_H
#define TCPSTATE_DOCKET_H

#include "finding.h"

struct rule;

#define DOCKET_CASES_MAX    64
#define DOCKET_COUNTERS_MAX 2048 /* a power of two */

/* A verdict that waits, with what its segment showed. */
struct docket_case {
    const struct rule *rule;
    const void *tuple; /* connection.owner: other lives of the tuple may settle it too */
    const struct connection *conn;
    enum side sender; /* of the segment that it is about */
    bool has_time;
    bool disordered;  /* the connection was seen out of order before */
    int64_t time_ns;
    struct seq seq;
    struct seq end;
    struct seq ack;
    struct seq sender_nxt; /* SND.NXT of both ends before the segment, as far as captured */
    struct seq receiver_nxt;
    uint8_t stage;          /* the rule's own */
    struct finding finding; /* raised if it stands */
    struct finding instead; /* raised if it falls */
    bool has_instead;
};

/* Segments of one tuple that a rule counts together. */
struct docket_series {
    bool used;
    const void *tuple; /* connection.owner */
    enum finding_id id;
    enum side sender;
    /* the rule's own: */
    uint8_t count;
    uint8_t distinct;     /* numbers noted */
    bool told;
    bool rejected;        /* the last one was rejected by its receiver */
    enum side last;       /* … and was sent by this side */
    struct seq number[4];
    int64_t first_ns;     /* the first of the series */
    uint32_t first_frame;
};

#define DOCKET_SERIES_MAX 16

struct docket {
    uint64_t followed; /* bit by hash of the tuples that have a series */
    unsigned series_next; /* the place that is used again next */
    struct docket_series series[DOCKET_SERIES_MAX];
    uint64_t watched; /* bit by hash of the tuples that have a case; kept until none waits */
    unsigned open;
    struct docket_case cases[DOCKET_CASES_MAX]; /* oldest first */
    struct {
        uint32_t conn; /* connection.id, or what stands for a stray; 0: free */
        uint32_t what; /* finding and direction */
        uint32_t count;
    } counters[DOCKET_COUNTERS_MAX];
};

/** The bit of `watched` that stands for the tuple. */
static inline uint64_t docket_bit(const void *tuple)
{
    uint64_t hash = (uint64_t)(uintptr_t)tuple * 0x9e3779b97f4a7c15U;

    return (uint64_t)1 << (hash >> 58);
}

/** May a verdict wait for a segment of this connection's tuple? Quick, and sometimes yes in vain.
 */
static inline bool docket_watches(const struct docket *docket, const struct connection *conn)
{
    return docket->watched != 0 && conn != NULL && (docket->watched & docket_bit(conn->owner)) != 0;
}

/** Is there a series of this connection's tuple? Quick, and sometimes yes in vain. */
static inline bool docket_follows(const struct docket *docket, const struct connection *conn)
{
    return docket->followed != 0 && conn != NULL &&
           (docket->followed & docket_bit(conn->owner)) != 0;
}

/** The series of the step's tuple, or NULL. */
struct docket_series *docket_series_find(struct docket *docket, const struct step *step,
                                         enum finding_id id, enum side sender);

/** … or a new one, for which the oldest is forgotten. */
struct docket_series *docket_series_begin(struct docket *docket, const struct step *step,
                                          enum finding_id id, enum side sender);

/** Is the step of a life before that of the segment that waits? */
static inline bool docket_is_older_life(const struct docket_case *waiting, const struct step *step)
{
    return step->conn->id < waiting->conn->id;
}

/** X-REO: did so much time pass since the segment that waits that what was sent before it can hardly
 *  be stored behind it? Where the connection was seen out of order that takes longer. */
bool docket_is_past_order(const struct docket_case *waiting, const struct step *step);

/** A place for a new case of the step's segment, filled in but for rule and findings. */
struct docket_case *docket_open(struct docket *docket, const struct step *step);

/** Takes away the case at that place; those behind it move up. */
void docket_close(struct docket *docket, unsigned place);

/** Counts the finding, which `sender` raised, and returns how often that was so far. */
uint32_t docket_count(struct docket *docket, const struct step *step, enum side sender,
                      enum finding_id id);

#endif
