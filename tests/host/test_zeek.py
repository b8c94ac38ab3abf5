# SPDX-License-Identifier: GPL-2.0-or-later
"""conn_state and history on every capture at hand, worked out a second time from nothing but the
flags, lengths and numbers that TShark itself shows.

Of a connection only its segments and who its client is are taken from the plugin. The rules are
Zeek's as its documentation of conn.log has them: its states of an endpoint, and who did what."""

import collections
import os
import unittest

import shark
from wire import ACK, FIN, RST, SYN

UNHEARD = {"INACTIVE", "PARTIAL"}
Segment = collections.namedtuple("Segment", "side flags payload seq")


def letter(segment):
    syn, fin, rst = (segment.flags & flag for flag in (SYN, FIN, RST))
    if syn and (fin or rst):
        return "Q"
    if fin and rst:
        return "I"
    if syn:
        return "H" if segment.flags & ACK else "S"
    if fin or rst:
        return "F" if fin else "R"
    return "D" if segment.payload else "A" if segment.flags & ACK else ""


class Endpoint:
    def __init__(self, is_client):
        self.is_client = is_client
        self.state = "INACTIVE"
        self.done = {}  # by letter, the number with it
        self.octets = 0

    def first(self, mark):
        if mark == "S":
            return "SYN_SENT"
        if mark == "H":
            return "SYN_ACK_SENT" if self.is_client else "ESTABLISHED"
        return "PARTIAL"

    def sends(self, mark, segment, peer):
        if self.state == "INACTIVE":
            self.state = self.first(mark)
        if mark in "SHQ":
            opener, other = (self, peer) if self.is_client else (peer, self)
            if opener.state == "SYN_SENT" and (other.done.keys() & {"S", "H"} or other is self):
                opener.state = "ESTABLISHED"
            if other is self and self.state == "SYN_SENT":
                self.state = "ESTABLISHED"
        elif mark == "F":
            self.state = "CLOSED" if self.state != "RESET" else "RESET"
            if peer.state == "RESET" and "F" in peer.done:
                peer.state = "CLOSED"
        elif mark in "RI":
            both = "F" in self.done and "F" in peer.done
            self.state = "CLOSED" if both else "RESET"
        elif "H" in peer.done and self.is_client and self.state == "PARTIAL":
            self.state = "ESTABLISHED"
        self.octets += segment.payload

    def remembers(self, mark, segment):
        """Is it told in the history? Some kinds again, when their number is another one."""
        number = segment.seq + (segment.payload if mark == "F" else 0)
        told = mark not in self.done or (mark in "SHFR" and self.done[mark] != number)
        self.done[mark] = number
        return told


def conn_state(client, server, history):
    states = client.state, server.state
    if server.state == "RESET":
        if client.state in ("SYN_SENT", "SYN_ACK_SENT") or \
                (client.state == "RESET" and client.octets == server.octets == 0):
            return "REJ"
        return "RSTRH" if client.state in UNHEARD else "RSTR"
    if client.state == "RESET":
        if server.state not in UNHEARD:
            return "RSTO"
        return "RSTOS0" if history.startswith("S") and \
            not set(history[:history.index("R")]) & set("HAFGIQ") else "OTH"
    if client.state == "CLOSED":
        return "SF" if server.state == "CLOSED" else "SH" if server.state in UNHEARD else "S2"
    if server.state == "CLOSED":
        return "SHR" if client.state in UNHEARD else "S3"
    if states == ("SYN_SENT", "INACTIVE"):
        return "S0"
    return "S1" if states == ("ESTABLISHED", "ESTABLISHED") else "OTH"


def judge(segments):
    ends = {side: Endpoint(side == "client") for side in ("client", "server")}
    history = ""
    for segment in segments:
        mark = letter(segment)
        if not mark:
            continue
        end = ends[segment.side]
        end.sends(mark, segment, ends["server" if end.is_client else "client"])
        if end.remembers(mark, segment):
            history += mark if end.is_client else mark.lower()
    return conn_state(ends["client"], ends["server"], history), history


class Zeek:
    def check(self, capture):
        fields = ["tcpstate.conn.id", "tcpstate.direction", "tcpstate.conn.state",
                  "tcpstate.conn.history", "tcp.flags", "tcp.len", "tcp.seq_raw"]
        connections, told = collections.defaultdict(list), {}
        for row in self.shark.table(capture, fields, "-2", "-Y", "tcpstate.conn.id"):
            if len({len(cells) for cells in row}) > 1:
                continue  # a header quoted in an error, or a stray, beside a segment
            for name, direction, state, history, flags, size, seq in zip(*row):
                connections[name].append(Segment(direction.split()[0], int(flags, 0), int(size),
                                                 int(seq)))
                # Letters that need more than one segment to tell: checked elsewhere.
                told[name] = state, "".join(c for c in history if c not in "TtWwCcGg^")
        for name, segments in connections.items():
            with self.subTest(capture=capture.name, connection=name):
                self.assertEqual(told[name], judge(segments))
        return len(connections)


class Own(Zeek, shark.HostTest):
    def test_all(self):
        self.assertGreater(sum(map(self.check, shark.own_captures())), 20)


@unittest.skipUnless(os.environ.get("TCPSTATE_CAPTURES"), "TCPSTATE_CAPTURES is not set")
class Further(Zeek, shark.HostTest):
    def test_all(self):
        self.assertGreater(sum(map(self.check, shark.further_captures())), 0)


if __name__ == "__main__":
    shark.main()
