/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the informed observer believes of one end.
 */
#ifndef TCPSTATE_ORACLE_PARTY_H
#define TCPSTATE_ORACLE_PARTY_H

#include "spans.h"
#include "tcp_state.h"

struct party {
    enum tcp_state state;
    bool alive; /* a life is known, though it may have ended */
    bool passive, iss_known, rcv_known;
    struct seq iss, nxt, rcv_nxt;
    bool had_other; /* numbers of the life before: */
    struct seq other_iss, other_nxt;
    struct spans above;
    bool fin_sent, fin_known; /* fin: the number after its FIN */
    struct seq fin;
    bool peer_fin_done;
    int64_t wait_until;
};

/** May the number belong to a life that has used iss to nxt? */
bool near_by(struct seq iss, struct seq nxt, struct seq number);

/** Is the number none of this life's, nor of the one before? */
bool party_foreign(const struct party *party, struct seq number);

void party_set_rcv(struct party *party, struct seq rcv_nxt);
void party_fin_sent(struct party *party);

/** `until`: when a TIME-WAIT that begins now is over. */
void party_wait(struct party *party, int64_t until);
void party_fin_received(struct party *party, int64_t until);
void party_fin_acked(struct party *party, int64_t until);

/** Ends a TIME-WAIT that is over. @return whether the end has no connection. */
bool party_expired(struct party *party, int64_t at);

#endif
