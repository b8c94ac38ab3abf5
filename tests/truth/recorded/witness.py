# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes down what passes, and what was true: a capture and a line of truth for each frame of it."""

import json
import struct
import time

from kernels import ACK, FIN, RST, SYN, other

WITHOUT_FIN = {"FIN-WAIT-1": "ESTABLISHED", "FIN-WAIT-2": "ESTABLISHED", "CLOSING": "CLOSE-WAIT",
               "LAST-ACK": "CLOSE-WAIT", "TIME-WAIT": "CLOSE-WAIT"}
FIN_ACKED = {"FIN-WAIT-1": "FIN-WAIT-2", "CLOSING": "TIME-WAIT", "LAST-ACK": "CLOSED"}
WITH_FIN = {"ESTABLISHED": "CLOSE-WAIT", "FIN-WAIT-1": "CLOSING", "FIN-WAIT-2": "TIME-WAIT"}


def before(a, b):
    """a < b, modulo 2^32."""
    return 0 < (b - a) % 2**32 < 2**31


class Peer:
    """What is known of one end of one connection besides the kernel's state."""

    def __init__(self):
        self.state = None  # the kernel's, when last asked
        self.life = 0      # which incarnation
        self.gone = None   # the states that a live end could be in, if it vanished without a word
        self.gone_at = 0   # … and after how many packets
        self.rcv = None    # what it expects next
        self.above = []    # what arrived above a hole
        self.fins = {}     # the number after its FIN, by incarnation
        self.told = False  # its user has closed or shut it down
        self.was_open = False


class Entry:
    """One packet on its way, and what was true of both ends."""

    def __init__(self, end, packet):
        self.end, self.packet = end, packet
        self.tail = self.head = None # (state, notes, extra), see Witness.ask
        self.tap_at = self.left_at = self.came_at = None
        self.forged = self.overtaken = self.gap = False


class Witness:
    def __init__(self, wire):
        self.wire = wire
        self.peers = {}
        self.entries = []
        wire.sent, wire.passed, wire.arrived = self.sent, self.passed, self.arrived

    def peer(self, end, packet, receiver):
        port = packet.dport if receiver else packet.sport
        client = (port if end == "c" else (packet.sport if receiver else packet.dport))
        return self.peers.setdefault((end, client), Peer())

    def ask(self, end, packet, receiver, cause):
        """The end's state now, and what makes it special."""
        ports = (packet.dport, packet.sport) if receiver else (packet.sport, packet.dport)
        peer = self.peer(end, packet, receiver)
        state = self.wire.ends[end].state(*ports)
        live = state not in (None, "LISTEN", "CLOSED")
        if not live and peer.state and not self.ended(peer, cause):
            peer.gone = {peer.state, WITHOUT_FIN.get(peer.state)} - {None}
            if cause is not None and cause.flags & ACK and cause.ack == peer.fins.get(peer.life):
                peer.gone |= {FIN_ACKED[x] for x in peer.gone if x in FIN_ACKED}
            peer.gone_at = len(self.entries)
        if live and not peer.state:
            peer.gone = None
        listens = state == "LISTEN"
        if not live:
            back = peer.state == "SYN-RECEIVED" and listens and cause is not None and cause.flags & RST
            state = "LISTEN" if listens and (back or not peer.was_open) else "CLOSED"
        peer.state = state if live else None
        peer.was_open = peer.was_open or live
        if not live and cause is not None and cause.flags & FIN and peer.gone:
            peer.gone |= {WITH_FIN[x] for x in peer.gone if x in WITH_FIN}
        return {"state": state, "listens": listens, "life": peer.life, "told": peer.told and live,
                "gone": sorted(peer.gone) if peer.gone and not live else [], "since": peer.gone_at}

    @staticmethod
    def ended(peer, cause):
        """Did the connection end in a way that the wire shows?"""
        if cause is not None and cause.flags & RST:
            return True
        return peer.state == "TIME-WAIT" or (peer.state == "LAST-ACK" and cause is not None)

    def sent(self, end, packet):
        entry = Entry(end, packet)
        peer = self.peer(end, packet, False)
        if packet.flags & SYN and peer.fins.get("iss") != packet.seq:
            peer.life += 1
            peer.told = False
            peer.fins["iss"] = packet.seq
        entry.tail = self.ask(end, packet, False, None)
        if packet.flags & FIN:
            peer.fins[peer.life] = (packet.seq + packet.length) % 2**32
        # close() in CLOSE-WAIT with data still queued: LAST-ACK for Linux, CLOSE-WAIT for RFC 9293.
        entry.tail["fin_sent"] = peer.life in peer.fins
        entry.left_at = time.time_ns()
        self.entries.append(entry)
        return entry

    def forged(self, end, packet):
        entry = Entry(end, packet)
        entry.forged = True
        self.entries.append(entry)
        return entry

    def passed(self, entry):
        entry.tap_at = time.time_ns()

    def arrived(self, entry):
        if entry.came_at is not None:
            return
        packet, end = entry.packet, other(entry.end)
        entry.came_at = time.time_ns()
        ports = packet.sport, packet.dport
        entry.overtaken = any(x.end == entry.end and x.came_at and x.tap_at > entry.tap_at
                              and (x.packet.sport, x.packet.dport) == ports
                              for x in self.entries if x is not entry)
        peer = self.peer(end, packet, True)
        entry.gap = self.take(peer, packet)
        entry.head = self.ask(end, packet, True, packet)
        entry.head["fin_sent"] = peer.life in peer.fins

    @staticmethod
    def take(peer, packet):
        """Follows what the receiver has; true when the packet lies above a hole."""
        end = (packet.seq + packet.length) % 2**32
        if packet.flags & SYN:
            peer.rcv, peer.above = end, []
        if peer.rcv is None or not packet.length:
            return False
        gap = before(peer.rcv, packet.seq)
        peer.above.append((packet.seq, end))
        for start, stop in sorted(peer.above, key=lambda x: (x[0] - peer.rcv + 2**31) % 2**32):
            if not before(peer.rcv, start) and before(peer.rcv, stop):
                peer.rcv = stop
        return gap

    def view(self, vantage):
        """The entries that a vantage sees, in its order, with their times."""
        seen = []
        for entry in self.entries:
            middle = entry.tap_at
            near, far = entry.left_at or middle, entry.came_at
            at = middle if vantage == "middle" else near if entry.end == vantage else far
            if at is not None:
                seen.append((at, entry))
        return sorted(seen, key=lambda x: x[0])


class Teller:
    """Turns a view into lines of truth; keeps what the capture has shown so far."""

    def __init__(self, witness):
        self.witness = witness
        self.fins = set()   # (end, client port, life): its FIN, or an ACK of it, was captured
        self.resets = {}    # (end, client port): the latest number in entries of a captured RST

    def show(self, entry):
        packet, port = entry.packet, self.port(entry)
        if entry.forged:
            return
        if packet.flags & FIN:
            self.fins.add((entry.end, port, entry.tail["life"]))
        if packet.flags & RST:
            self.resets[entry.end, port] = self.witness.entries.index(entry)
        peer = self.witness.peers.get((other(entry.end), port))
        for life, number in (peer.fins.items() if peer and packet.flags & ACK else ()):
            if life != "iss" and number == packet.ack:
                self.fins.add((other(entry.end), port, life))

    @staticmethod
    def port(entry):
        return entry.packet.sport if entry.end == "c" else entry.packet.dport

    def answer(self, entry, end, asked):
        """(state, alternatives, notes)"""
        state, others, notes = asked["state"], set(), []
        port = self.port(entry)
        if state == "LAST-ACK" and not asked["fin_sent"]:
            state, notes = "CLOSE-WAIT", ["fin-pending"]
            others.add("LAST-ACK")
        elif asked["told"] and (end, port, asked["life"]) not in self.fins and state in WITHOUT_FIN:
            others.add(WITHOUT_FIN[state])
            notes.append("own-fin-unseen")
        reset_at = self.resets.get((end, port), -1)
        if asked["gone"] and reset_at < asked["since"]:
            notes.append("rst-unseen")
            others.update(asked["gone"])
        if entry.end != end and entry.packet.flags & (SYN | ACK) == SYN and state == "CLOSED" and reset_at < 0:
            notes.append("rst-unseen")
            others.add("SYN-RECEIVED")
        if entry.end == end and entry.packet.flags & RST and state != "SYN-SENT":
            others.add(state)
            state = "CLOSED"
        if state == "CLOSED" and asked["listens"]:
            others.add("LISTEN")
        if state == "LISTEN":
            others.add("CLOSED")
        return state, sorted(others - {state}), notes

    def line(self, number, entry):
        self.show(entry)
        packet = entry.packet
        line = {"f": number, "t": None, "h": None, "d": f"{entry.end}>{other(entry.end)}",
                "p": f"{packet.sport if entry.end == 'c' else packet.dport}:"
                     f"{packet.dport if entry.end == 'c' else packet.sport}", "g": packet.letters()}
        notes = []
        if entry.tail:
            line["t"], others, notes = self.answer(entry, entry.end, entry.tail)
            if others:
                line["ta"] = others
        if entry.head:
            line["h"], others, more = self.answer(entry, other(entry.end), entry.head)
            notes = notes + [x for x in more if x not in notes]
            if others:
                line["ha"] = others
        for name, true in (("not-delivered", not entry.head), ("forged", entry.forged),
                           ("overtaken", entry.overtaken), ("gap", entry.gap)):
            if true:
                notes.append(name)
        if notes:
            line["n"] = notes
        return line


def write(witness, path, seen):
    """`seen`: pairs of time and entry, as Witness.view gives them."""
    teller = Teller(witness)
    with open(f"{path}.pcap", "wb") as pcap, open(f"{path}.truth.jsonl", "w") as truth:
        pcap.write(struct.pack("<IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 228))
        for number, (at, entry) in enumerate(seen, 1):
            octets = entry.packet.octets
            pcap.write(struct.pack("<IIII", at // 10**9, at % 10**9, len(octets), len(octets)) + octets)
            truth.write(json.dumps(teller.line(number, entry), separators=(",", ":")) + "\n")
