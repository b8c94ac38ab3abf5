/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "items.h"

const struct octets OCTETS_NONE = {0, 0};
const struct octets OCTETS_SEQ = {4, 4};
const struct octets OCTETS_ACK = {8, 4};
const struct octets OCTETS_FLAGS = {12, 2};

/* Without the layer's own buffer an item stands at the frame's start and highlights nothing. */
static tvbuff_t *buffer_of(const struct page *page, struct octets *octets)
{
    if (page->layer != NULL)
        return page->layer;
    *octets = OCTETS_NONE;
    return page->frame;
}

proto_item *items_uint(const struct page *page, proto_tree *tree, enum field_id id, uint32_t value,
                       struct octets octets)
{
    tvbuff_t *tvb = buffer_of(page, &octets);
    proto_item *item =
        proto_tree_add_uint(tree, field_handle(id), tvb, octets.at, octets.length, value);

    proto_item_set_generated(item);
    return item;
}

proto_item *items_int(const struct page *page, proto_tree *tree, enum field_id id, int32_t value)
{
    proto_item *item = proto_tree_add_int(tree, field_handle(id), page->frame, 0, 0, value);

    proto_item_set_generated(item);
    return item;
}

proto_item *items_string(const struct page *page, proto_tree *tree, enum field_id id,
                         const char *value)
{
    proto_item *item = proto_tree_add_string(tree, field_handle(id), page->frame, 0, 0, value);

    proto_item_set_generated(item);
    return item;
}

proto_item *items_duration(const struct page *page, proto_tree *tree, enum field_id id,
                           int64_t duration_ns)
{
    nstime_t duration = {
        .secs = (time_t)(duration_ns / SECOND_NS),
        .nsecs = (int)(duration_ns % SECOND_NS),
    };
    proto_item *item = proto_tree_add_time(tree, field_handle(id), page->frame, 0, 0, &duration);

    proto_item_set_generated(item);
    return item;
}

void items_frame(const struct page *page, proto_tree *tree, enum field_id id, uint32_t frame)
{
    if (frame != 0 && frame != page->annotation->frame)
        (void)items_uint(page, tree, id, frame, OCTETS_NONE);
}

void items_header(const struct page *page, proto_tree *tree, enum field_id id, uint32_t value,
                  struct octets octets)
{
    tvbuff_t *tvb = buffer_of(page, &octets);

    (void)proto_tree_add_uint(tree, field_handle(id), tvb, octets.at, octets.length, value);
}

void items_label(const struct page *page, proto_item *item, const char *title, const char *text)
{
    if (page->visible)
        proto_item_set_text(item, "%s: %s", title, text);
}

void items_text(const struct page *page, proto_tree *tree, const char *title, const char *text)
{
    int unused_branch = branch_handle(BRANCH_PROTOCOL);

    if (!page->visible || text[0] == '\0')
        return;
    proto_item *item = NULL;
    (void)proto_tree_add_subtree_format(tree, page->frame, 0, 0, unused_branch, &item, "%s%s%s",
                                        title, title[0] != '\0' ? ": " : "", text);
    proto_item_set_generated(item);
}

bool items_are_read(proto_tree *tree, enum field_id id)
{
    return tree != NULL && proto_field_is_referenced(tree, field_handle(id));
}
