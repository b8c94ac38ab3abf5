/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics > TCP Connection State > Summary, and `tshark -z tcpstate,tree`: how many segments
 * there are of each phase, outcome and teardown kind, and how many findings of each family.
 */
#ifndef TCPSTATE_SUMMARY_H
#define TCPSTATE_SUMMARY_H

/** @param tap  name of the tap that is fed with annotations. */
void summary_register(const char *tap);

#endif
