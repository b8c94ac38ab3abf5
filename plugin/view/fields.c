/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fields.h"

#include "step.h"

#include <epan/packet.h>

static int protocol = -1;
static int handles[FIELDS];
static int branches[BRANCHES];

/* The numbers and words of the public contract. */
static const value_string handshake_steps[] = {{1, "SYN"}, {2, "SYN-ACK"}, {3, "ACK"}, {0, NULL}};
static const value_string teardown_steps[] = {
    {1, "FIN"}, {2, "ACK of FIN"}, {3, "second FIN"}, {4, "ACK of second FIN"}, {0, NULL}};

static hf_register_info fields[] = {
#define FIELD(id, name, title, type, display, strings, description)                                \
    {&handles[FIELD_##id], {title, name, type, display, strings, 0, description, HFILL}},
#include "fields.def"
#undef FIELD
};

void fields_register(int proto)
{
    static int *trees[BRANCHES];

    protocol = proto;
    for (unsigned i = 0; i < FIELDS; i++)
        handles[i] = -1;
    proto_register_field_array(proto, fields, array_length(fields));
    for (unsigned i = 0; i < BRANCHES; i++) {
        branches[i] = -1;
        trees[i] = &branches[i];
    }
    proto_register_subtree_array(trees, BRANCHES);
}

int fields_protocol(void)
{
    return protocol;
}

int field_handle(enum field_id id)
{
    return handles[id];
}

int branch_handle(enum branch branch)
{
    return branches[branch];
}
