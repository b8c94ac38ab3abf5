/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario (.flow): the story of one 4-tuple, one line per segment, with what must be shown of
 * it. Grammar: tests/scenarios/FORMAT.md. Numbers are relative to each side's ISS; the ISS itself
 * comes when the story is played, so that one file is played near every kind of wrap.
 */
#ifndef TCPSTATE_TESTS_FLOW_H
#define TCPSTATE_TESTS_FLOW_H

#include "segment.h"
#include "shown.h"

#include <stdio.h>

#define FLOW_OPTION_OCTETS 40

enum flow_option_what {
    FLOW_OPTION_OCTETS_AS_GIVEN, /* octets[] holds it, kind and length included */
    FLOW_OPTION_SACK             /* blocks, relative to the receiver's ISS */
};

struct flow_option {
    enum flow_option_what what;
    uint8_t length; /* used part of octets[] */
    uint8_t octets[FLOW_OPTION_OCTETS];
    uint8_t blocks;
    int64_t left[SACK_BLOCKS_MAX];
    int64_t right[SACK_BLOCKS_MAX];
};

#define FLOW_OPTIONS_MAX 16

/* The two views of one segment: as it was shown when it was read, and from the second pass on. */
enum flow_view { VIEW_ONE_PASS, VIEW_LATER, FLOW_VIEWS };
enum { IN_ONE_PASS = 1 << VIEW_ONE_PASS, IN_LATER = 1 << VIEW_LATER, IN_BOTH = 3 };

enum flow_value {
    VALUE_WORD,         /* as written */
    VALUE_STATE_BEFORE, /* as written, of the side named */
    VALUE_STATE_AFTER,
    VALUE_SENDER_SEQ,   /* number: relative to the sender's ISS */
    VALUE_RECEIVER_SEQ, /* number: relative to the receiver's ISS */
    VALUE_SEGMENT,      /* number: a segment of this file, from 1 */
    VALUE_CLIENT,       /* side: which side is the client */
    VALUE_TRANSITION,   /* one of the transitions listed */
    VALUE_NONE          /* the field is absent */
};

struct flow_expect {
    struct flow_expect *next;
    unsigned line;
    unsigned views; /* IN_ONE_PASS | IN_LATER */
    enum flow_value value;
    enum shown_field field;
    enum side side;
    int64_t number;
    char *text;
};

struct flow_finding {
    struct flow_finding *next;
    unsigned line;
    unsigned views;
    char *id;
    char *severity;
    bool has_got, has_limit;
    int64_t got, limit; /* relative or plain, as the row's numbers are */
    unsigned by;        /* segment that set the limit; 0: not checked */
    unsigned about;     /* segment that an `about` finding points at; 0: none */
};

struct flow_segment {
    unsigned line;
    bool uncaptured; /* part of the story, not of the capture */
    bool duplicate;  /* the same frame as the sender's last one, captured again */
    bool bad_sum;
    bool raw_seq, raw_ack; /* first / ack are absolute numbers */
    bool has_win;
    int64_t delta_ns;
    enum side sender;
    uint16_t flags;
    int64_t first; /* SEG.SEQ */
    int64_t after; /* SEG.SEQ + SEG.LEN */
    int64_t ack;
    uint16_t wnd_field;
    uint16_t urgent;
    int32_t ip_id;    /* -1: counted up by the player */
    int32_t ttl;      /* -1: 64 */
    bool zeros;       /* the payload is all zeros */
    bool padded;      /* likewise, and its sender has not counted it */
    bool has_other;   /* the payload's octets from number `other` on are not the usual ones */
    int64_t other;
    int32_t captured; /* octets of the TCP segment that the capture holds; -1: all */
    int64_t iss[2];   /* added to the ISS that the file is played with */
    unsigned options;
    struct flow_option option[FLOW_OPTIONS_MAX];
    struct flow_expect *expect;
    struct flow_finding *findings;
};

struct flow {
    char *path;
    uint16_t port[2];
    /* Octets of the IPv4 address; -1 stands for a part of the number that the player gives the
     * flow, so that many flows fit into one file. */
    int16_t address[2][4];
    int64_t iss[2]; /* of the lines that follow, while the file is being read */
    bool ends;       /* the capture ends so long after the last line: */
    int64_t ends_ns; /* … else years later, and how the life ends is not looked at */
    unsigned segments;
    struct flow_segment *segment;
};

/** Reads a file. On an error prints path, line and reason to `errors` and returns NULL. */
struct flow *flow_read(const char *path, FILE *errors);

/** A flow without segments: ports and addresses as in a file that gives none. */
struct flow *flow_new(const char *path);

/** Takes one line (with or without its end). Returns NULL, or a constant sentence that says what
 *  is wrong with it. `line` is kept for messages. */
const char *flow_add_line(struct flow *flow, const char *text, unsigned line);

void flow_free(struct flow *flow);

/** SEG.LEN - SYN - FIN of the line. */
uint32_t flow_payload(const struct flow_segment *line);

/** The segment's frame number, counted from 1 over what was captured; 0 for none. */
unsigned flow_frame(const struct flow *flow, unsigned segment);

#endif
