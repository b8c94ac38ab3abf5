/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where both ends have been, and how it ended. RFC 9293 3.3.2 and 3.6. */
#include "outcome.h"
#include "sentence.h"
#include "sentence_text.h"

#include <stdio.h>

size_t sentence_past(char *out, size_t size, const struct past *past)
{
    struct text text = text_begin(out, size);

    for (unsigned i = 0; i < past->count; i++) {
        bool gap = past->cut && i + 1 == past->count;
        text_add(&text, "%s%s%s", i == 0 ? "" : " > ", gap ? "... > " : "",
                 tcp_state_name(past->at[i]));
    }
    return text.length;
}

/* "2.1 s": to the microsecond, without zeros that say nothing. */
static void add_seconds(struct text *text, int64_t us)
{
    char fraction[8];
    size_t length = (size_t)snprintf(fraction, sizeof fraction, ".%06u", (unsigned)(us % 1000000));

    while (length > 0 && (fraction[length - 1] == '0' || fraction[length - 1] == '.'))
        fraction[--length] = '\0';
    text_add(text, "%lu%s s", (unsigned long)(us / 1000000), fraction);
}

static const char *side_word(const struct connection *conn, enum side side)
{
    return role_name(connection_role(conn, side));
}

static void add_closed(struct text *text, const struct connection *conn, enum side first)
{
    if (conn->simultaneous)
        text_add(text, "closed by both at once, their FINs crossed");
    else
        text_add(text, "closed by the %s first", side_word(conn, first));
    text_add(text, "; the %s's FIN came ", side_word(conn, side_other(first)));
    if (conn->fins_apart_us == FINS_APART_UNKNOWN)
        text_add(text, "much later");
    else
        add_seconds(text, conn->fins_apart_us);
    if (conn->fins_apart_us != FINS_APART_UNKNOWN)
        text_add(text, " later");
    if (conn->closed_frame == 0)
        text_add(text, "; no acknowledgment of the last FIN is in the capture");
}

/* Who waits, and until when by the capture's own clock. */
static void add_time_wait(struct text *text, const struct annotation *annotation, int64_t now_ns)
{
    for (unsigned i = 0; annotation->annex != NULL && i < 2; i++) {
        int64_t left_ns = annotation->annex->time_wait_ns[i];
        enum role sender = annotation_sender_role(annotation);

        if (left_ns < 0)
            continue;
        text_add(text, "; the %s holds TIME-WAIT ",
                 role_name(i == 0 ? sender : role_other(sender)));
        text_add(text, now_ns >= 0 ? "until " : "for ");
        add_seconds(text, (left_ns + (now_ns >= 0 ? now_ns : 0)) / 1000);
    }
}

size_t sentence_ending(char *out, size_t size, const struct annotation *annotation, int64_t now_ns)
{
    struct text text = text_begin(out, size);
    const struct connection *conn = annotation->conn;
    enum side by;

    switch (outcome_of(conn, &by)) {
    case CONN_MIDSTREAM:
        text_add(&text, "neither its opening nor its end is in the capture");
        break;
    case CONN_REFUSED:
        text_add(&text, "refused by the server, which answered with a RST");
        break;
    case CONN_RESET:
        text_add(&text, "reset by the %s: what was still on its way is lost", side_word(conn, by));
        break;
    case CONN_UNANSWERED:
        text_add(&text, "unanswered: ");
        text_count(&text, conn->segments[conn->client], "segment");
        text_add(&text, " of the client, none of a server");
        break;
    case CONN_INCOMPLETE:
        text_add(&text, "the handshake was not completed: client %s, server %s",
                 tcp_state_name(annotation_role_state(annotation, ROLE_CLIENT)),
                 tcp_state_name(annotation_role_state(annotation, ROLE_SERVER)));
        break;
    case CONN_CLOSED:
        add_closed(&text, conn, by);
        break;
    case CONN_HALF_CLOSED:
        text_add(&text, "half-closed by the %s; no FIN of the %s is in the capture",
                 side_word(conn, by), side_word(conn, side_other(by)));
        break;
    case CONN_OPEN:
        text_add(&text, "still open where the capture ends");
        break;
    }
    add_time_wait(&text, annotation, now_ns);
    return text.length;
}
