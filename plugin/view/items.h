/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tree items of one segment: which octets they highlight, that they are generated, and that no text
 * is written which nobody sees.
 */
#ifndef TCPSTATE_ITEMS_H
#define TCPSTATE_ITEMS_H

#include "fields.h"
#include "sentence.h"

#include <epan/packet.h>

/* Octets of the TCP header that an item stands for. */
struct octets {
    int at;
    int length;
};

extern const struct octets OCTETS_NONE;
extern const struct octets OCTETS_SEQ;
extern const struct octets OCTETS_ACK;
extern const struct octets OCTETS_FLAGS;

/* One segment on its way into the tree. */
struct page {
    const struct annotation *annotation;
    packet_info *pinfo;
    tvbuff_t *frame;
    tvbuff_t *layer; /* begins with the TCP header; NULL when it is not at hand */
    bool visible;    /* somebody may read the labels */
    struct sentence_context words;
};

/** Each adds one item below `tree`. Labels come from the field unless items_label sets one. */
proto_item *items_uint(const struct page *page, proto_tree *tree, enum field_id id, uint32_t value,
                       struct octets octets);
proto_item *items_int(const struct page *page, proto_tree *tree, enum field_id id, int32_t value);
proto_item *items_string(const struct page *page, proto_tree *tree, enum field_id id,
                         const char *value);
proto_item *items_duration(const struct page *page, proto_tree *tree, enum field_id id,
                           int64_t duration_ns);

/** A link to another frame: nothing for 0 and for this frame itself. */
void items_frame(const struct page *page, proto_tree *tree, enum field_id id, uint32_t frame);

/** A number as it stands in the header: not generated. */
void items_header(const struct page *page, proto_tree *tree, enum field_id id, uint32_t value,
                  struct octets octets);

/** `title: text` instead of the field's own label. */
void items_label(const struct page *page, proto_item *item, const char *title, const char *text);

/** A line without a field, only where somebody can read it; nothing for an empty text. */
void items_text(const struct page *page, proto_tree *tree, const char *title, const char *text);

/** Does a pass of this kind read the field's value? */
bool items_are_read(proto_tree *tree, enum field_id id);

#endif
