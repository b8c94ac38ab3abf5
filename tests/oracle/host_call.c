/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

void host_open(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    /* RFC 9293 3.6.1 MAY-2 and RFC 6191: TIME-WAIT may be left early. */
    if (host->down || (tcb->open && tcb->state != STATE_TIME_WAIT))
        return;
    host->reopening = tcb->open;
    if (tcb->open)
        host_forget(host);
    tcb = host_new_tcb(host, false);
    host->reopening = false;
    tcb->state = STATE_SYN_SENT;
    output_syn(host);
    data_time_syn(host);
}

void host_write(struct host *host, uint32_t octets)
{
    struct tcb *tcb = &host->tcb;

    if (!tcb->open || tcb->fin_wanted || tcb->state == STATE_TIME_WAIT)
        return;
    tcb->queued += octets;
    tcb->written += octets;
    output_more(host);
}

/* RFC 9293 3.10.4, without "no more is read". */
void host_shutdown(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    if (!tcb->open || tcb->fin_wanted)
        return;
    if (tcb->state == STATE_SYN_SENT) {
        host_vanish(host, false);
        return;
    }
    if (tcb->state == STATE_TIME_WAIT)
        return;
    tcb->fin_wanted = true;
    /* In ESTABLISHED the state moves at once, in CLOSE-WAIT when the FIN leaves, in SYN-RECEIVED
     * when it leaves or once established. */
    if (tcb->state == STATE_ESTABLISHED)
        tcb->state = STATE_FIN_WAIT_1;
    output_more(host);
}

void host_close(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    if (!tcb->open)
        return;
    /* RFC 9293 3.6.1 SHLD-3: data that nobody will read is answered by a RST. */
    if (tcb->unread > 0 && is_synchronized(tcb->state) && tcb->state != STATE_TIME_WAIT) {
        host_abort(host);
        return;
    }
    tcb->deaf = true;
    if (tcb->state == STATE_FIN_WAIT_2 && host->habits.orphan != NEVER)
        tcb->orphan_at = host->now + host->habits.orphan;
    host_shutdown(host);
}

void host_abort(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    if (!tcb->open || tcb->state == STATE_TIME_WAIT)
        return;
    /* RFC 9293 3.10.5: from these states a RST is sent; from the others the block just goes. */
    if (tcb->state == STATE_SYN_RECEIVED || tcb->state == STATE_ESTABLISHED ||
        tcb->state == STATE_FIN_WAIT_1 || tcb->state == STATE_FIN_WAIT_2 ||
        tcb->state == STATE_CLOSE_WAIT) {
        host_vanish(host, false);
        output_reset(host);
        return;
    }
    host_vanish(host, false);
}

void host_crash(struct host *host, int64_t up_after)
{
    if (host->tcb.open)
        host_vanish(host, false);
    host->down = true;
    host->up_at = host->now + up_after;
}

void host_read(struct host *host, bool reading)
{
    struct tcb *tcb = &host->tcb;

    host->reading = reading;
    if (!reading || !tcb->open)
        return;
    if (tcb->unread == 0)
        return;
    tcb->unread = 0;
    /* RFC 9293 3.8.6.2.2: the window is opened by a good piece at once. */
    if (is_synchronized(tcb->state) && tcb->state != STATE_TIME_WAIT &&
        seq_span(tcb->rcv_edge, tcb->rcv_nxt) + tcb->mss <= host->habits.buffer)
        output_ack(host);
}
