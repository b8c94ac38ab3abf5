/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The straight line: what was captured is judged once, on the first pass, and shown on any.
 */
#ifndef TCPSTATE_POST_DISSECTOR_H
#define TCPSTATE_POST_DISSECTOR_H

/** @param proto  our protocol. */
void post_dissector_register(int proto);

#endif
