/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "party.h"

/* Numbers further ahead than this are another life's: no simulated window is larger. */
#define NEAR 60000

bool near_by(struct seq iss, struct seq nxt, struct seq number)
{
    return seq_ge(number, iss) && seq_le(number, seq_add(nxt, NEAR));
}

bool party_foreign(const struct party *party, struct seq number)
{
    if (!party->alive)
        return true;
    if (!party->iss_known || near_by(party->iss, party->nxt, number))
        return false;
    return !party->had_other || !near_by(party->other_iss, party->other_nxt, number);
}

void party_set_rcv(struct party *party, struct seq rcv_nxt)
{
    party->rcv_known = true;
    party->rcv_nxt = rcv_nxt;
}

void party_fin_sent(struct party *party)
{
    if (party->fin_sent)
        return;
    party->fin_sent = true;
    party->nxt = seq_max(party->nxt, party->fin);
    if (party->state == STATE_CLOSE_WAIT)
        party->state = STATE_LAST_ACK;
    else if (party->state == STATE_ESTABLISHED || party->state == STATE_SYN_RECEIVED)
        party->state = STATE_FIN_WAIT_1;
}

void party_wait(struct party *party, int64_t until)
{
    party->state = STATE_TIME_WAIT;
    party->wait_until = until;
}

void party_fin_received(struct party *party, int64_t until)
{
    if (party->peer_fin_done)
        return;
    party->peer_fin_done = true;
    if (party->state == STATE_ESTABLISHED || party->state == STATE_SYN_RECEIVED)
        party->state = STATE_CLOSE_WAIT;
    else if (party->state == STATE_FIN_WAIT_1)
        party->state = STATE_CLOSING;
    else if (party->state == STATE_FIN_WAIT_2)
        party_wait(party, until);
}

void party_fin_acked(struct party *party, int64_t until)
{
    party_fin_sent(party);
    if (party->state == STATE_FIN_WAIT_1)
        party->state = STATE_FIN_WAIT_2;
    else if (party->state == STATE_CLOSING)
        party_wait(party, until);
    else if (party->state == STATE_LAST_ACK)
        party->state = STATE_CLOSED;
}

bool party_expired(struct party *party, int64_t at)
{
    if (party->state == STATE_TIME_WAIT && at >= party->wait_until)
        party->state = STATE_CLOSED;
    return party->state == STATE_UNKNOWN || party->state == STATE_CLOSED ||
           party->state == STATE_LISTEN;
}
