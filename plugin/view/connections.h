/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics > TCP Connection State: Connections, and `tshark -z tcpstate,conn`: one row for each
 * incarnation with at least one segment that passes the filter, with the numbers of the whole
 * incarnation. A row costs about 700 octets, most of it Wireshark's own cells.
 */
#ifndef TCPSTATE_CONNECTIONS_H
#define TCPSTATE_CONNECTIONS_H

#include "annotation.h"

/** @param tap  name of the tap that is fed with annotations. */
void connections_register(const char *tap);

/** The connection of that segment may have changed: where it has a row, the row is written anew.
 *  Whatever the filter, so that a row does not stop at the last segment that passes. */
void connections_refresh(const struct annotation *annotation, bool first_pass);

#endif
