/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unseen.h"

#include "model.h"

#define LISTENERS_MAX 8

/* The latest advance of an ACK number by exactly one, by a segment that carries nothing else. */
struct one_number {
    bool habit;       /* it was not the first: the peer sends single octets */
    bool is_last;     /* nothing was acknowledged since: */
    struct seq ack;   /* … the ACK number since then */
    uint8_t count;    /* segments with it: */
    uint32_t ids[LISTENERS_MAX];
};

void unseen_close(struct side_record *record, struct pool *pool)
{
    pool_give(pool, record->one_number, sizeof(*record->one_number));
    record->one_number = NULL;
}

/* RFC 9293 3.10.7.4: it was in CLOSE-WAIT since then, and the peer knew that its FIN was heard. */
static void amend_listeners(const struct work *work)
{
    const struct one_number *one = work->tail->one_number;
    enum tcp_state closed = transition_next(STATE_ESTABLISHED, EVENT_SENDS_FIN);

    for (unsigned i = 0; i < one->count; i++) {
        work_amend(work, one->ids[i], AMEND_SRC_STATE,
                   transition_next(STATE_ESTABLISHED, EVENT_RECEIVES_FIN));
        work_amend(work, one->ids[i], AMEND_DST_BEFORE, closed);
        closed = transition_next(STATE_FIN_WAIT_1, EVENT_RECEIVES_ACK_OF_FIN);
        work_amend(work, one->ids[i], AMEND_DST_STATE, closed);
    }
}

static void infer(struct work *work)
{
    struct endpoint *head = &work->head->end;

    head->fin_known = head->fin_inferred = true;
    head->fin_next = work->segment->ack;
    head->fin_ack_known = false;
}

static void note(struct work *work, bool by_one)
{
    struct one_number *one = work->tail->one_number;

    if (one == NULL && !by_one)
        return;
    if (one == NULL) {
        one = pool_take(&work->model->pool, sizeof(*one));
        work->tail->one_number = one;
    } else if (by_one) {
        one->habit = true;
    }
    if (by_one) {
        one->is_last = true;
        one->ack = work->segment->ack;
        one->count = 0;
    } else if (!seq_eq(one->ack, work->segment->ack)) {
        one->is_last = false;
    }
    if (one->is_last && one->count < LISTENERS_MAX)
        one->ids[one->count++] = work->segment->id;
}

void unseen_infer_fin(struct work *work)
{
    const struct segment *segment = work->segment;
    const struct endpoint *tail = &work->tail->end;
    const struct endpoint *head = &work->head->end;
    const struct one_number *one = work->tail->one_number;
    bool by_one;

    if (head->seen || head->fin_known || !head->una_known || !work->tail->last_known ||
        !segment_has(segment, FLAG_ACK) || segment_has_any(segment, FLAG_SYN | FLAG_RST))
        return;
    by_one = seq_eq(segment->ack, seq_add(head->snd.una, 1)) && !(one != NULL && one->habit);
    if (segment_has_any(segment, FLAG_FIN) || tail->sent_fin) {
        bool waited = one != NULL && one->is_last && !one->habit &&
                      seq_eq(one->ack, segment->ack) && tail->shown == STATE_ESTABLISHED;

        if (waited)
            amend_listeners(work);
        if (waited || by_one)
            infer(work);
        return;
    }
    note(work, by_one && segment_is_pure_ack(segment));
}

bool unseen_disprove_fin(struct work *work)
{
    struct endpoint *head = &work->head->end;

    if (head->seen || !head->fin_inferred || !segment_has(work->segment, FLAG_ACK) ||
        seq_le(work->segment->ack, head->fin_next))
        return false;
    head->fin_known = head->fin_inferred = false;
    return true;
}
