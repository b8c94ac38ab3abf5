/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rules can have anything to say about a segment? A few comparisons, made once, so that an
 * ordinary ACK or data segment asks no rule at all. Private to findings/.
 *
 * A bit may be set in vain; it must never be missing where a rule that waits for it would speak.
 */
#ifndef TCPSTATE_INTEREST_H
#define TCPSTATE_INTEREST_H

#include "step.h"
#include "thresholds.h"

enum interest {
    INTEREST_HEADER = 0x0001,        /* flags, options or ends that are not ordinary */
    INTEREST_RST = 0x0002,           /* the flag is set */
    INTEREST_SYN = 0x0004,           /* the flag is set, and this is no ordinary opening */
    INTEREST_THIRD = 0x0008,         /* its receiver waits for the third segment, and this
                                      * acknowledges none of the SYN-ACKs */
    INTEREST_FIN_AGAIN = 0x0010,     /* data, a FIN or other numbers from a side that has
                                      * closed */
    INTEREST_FINS_CROSS = 0x0020,    /* a FIN that does not know of the peer's */
    INTEREST_ACK_PAST_FIN = 0x0040,  /* of the peer */
    INTEREST_PAST_EDGE = 0x0080,     /* data beyond the right edge of the window */
    INTEREST_ACK_PAST_EDGE = 0x0100, /* an ACK beyond the window that its sender has granted */
    INTEREST_TS_MISSING = 0x0200,    /* although both ends agreed on timestamps */
    INTEREST_TS_LOWER = 0x0400,      /* than one that the sender has used */
    INTEREST_CONTEXT = 0x0800,  /* an answer to a doubtful segment; the first data half-closed; the
                                 * first segment that goes on after a RST; one of an older life */
    INTEREST_OBSERVED = 0x1000, /* it shows something of the capture itself */
    INTEREST_FIRST = 0x2000,    /* nothing of the connection was captured before, and this is no
                                 * SYN that asks for it */
    INTEREST_TINY = 0x4000,     /* a tiny window where a third segment is awaited */
    INTEREST_CONFLICT = 0x8000, /* other octets than were sent before */
    INTEREST_BEHIND = 0x10000,  /* a number below what is acknowledged in its direction already */
    INTEREST_SACK = 0x20000,    /* it carries SACK blocks */
    INTEREST_TS_ODD = 0x40000,  /* timestamps that were not agreed on, that jump or stand still; an
                                 * echo that is too high or low, or that stands on a segment without ACK */
    INTEREST_PROBE = 0x80000,   /* numbers that its receiver rejects, or that belong to a series */
    INTEREST_WINDOW = 0x100000, /* the window goes back, or opens after it was closed */
    INTEREST_ECN = 0x200000,    /* ECE or CWR, and ECN was refused */
    INTEREST_EARLY = 0x400000,  /* an ACK of or to an end that waits for a SYN-ACK */
    INTEREST_TIME_WAIT = 0x800000, /* its receiver waits in TIME-WAIT */
    INTEREST_AGAIN = 0x1000000,    /* sent again in vain, or a keepalive */
    INTEREST_FIN_APART = 0x2000000 /* a FIN that does not follow what has come without a hole, or
                                    * beyond the right edge of the window */
};

/* ts_jump: what a clock may be ahead of the time that has passed, in ticks. */
#define TS_JUMP_LEAST 33000

/** Bits of enum interest; 0 on nearly every segment. */
unsigned interest_of(const struct step *step, const struct limits *limits);

#endif
