/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SEQ, ACK and the window as sums. RFC 9293 3.4: SYN and FIN count one. */
#include "sentence.h"
#include "sentence_text.h"

/* Numbers that the model does not take for this connection's: only their distance is stated. */
static bool is_outside(const struct annotation *annotation)
{
    return annotation->admission == ADMIT_ALIEN || annotation->admission == ADMIT_IMPOSSIBLE ||
           annotation->admission == ADMIT_BAD_SUM;
}

/* ---- SEQ ---- */

/* "0 + 1 (SYN) + 10 data octets = 11 next", or "78, no octets" */
static void add_sum(struct text *text, const struct annotation *annotation,
                    const struct sentence_context *context)
{
    enum side side = text_sender(annotation);
    uint32_t payload = annotation_payload(annotation);
    struct seq end = seq_add(annotation->seq, annotation->len);
    text_add(text, "%lu", (unsigned long)text_number(annotation, context, side, annotation->seq));
    if (annotation->len == 0) {
        text_add(text, ", no octets");
        return;
    }
    if (text_has(annotation, FLAG_SYN))
        text_add(text, " + 1 (SYN)");
    if (payload > 0) {
        text_add(text, " + ");
        text_count(text, payload, "data octet");
    }
    if (text_has(annotation, FLAG_FIN))
        text_add(text, " + 1 (FIN)");
    text_add(text, " = %lu next", (unsigned long)text_number(annotation, context, side, end));
}

static void add_first_number(struct text *text, const struct annotation *annotation,
                             const struct sentence_context *context)
{
    bool is_first_captured = !text_has(annotation, FLAG_SYN);
    text_add(text, "; first %snumber of this side", is_first_captured ? "captured " : "");
    if (text_is_relative(annotation, context, text_sender(annotation)))
        text_add(text, " (raw %lu)", (unsigned long)annotation->seq.n);
    if (is_first_captured)
        text_add(text, ", nothing was expected");
}

/* Has the sender's own FIN passed the capture point before this frame? */
static bool sent_fin_before(const struct annotation *annotation)
{
    uint32_t fin =
        annotation->conn == NULL ? 0 : annotation->conn->fin_frame[text_sender(annotation)];
    return fin != 0 && fin < annotation->frame;
}

/* A segment that takes no number, or a single octet, one below what comes next: RFC 9293 3.8.4. */
static void add_one_below(struct text *text, const struct annotation *annotation)
{
    if (annotation->len != 0)
        text_add(text, ": a keepalive, or the last octet again");
    else if (sent_fin_before(annotation))
        text_add(text, ": a keepalive, or an ACK that left before the FIN");
    else
        text_add(text, ": a keepalive");
}

/* Where the octets below the expected number belong. */
static const char *past_words(const struct annotation *annotation)
{
    switch ((enum seq_past)annotation->seq_past) {
    case PAST_AGAIN:
        return "sent before";
    case PAST_FILLS:
        return "it fills a hole";
    case PAST_UNSURE:
    case PAST_NOT:
        break;
    }
    return "sent before, or it fills a hole";
}

/* The first part of the segment lies below, the rest is new: "sent before, then 57 new octets". */
static void add_partly_new(struct text *text, const struct annotation *annotation, uint32_t back)
{
    uint32_t fresh = annotation->len - back;
    text_add(text, ": %s, then ", past_words(annotation));
    if (fresh == 1 && text_has(annotation, FLAG_FIN))
        text_add(text, "the FIN");
    else
        text_count(text, fresh, "new octet");
}

/* What the segment repeats as a whole, or how it begins. */
static const char *repeated(const struct annotation *annotation, uint32_t back)
{
    if (text_has(annotation, FLAG_SYN))
        return "the same SYN again, ";
    if (text_has(annotation, FLAG_FIN) && annotation->len == back && sent_fin_before(annotation))
        return "the FIN again, ";
    return annotation->len > back ? "starts " : "";
}

/* SEQ lies below what was expected. */
static void add_below(struct text *text, const struct annotation *annotation, uint32_t expected)
{
    uint32_t back = seq_span(annotation->seq_expected, annotation->seq);
    bool plain = !text_has(annotation, FLAG_SYN) && !text_has(annotation, FLAG_FIN);
    const char *what = repeated(annotation, back);
    text_add(text, "; %s%lu below %lu, the next expected", what, (unsigned long)back,
             (unsigned long)expected);
    if (plain && back == 1 && annotation->len <= 1 && annotation->seq_past != PAST_FILLS)
        add_one_below(text, annotation);
    else if (annotation->len == 0)
        text_add(text, ": an older segment, late or out of order");
    else if (annotation->len > back)
        add_partly_new(text, annotation, back);
    else if (what[0] == '\0')
        text_add(text, ": %s", past_words(annotation));
}

static void add_beyond(struct text *text, const struct annotation *annotation, uint32_t expected)
{
    uint32_t hole = seq_span(annotation->seq, annotation->seq_expected);
    text_add(text, "; %s%lu beyond %lu, the next expected", annotation->len > 0 ? "starts " : "",
             (unsigned long)hole, (unsigned long)expected);
    text_add(text, ": ");
    text_count(text, hole, "octet");
    text_add(text, " %s missing in between", hole == 1 ? "is" : "are");
}

static void add_seq_verdict(struct text *text, const struct annotation *annotation,
                            const struct sentence_context *context)
{
    enum side side = text_sender(annotation);
    uint32_t expected = text_number(annotation, context, side, annotation->seq_expected);
    int32_t delta = seq_diff(annotation->seq, annotation->seq_expected);
    if (delta == 0) {
        text_add(text, ", as expected");
    } else if (is_outside(annotation) || text_has(annotation, FLAG_RST)) {
        text_add(text, "; ");
        text_distance(text, annotation->seq, annotation->seq_expected, expected);
        text_add(text, ", the next expected");
    } else if (delta < 0) {
        add_below(text, annotation, expected);
    } else {
        add_beyond(text, annotation, expected);
    }
}

size_t sentence_sequence(char *out, size_t size, const struct annotation *annotation,
                         const struct sentence_context *context)
{
    struct text text = text_begin(out, size);
    add_sum(&text, annotation, context);
    if (annotation->seq_expected_known)
        add_seq_verdict(&text, annotation, context);
    else if (annotation->conn != NULL)
        add_first_number(&text, annotation, context);
    /* RFC 9293 3.5.3: what a RST carries is a text for people, not part of the stream. */
    if (text_has(annotation, FLAG_RST) && annotation->len > 0)
        text_add(&text, "; the octets of a RST do not count");
    return text.length;
}

/* ---- ACK ---- */

/* One summand of an acknowledgment: " + 77 (client's data up to frame 4)". */
static void add_summand(struct text *text, uint32_t octets, const char *owner, const char *what)
{
    text_add(text, " + %lu (%s's %s", (unsigned long)octets, owner, what);
}

/* "78 = 1 + 77 (client's data up to frame 4)" */
static void add_acknowledged(struct text *text, const struct annotation *annotation,
                             const struct sentence_context *context)
{
    const char *owner = role_name(role_other(annotation_sender_role(annotation)));
    enum side side = text_receiver(annotation);
    struct seq from = seq_sub(annotation->ack, annotation->ack_new);
    uint32_t syn = (annotation->covers & COVERS_SYN) != 0 ? 1 : 0;
    uint32_t fin = (annotation->covers & COVERS_FIN) != 0 ? 1 : 0;
    uint32_t data = annotation->ack_new >= syn + fin ? annotation->ack_new - syn - fin : 0;
    const char *frame_word = ", frame";

    text_add(text, " = %lu", (unsigned long)text_number(annotation, context, side, from));
    if (syn != 0)
        add_summand(text, syn, owner, "SYN");
    if (data > 0) {
        text_add(text, "%s", syn != 0 ? ")" : "");
        add_summand(text, data, owner, "data");
        frame_word = " up to frame";
    }
    if (fin != 0) {
        text_add(text, "%s", syn != 0 || data > 0 ? ")" : "");
        add_summand(text, fin, owner, "FIN");
        frame_word = ", frame";
    }
    if (annotation->ack_frame != 0)
        text_add(text, "%s %lu", frame_word, (unsigned long)annotation->ack_frame);
    text_add(text, ")");
}

/* The peer's captured FIN is the last of what is outstanding. Not claimed where a hole could lie
 * before it. */
static bool fin_is_outstanding(const struct annotation *annotation)
{
    if (annotation->conn == NULL || annotation->evidence != EVIDENCE_FULL)
        return false;
    uint32_t fin = annotation->conn->fin_frame[text_receiver(annotation)];
    return fin != 0 && fin < annotation->frame;
}

static void add_outstanding(struct text *text, const struct annotation *annotation,
                            uint32_t expected)
{
    uint32_t open = seq_span(annotation->ack_expected, annotation->ack);
    bool fin = fin_is_outstanding(annotation);
    text_add(text, "; ");
    if (fin && open == 1) {
        text_add(text, "the %s's FIN is",
                 role_name(role_other(annotation_sender_role(annotation))));
    } else if (fin) {
        text_count(text, open - 1, "octet");
        text_add(text, " and the FIN are");
    } else {
        text_count(text, open, "octet");
        text_add(text, " %s", open == 1 ? "is" : "are");
    }
    text_add(text, " still outstanding (%lu would acknowledge all)", (unsigned long)expected);
}

static void add_uncaptured(struct text *text, const struct annotation *annotation,
                           uint32_t expected)
{
    uint32_t beyond = seq_span(annotation->ack, annotation->ack_expected);
    text_add(text, "; ");
    text_count(text, beyond, "octet");
    text_add(text, " beyond %lu %s never captured", (unsigned long)expected,
             beyond == 1 ? "was" : "were");
}

/* An ACK that was overtaken, or sent late: what it leaves open may be acknowledged long since. */
static void add_old(struct text *text, const struct annotation *annotation, uint32_t expected)
{
    text_add(text, ", older than one already sent; ");
    text_distance(text, annotation->ack, annotation->ack_expected, expected);
    text_add(text, ", which would acknowledge all");
}

static void add_ack_verdict(struct text *text, const struct annotation *annotation,
                            const struct sentence_context *context)
{
    enum side side = text_receiver(annotation);
    uint32_t expected = text_number(annotation, context, side, annotation->ack_expected);
    int32_t delta = seq_diff(annotation->ack, annotation->ack_expected);
    if (delta == 0) {
        text_add(text, ", as expected");
    } else if (annotation->ack_old && delta < 0) {
        add_old(text, annotation, expected);
    } else if (is_outside(annotation)) {
        text_add(text, "; ");
        text_distance(text, annotation->ack, annotation->ack_expected, expected);
        text_add(text, ", which would acknowledge all");
    } else if (delta < 0) {
        add_outstanding(text, annotation, expected);
    } else {
        add_uncaptured(text, annotation, expected);
    }
}

size_t sentence_acknowledgment(char *out, size_t size, const struct annotation *annotation,
                               const struct sentence_context *context)
{
    struct text text = text_begin(out, size);
    if (!text_has(annotation, FLAG_ACK)) {
        text_add(&text, "none, the ACK flag is not set");
        return text.length;
    }
    enum side side = text_receiver(annotation);
    text_add(&text, "%lu", (unsigned long)text_number(annotation, context, side, annotation->ack));
    if (!annotation->ack_expected_known) {
        text_add(&text, ", nothing of the other side was captured to compare it with");
        if (text_is_relative(annotation, context, side))
            text_add(&text, " (raw %lu)", (unsigned long)annotation->ack.n);
        return text.length;
    }
    if (annotation->ack_new_known && annotation->ack_new > 0)
        add_acknowledged(&text, annotation, context);
    else if (annotation->ack_new_known)
        text_add(&text, ", nothing new");
    else
        text_add(&text, ", first captured acknowledgment of this side");
    add_ack_verdict(&text, annotation, context);
    return text.length;
}

/* ---- window ---- */

/* What a segment takes of the window: a RST's payload takes nothing. */
static struct seq window_after(const struct annotation *annotation)
{
    return text_has(annotation, FLAG_RST) ? annotation->seq
                                          : seq_add(annotation->seq, annotation->len);
}

uint32_t sentence_window_space(const struct annotation *annotation)
{
    struct seq next = window_after(annotation);
    if (seq_ge(next, annotation->window_right))
        return 0;
    return seq_span(annotation->window_right, seq_max(next, annotation->window_left));
}

size_t sentence_window(char *out, size_t size, const struct annotation *annotation,
                       const struct sentence_context *context)
{
    struct text text = text_begin(out, size);
    if (!annotation->window_known)
        return 0;
    enum side side = text_sender(annotation);
    uint32_t left = text_number(annotation, context, side, annotation->window_left);
    uint32_t right = text_number(annotation, context, side, annotation->window_right);
    int32_t over = seq_diff(window_after(annotation), annotation->window_right);
    if (left == right)
        text_add(&text, "closed at %lu", (unsigned long)left);
    else
        text_add(&text, "%lu to %lu", (unsigned long)left, (unsigned long)right);
    if (over > 0) {
        text_add(&text, ", exceeded by ");
        text_count(&text, (uint32_t)over, "octet");
    } else if (over == 0) {
        text_add(&text, "%s", left == right ? "" : ", full");
    } else {
        text_add(&text, ", ");
        text_count(&text, sentence_window_space(annotation), "octet");
        text_add(&text, " free");
    }
    return text.length;
}

/* ---- RST ---- */

static const char *reset_meaning(enum rst_class rst_class)
{
    switch (rst_class) {
    case RST_SYNSENT_OK:
        return "it acknowledges the SYN, so the attempt to connect is refused";
    case RST_SYNSENT_BAD:
        return "it does not acknowledge the SYN, so the receiver must ignore it";
    case RST_STALE:
        return "its numbers belong to an earlier connection between these ends";
    case RST_EXACT:
        return "it has the number that the receiver expects";
    case RST_CLOSED_REPLY:
        return "the answer of an end that knows no such connection";
    case RST_IN_WINDOW:
        return "in the window, but not the expected number: answered by a challenge ACK";
    case RST_OUT_OF_WINDOW:
        return "outside the window, so the receiver drops it";
    case RST_UNKNOWN:
        return "the numbers to judge it by were not captured; taken as valid";
    case RST_NONE:
    case RST_CLASSES:
        break;
    }
    return "";
}

/* Classes that end the connection as soon as they are seen. */
static bool is_decisive_class(enum rst_class rst_class)
{
    return rst_class == RST_SYNSENT_OK || rst_class == RST_EXACT || rst_class == RST_UNKNOWN;
}

size_t sentence_reset(char *out, size_t size, const struct annotation *annotation)
{
    struct text text = text_begin(out, size);
    enum rst_class rst_class = (enum rst_class)annotation->rst_class;
    if (rst_class == RST_NONE)
        return 0;
    if (annotation->conn == NULL) {
        text_add(&text, "%s: no connection is known that it could end", rst_class_name(rst_class));
        return text.length;
    }
    text_add(&text, "%s: %s", rst_class_name(rst_class), reset_meaning(rst_class));
    if (annotation->phase == PHASE_CLOSED)
        text_add(&text, "; the connection was over already");
    else if (annotation->rst_decisive && !is_decisive_class(rst_class))
        text_add(&text, "; later frames show that the receiver obeyed");
    else if (annotation->rst_decisive && rst_class == RST_EXACT)
        text_add(&text, ", so it ends the connection");
    return text.length;
}
