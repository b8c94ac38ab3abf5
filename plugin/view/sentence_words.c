/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The public contract's words, sections 2 and 3: they are typed into filters and never change. */
#include "sentence.h"

const char *phase_name(enum phase phase)
{
    switch (phase) {
    case PHASE_STRAY:
        return "stray";
    case PHASE_REFUSED:
        return "refused";
    case PHASE_RESET:
        return "reset";
    case PHASE_HANDSHAKE:
        return "handshake";
    case PHASE_HALF_CLOSED:
        return "half-closed";
    case PHASE_TEARDOWN:
        return "teardown";
    case PHASE_TIME_WAIT:
        return "time-wait";
    case PHASE_CLOSED:
        return "closed";
    case PHASE_ESTABLISHED:
        return "established";
    case PHASES:
        break;
    }
    return "";
}

const char *evidence_name(enum evidence evidence)
{
    switch (evidence) {
    case EVIDENCE_FULL:
        return "full";
    case EVIDENCE_LOSSY:
        return "lossy";
    case EVIDENCE_MIDSTREAM:
        return "midstream";
    case EVIDENCE_ONE_WAY:
        return "one-way";
    case EVIDENCES:
        break;
    }
    return "";
}

const char *teardown_kind_name(enum teardown_kind kind)
{
    switch (kind) {
    case TEARDOWN_FOUR_WAY:
        return "four-way";
    case TEARDOWN_THREE_SEGMENT:
        return "three-segment";
    case TEARDOWN_SIMULTANEOUS:
        return "simultaneous";
    case TEARDOWN_RESET:
        return "reset";
    case TEARDOWN_NONE:
    case TEARDOWN_KINDS:
        break;
    }
    return "";
}

const char *rst_class_name(enum rst_class rst_class)
{
    switch (rst_class) {
    case RST_SYNSENT_OK:
        return "synsent_ok";
    case RST_SYNSENT_BAD:
        return "synsent_bad";
    case RST_STALE:
        return "stale";
    case RST_EXACT:
        return "exact";
    case RST_CLOSED_REPLY:
        return "closed_reply";
    case RST_IN_WINDOW:
        return "in_window";
    case RST_OUT_OF_WINDOW:
        return "out_of_window";
    case RST_UNKNOWN:
        return "unknown";
    case RST_NONE:
    case RST_CLASSES:
        break;
    }
    return "";
}

const char *role_name(enum role role)
{
    return role == ROLE_CLIENT ? "client" : "server";
}

const char *direction_name(enum role sender)
{
    return sender == ROLE_CLIENT ? "client to server" : "server to client";
}

const char *handshake_step_name(unsigned step)
{
    static const char *const names[] = {"", "SYN", "SYN-ACK", "ACK"};
    return step < sizeof names / sizeof names[0] ? names[step] : "";
}

const char *teardown_step_name(unsigned step)
{
    static const char *const names[] = {"", "FIN", "ACK of FIN", "second FIN", "ACK of second FIN"};
    return step < sizeof names / sizeof names[0] ? names[step] : "";
}

const char *covers_name(unsigned bit)
{
    switch (bit) {
    case COVERS_SYN:
        return "SYN";
    case COVERS_DATA:
        return "data";
    case COVERS_FIN:
        return "FIN";
    default: /* a number, not one of our enumerations */
        return "";
    }
}
