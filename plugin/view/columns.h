/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Info column: step or phase and both states in front of what stands there.
 */
#ifndef TCPSTATE_COLUMNS_H
#define TCPSTATE_COLUMNS_H

#include "annotation.h"

#include <epan/packet.h>

/** Puts a segment's words in front of the Info column, if this pass fills columns at all. Of
 *  several segments in a frame the innermost comes first: it is the one that Info speaks of. */
void columns_show(packet_info *pinfo, const struct annotation *annotation);

#endif
