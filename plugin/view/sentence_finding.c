/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding in two lines: what was compared, and what follows for the connection. */
#include "sentence.h"
#include "sentence_text.h"

static void add_evidence(struct text *text, const struct finding *finding)
{
    text_add(text, " (evidence: %s)", evidence_name((enum evidence)finding->evidence));
}

/* "the edge granted in frame 5" */
static void add_limit_source(struct text *text, const struct finding_row *row,
                             const struct finding *finding)
{
    text_add(text, "%s", row->limit_is);
    if (finding->limit_frame != 0)
        text_add(text, " in frame %lu", (unsigned long)finding->limit_frame);
}

/* "acknowledgment 102 is 1 beyond 101, the number after the peer's FIN in frame 7" */
static void add_compared_seq(struct text *text, const struct annotation *annotation,
                             const struct sentence_context *context, const struct finding *finding)
{
    const struct finding_row *row = finding_row((enum finding_id)finding->id);
    enum side sender = (enum side)finding->sender;
    enum finding_numbers numbers = finding_numbers_of(finding);
    const char *got_is = finding->by_ack ? "acknowledgment" : row->got_is;
    enum side side = numbers == NUMBERS_SEQ ? sender : side_other(sender);
    struct seq got = seq_of(finding->got);
    struct seq limit = seq_of(finding->limit);
    if (finding->about == 0 && numbers == NUMBERS_ACK && !text_has(annotation, FLAG_ACK)) {
        text_add(text, "the ACK flag is not set: nothing is acknowledged");
        return;
    }
    uint32_t shown_limit = text_number(annotation, context, side, limit);
    text_add(text, "%s%s%lu", got_is, got_is[0] != '\0' ? " " : "",
             (unsigned long)text_number(annotation, context, side, got));
    if (!finding->limit_known)
        return;
    text_add(text, " is ");
    if (seq_eq(got, limit))
        text_add(text, "exactly ");
    else
        text_distance(text, got, limit, shown_limit);
    text_add(text, seq_eq(got, limit) ? "" : ", ");
    add_limit_source(text, row, finding);
}

static void add_compared_count(struct text *text, const struct finding_row *row,
                               const struct finding *finding)
{
    text_add(text, "%s%s %lu", row->got_is, finding->limit_known ? "" : ":",
             (unsigned long)finding->got);
    if (!finding->limit_known)
        return;
    text_add(text, " is %lu %s %lu, ",
             (unsigned long)(finding->got < finding->limit ? finding->limit - finding->got
                                                           : finding->got - finding->limit),
             finding->got < finding->limit ? "below" : "above", (unsigned long)finding->limit);
    add_limit_source(text, row, finding);
}

static const char *option_name(uint32_t kind)
{
    switch (kind) {
    case 2:
        return "MSS";
    case 3:
        return "window scale";
    case 4:
        return "SACK-permitted";
    case 5:
        return "SACK";
    case 8:
        return "timestamps";
    case 34:
        return "Fast Open";
    default: /* a number from the wire */
        return "unknown";
    }
}

static void add_option(struct text *text, const struct finding_row *row,
                       const struct finding *finding)
{
    text_add(text, "%s %s (kind %lu)", row->got_is, option_name(finding->got),
             (unsigned long)finding->got);
    if (finding->limit_known)
        text_add(text, ", %lu copies", (unsigned long)finding->limit);
}

/* The bits of the flags field by name, from the highest: RFC 9293 3.1, RFC 9768 3.1 (AE). */
static void add_flags(struct text *text, const struct finding_row *row, uint32_t flags)
{
    static const struct {
        unsigned bit;
        const char *name;
    } bits[] = {{FLAG_AE, "AE"},   {FLAG_CWR, "CWR"}, {FLAG_ECE, "ECE"},
                {FLAG_URG, "URG"}, {FLAG_ACK, "ACK"}, {FLAG_PSH, "PSH"},
                {FLAG_RST, "RST"}, {FLAG_SYN, "SYN"}, {FLAG_FIN, "FIN"}};
    const char *between = " ";
    text_add(text, "%s:", row->got_is);
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if ((flags & bits[i].bit) == 0)
            continue;
        text_add(text, "%s%s", between, bits[i].name);
        between = ", ";
    }
    text_add(text, "%s (0x%03lx)", flags == 0 ? " none" : "", (unsigned long)flags);
}

/* Which end a verdict on the whole life speaks of. */
static void add_end_role(struct text *text, const struct annotation *annotation,
                         const struct finding *finding)
{
    if (annotation->conn != NULL)
        text_add(text, "%s: ",
                 role_name(connection_role(annotation->conn, (enum side)finding->sender)));
}

static void add_end_of_capture(struct text *text, const struct finding *finding)
{
    text_add(text, ", capture ends %lu.%03lu s later", (unsigned long)finding->ends_ms / 1000,
             (unsigned long)finding->ends_ms % 1000);
}

static void add_outcome(struct text *text, enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_NONE:
        break;
    case OUTCOME_CHALLENGED:
        text_add(text, ", outcome: challenged");
        break;
    case OUTCOME_ACCEPTED:
        text_add(text, ", outcome: accepted");
        break;
    case OUTCOME_IGNORED:
        text_add(text, ", outcome: ignored");
        break;
    case OUTCOME_RESET:
        text_add(text, ", outcome: reset");
        break;
    case OUTCOME_CENSORED:
        text_add(text, ", too soon to tell");
        break;
    }
}

size_t sentence_finding_numbers(char *out, size_t size, const struct annotation *annotation,
                                const struct sentence_context *context,
                                const struct finding *finding)
{
    struct text text = text_begin(out, size);
    const struct finding_row *row = finding_row((enum finding_id)finding->id);
    if (row == NULL)
        return 0;
    if (finding->about != 0)
        text_add(&text, "of frame %lu: ", (unsigned long)finding->about_frame);
    if (row->family == FAMILY_END_OF_CAPTURE)
        add_end_role(&text, annotation, finding);
    switch (row->numbers) {
    case NUMBERS_NONE:
        text_add(&text, "%s", row->got_is);
        break;
    case NUMBERS_SEQ:
    case NUMBERS_ACK:
        add_compared_seq(&text, annotation, context, finding);
        break;
    case NUMBERS_COUNT:
        add_compared_count(&text, row, finding);
        break;
    case NUMBERS_HEX:
        text_add(&text, "%s: 0x%03lx", row->got_is, (unsigned long)finding->got);
        break;
    case NUMBERS_FLAGS:
        add_flags(&text, row, finding->got);
        break;
    case NUMBERS_OPTION:
        add_option(&text, row, finding);
        break;
    }
    if (row->family == FAMILY_END_OF_CAPTURE)
        add_end_of_capture(&text, finding);
    add_outcome(&text, (enum outcome)finding->outcome);
    if (finding->proved_by != 0)
        text_add(&text, ", proved by frame %lu", (unsigned long)finding->proved_by);
    if (finding->count > 1)
        text_add(&text, ", %lu times so far", (unsigned long)finding->count);
    add_evidence(&text, finding);
    return text.length;
}

size_t sentence_finding_consequence(char *out, size_t size, const struct finding *finding)
{
    struct text text = text_begin(out, size);
    const struct finding_row *row = finding_row((enum finding_id)finding->id);
    if (row != NULL)
        text_add(&text, "%s", row->consequence);
    return text.length;
}

size_t sentence_finding_detail(char *out, size_t size, const struct annotation *annotation,
                               const struct sentence_context *context,
                               const struct finding *finding)
{
    size_t length = sentence_finding_numbers(out, size, annotation, context, finding);
    if (length == 0 || length + 2 >= size)
        return length;
    out[length] = '.';
    out[length + 1] = ' ';
    return length + 2 + sentence_finding_consequence(out + length + 2, size - length - 2, finding);
}
