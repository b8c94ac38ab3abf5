/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registered fields: the handles that fields.def stands for.
 */
#ifndef TCPSTATE_FIELDS_H
#define TCPSTATE_FIELDS_H

enum field_id {
#define FIELD(id, name, title, type, display, strings, description) FIELD_##id,
#include "fields.def"
#undef FIELD
    FIELDS
};

/* One per branch of the tree that can be opened. */
enum branch {
    BRANCH_PROTOCOL,
    BRANCH_CONNECTION,
    BRANCH_SENDER,
    BRANCH_RECEIVER,
    BRANCH_SEQUENCE,
    BRANCH_ACKNOWLEDGMENT,
    BRANCH_WINDOW,
    BRANCH_FINDING,
    BRANCHES
};

/** @param proto  our protocol. */
void fields_register(int proto);

/** Our protocol's own handle, as given to fields_register. */
int fields_protocol(void);

/** Wireshark's number of a field. */
int field_handle(enum field_id id);

/** Wireshark's number of a branch. */
int branch_handle(enum branch branch);

#endif
