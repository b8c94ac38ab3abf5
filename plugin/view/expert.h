/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings as Wireshark's expert infos. The only place that maps our severities and groups.
 */
#ifndef TCPSTATE_EXPERT_H
#define TCPSTATE_EXPERT_H

#include "finding.h"

#include <epan/packet.h>

/** Registers every finding that is ours, once for each severity it can be lowered to. */
void expert_findings_register(int proto);

/**
 * Raises the expert info of a finding, unless it is listed only or below the lowest severity.
 *
 * @param item  what it belongs to; NULL where there is no tree: it counts all the same.
 */
void expert_finding_raise(packet_info *pinfo, proto_item *item, const struct finding *finding,
                          enum severity lowest);

#endif
