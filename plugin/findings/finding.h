/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings: what is wrong with a segment, or worth reading. Each is declared once, as a row of
 * findings.def; this header turns the rows into identifiers and descriptors.
 */
#ifndef TCPSTATE_FINDING_H
#define TCPSTATE_FINDING_H

#include "step.h"

#include <stddef.h>

/* In rising order. NATIVE: Wireshark raises it itself; we keep the id for the reference only.
 * NONE: not to be raised (lowered below chat). */
enum severity {
    SEVERITY_NONE,
    SEVERITY_NATIVE,
    SEVERITY_CHAT,
    SEVERITY_NOTE,
    SEVERITY_WARN,
    SEVERITY_ERROR,
    SEVERITIES
};

/* Mapped to Wireshark's expert groups in view/expert.c only. */
enum finding_group { GROUP_SEQUENCE, GROUP_PROTOCOL, GROUP_SECURITY, GROUP_ASSUMPTION };

/* What must be captured before a row may speak (catalogue, section 0). */
enum gate {
    GATE_G0, /* nothing: the segment alone */
    GATE_G1, /* exact ISS of the endpoint concerned */
    GATE_G2, /* both SYNs captured and both directions live */
    GATE_G3, /* g2, window scale known, no hole touching the numbers used */
    GATE_G4  /* a later frame decides */
};

/* Each family once: name, the word for it in reports, its title in the reference. */
/* clang-format off */
#define FINDING_FAMILIES(ROW)                                                                      \
    ROW(HEADER, "header", "The header alone")                                                      \
    ROW(HANDSHAKE, "handshake", "Handshake")                                                       \
    ROW(SEQUENCE, "sequence", "Sequence numbers, acknowledgments and windows")                     \
    ROW(RESET, "reset", "Reset")                                                                   \
    ROW(TEARDOWN, "teardown", "Teardown")                                                          \
    ROW(REUSE, "reuse", "Reuse of addresses and ports")                                            \
    ROW(TIMESTAMPS, "timestamps", "Timestamps")                                                    \
    ROW(END_OF_CAPTURE, "end of capture", "End of the capture")                                    \
    ROW(INJECTION, "injection", "Injected segments")                                               \
    ROW(OBSERVER, "observer", "Limits of the observer")

enum finding_family {
#define FAMILY_ENUM(name, word, title) FAMILY_##name,
    FINDING_FAMILIES(FAMILY_ENUM)
#undef FAMILY_ENUM
    FAMILIES
};
/* clang-format on */

/* How `got` and `limit` of a finding are to be read and shown. */
enum finding_numbers {
    NUMBERS_NONE,  /* the flags or the mere fact say it all */
    NUMBERS_SEQ,   /* sequence numbers of the segment's sender: shown relative to its base */
    NUMBERS_ACK,   /* sequence numbers of its receiver: shown relative to that base */
    NUMBERS_COUNT, /* plain numbers; limit 0 means there is none */
    NUMBERS_HEX,   /* header bits or field; limit is not used */
    NUMBERS_FLAGS, /* all twelve flag bits of the header; limit is not used */
    NUMBERS_OPTION /* got is a TCP option's kind as on the wire (4 is SACK-permitted), limit how
                    * many copies of it there are */
};

enum finding_id {
#define FINDING(id, family, group, severity, gate, rfc, numbers, got_is, limit_is, summary, why,   \
                consequence)                                                                       \
    FINDING_##id,
#include "findings.def"
#undef FINDING
    FINDINGS
};

/* One row of findings.def. All texts are constant. */
struct finding_row {
    const char *id; /* as in tcpstate.<id> */
    enum finding_family family;
    enum finding_group group;
    enum severity severity; /* the highest it can have: before lowering */
    enum gate gate;
    const char *rfc;
    enum finding_numbers numbers;
    const char *got_is;      /* what the compared number is: "the segment's last octet" */
    const char *limit_is;    /* what the limit is: "the number after the FIN" */
    const char *summary;     /* the expert text: one sentence a stranger understands */
    const char *why;         /* for the reference: the test in words, and why that severity */
    const char *consequence; /* what it means for the connection */
};

/* By enum finding_id. */
extern const struct finding_row finding_rows[FINDINGS];

/** The row of an id; NULL for anything out of range. */
static inline const struct finding_row *finding_row(enum finding_id id)
{
    return (unsigned)id < FINDINGS ? &finding_rows[id] : NULL;
}

/** "header", "handshake" …, for reports; "" for anything out of range. */
const char *finding_family_word(enum finding_family family);

/** "The header alone", "Handshake" …, for the reference; "" for anything out of range. */
const char *finding_family_title(enum finding_family family);

/** "chat", "note", "warn" or "error"; "native" and "none" for the two others. */
const char *severity_name(enum severity severity);

/* What came of a segment that its receiver could take in several ways. */
enum outcome {
    OUTCOME_NONE,
    OUTCOME_CHALLENGED, /* answered with an ACK in the old numbers */
    OUTCOME_ACCEPTED,
    OUTCOME_IGNORED,
    OUTCOME_RESET,
    OUTCOME_CENSORED /* the capture ends too soon to tell */
};

/* One finding on one segment. */
struct finding {
    const struct finding *next;
    uint16_t id;      /* enum finding_id */
    uint8_t severity; /* enum severity, after all lowering */
    uint8_t evidence; /* enum evidence of the connection when it was judged */
    uint8_t sender;   /* enum side: who sent the segment that it speaks of */
    uint8_t outcome;  /* enum outcome */
    bool limit_known : 1; /* false: there is nothing that `got` was compared with */
    bool expert : 1;      /* false: listed in tcpstate.finding only (repetition back-off) */
    bool meanwhile : 1;   /* said less severely while proof is awaited, which takes its place */
    bool by_ack : 1;      /* of a NUMBERS_SEQ row: this time acknowledgments were compared */
    uint32_t got;     /* see finding_row.numbers */
    uint32_t limit;
    uint32_t limit_frame; /* the frame that set the limit; 0: none */
    uint32_t count;       /* how often so far on this connection and direction; 0: not counted */
    /* A finding that waited for proof is told twice. In the first pass on the segment that proves
     * it, where `about` is the other segment's id + 1 and `about_frame` its frame; later on the
     * segment that it speaks of, where `about` is 0 and `proved_by` is the frame of the proof. */
    uint32_t about;
    uint32_t about_frame;
    uint32_t proved_by;
    uint32_t ends_ms; /* end_* only: from the last segment to the end of the capture */
};

/** How its numbers are to be read. */
static inline enum finding_numbers finding_numbers_of(const struct finding *finding)
{
    const struct finding_row *row = finding_row((enum finding_id)finding->id);

    if (row == NULL)
        return NUMBERS_NONE;
    return finding->by_ack && row->numbers == NUMBERS_SEQ ? NUMBERS_ACK : row->numbers;
}

/** What a finding that waits for proof is worth meanwhile. */
static inline unsigned finding_severity_meanwhile(const struct finding *finding)
{
    return finding->severity > SEVERITY_NOTE ? SEVERITY_NOTE : finding->severity;
}

/** Takes what was said meanwhile of a segment out of its findings, now that it is proved or
 *  disproved. True if it was there. */
static inline bool finding_withdraw(const struct finding **first, const struct finding *settled)
{
    for (; *first != NULL; first = &((struct finding *)*first)->next) {
        if ((*first)->meanwhile && (*first)->id == settled->id &&
            (*first)->sender == settled->sender) {
            *first = (*first)->next;
            return true;
        }
    }
    return false;
}

/** The second telling of a finding whose `about` is set: as kept with the segment it speaks of. */
static inline struct finding finding_proved(const struct finding *finding, uint32_t frame)
{
    struct finding proved = *finding;

    proved.next = NULL;
    proved.about = proved.about_frame = 0;
    proved.proved_by = frame;
    return proved;
}

#endif
