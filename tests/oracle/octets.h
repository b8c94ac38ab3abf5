/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A segment as octets: for the checksum, and for captures that other tools can open. Addresses are
 * 10.0.0.1 (client) and 10.0.0.2 (server); the payload follows from the sequence numbers, so that a
 * retransmission repeats it.
 */
#ifndef TCPSTATE_ORACLE_OCTETS_H
#define TCPSTATE_ORACLE_OCTETS_H

#include "segment.h"

#include <stdio.h>

/** Sets header_len, checksum and whatever else follows from the other members. */
void octets_finish(struct segment *segment, unsigned from);

/** Writes a pcap file header (nanoseconds, raw IPv4). */
void octets_pcap_begin(FILE *file);

/** Writes one frame. */
void octets_pcap_frame(FILE *file, const struct segment *segment, unsigned from);

#endif
