# SPDX-License-Identifier: GPL-2.0-or-later
"""Records connections of two Linux kernels in situations that captures seldom show (needs root).

    record.py OUT [SCENARIO …]     writes OUT/NAME[.vantage].pcap and .truth.jsonl

The files beside this program came from it; recording again gives other connections of the same kind.
"""

import pathlib
import random
import socket
import struct
import sys

from kernels import ACK, ADDRESS, FIN, RST, SYN, TCP_REPAIR, Wire, forge, other
from witness import Witness, write

SERVER_PORT = 5000


class Connection:
    """One tuple and the users of its two ends; each method is something that a user does."""

    def __init__(self, stage, port, listens=True):
        self.stage, self.port = stage, port
        self.sock = {"c": None, "s": None}
        self.on_end = {"c": None, "s": None} # what a user does at end of stream, and how much later
        self.reads = {"c": True, "s": True}
        self.listener = self.make("s", SERVER_PORT + port - 20000) if listens else None
        if listens:
            self.listener.listen(4)

    def make(self, end, port):
        self.stage.wire.ends[end].enter()
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.bind((ADDRESS[end], port))
        return sock

    def peer(self, end):
        return self.stage.witness.peers.get((end, self.port))

    def open(self):
        try:
            self.sock["c"] = self.make("c", self.port)
            self.sock["c"].connect((ADDRESS["s"], SERVER_PORT + self.port - 20000))
        except BlockingIOError:
            pass
        except OSError:
            self.sock["c"] = None

    def send(self, end, octets):
        if self.sock[end]:
            try:
                self.sock[end].send(b"x" * octets)
            except OSError:
                pass

    def tell(self, end):
        if self.peer(end):
            self.peer(end).told = True

    def shutdown(self, end):
        if self.sock[end]:
            self.tell(end)
            try:
                self.sock[end].shutdown(socket.SHUT_WR)
            except OSError:
                pass

    def close(self, end):
        if self.sock[end]:
            self.tell(end)
            self.sock[end].close()
            self.sock[end] = None

    def abort(self, end):
        if self.sock[end]:
            self.sock[end].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close(end)

    def crash(self, end):
        """The end forgets the connection without a word, as a machine that loses power."""
        if self.sock[end]:
            try:
                self.sock[end].setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
            except OSError:
                return
            self.sock[end].close()
            self.sock[end] = None

    def tend(self):
        """Accepts, reads, and reacts to end of stream."""
        if self.listener and not self.sock["s"]:
            try:
                self.sock["s"], _ = self.listener.accept()
                self.sock["s"].setblocking(False)
            except OSError:
                pass
        for end, sock in self.sock.items():
            try:
                if not sock or not self.reads[end] or sock.recv(65536):
                    continue
            except OSError:
                continue
            reaction, self.on_end[end] = self.on_end[end], None
            if reaction:
                self.stage.wire.at(reaction[1], lambda end=end, do=reaction[0]: do(end))


class Stage:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.wire = Wire(self.rng)
        self.witness = Witness(self.wire)
        self.connections = []

    def connection(self, **more):
        connection = Connection(self, 20000 + len(self.connections), **more)
        self.connections.append(connection)
        return connection

    def tend(self):
        for connection in self.connections:
            connection.tend()
        self.wire.at(0.001, self.tend)

    def forge(self, connection, end, kind):
        """A RST, SYN or ACK in the name of `end`, with numbers that are right, near or far off."""
        receiver = connection.peer(other(end))
        if not receiver or receiver.rcv is None:
            return
        ports = (connection.port, SERVER_PORT + connection.port - 20000)
        known = connection.peer(end)
        ack = known.rcv if known and known.rcv is not None else 0
        seq = receiver.rcv + self.rng.choice([0, 0, 1, 500, 3000, 1 << 20, 1 << 31])
        packet = forge(end, *(ports if end == "c" else ports[::-1]), seq, ack if kind & ACK else 0, kind)
        entry = self.witness.forged(end, packet)
        self.wire.tap(end, packet, entry)

    def play(self, seconds):
        self.tend()
        self.wire.run(seconds)


def crash(stage):
    """One end loses power and comes back; the other goes on, or the client opens again."""
    for i in range(14):
        x, who, at = stage.connection(), "cs"[i % 2], stage.wire.at
        at(0.1 + i * 0.01, x.open)
        at(0.3, lambda x=x: x.send("c", 30))
        at(0.4, lambda x=x: x.send("s", 70))
        at(0.8, lambda x=x, who=who: x.crash(who))
        if i % 3:
            at(1.0 + stage.rng.random(), lambda x=x, who=who: x.send(other(who), 20))
        if who == "c" or i % 3 == 0:
            at(0.9 + i % 4 * 0.7, x.open)
            at(4.2, lambda x=x: x.send("c", 10))
        at(4.5 + stage.rng.random(), lambda x=x, who=who: x.close(other(who)))
        at(6, lambda x=x, who=who: x.close(who))
    stage.play(9)


def orphan(stage):
    """FIN-WAIT-2 that nobody owns: the peer is slow to close, or sends data into it."""
    for i in range(12):
        x, who, at = stage.connection(), "cs"[i % 2], stage.wire.at
        at(0.1 + i * 0.01, x.open)
        at(0.4, lambda x=x, who=who: x.send(who, 40))
        at(0.6, lambda x=x, who=who: x.close(who))
        late = (1.5, 4.5, 6.0)[i % 3]
        if i % 4 > 1:
            at(0.7 + i * 0.1, lambda x=x, who=who: x.send(other(who), 50))
        at(late, lambda x=x, who=who: x.close(other(who)))
    stage.play(9)


def unread(stage):
    """CLOSE with data unread, or data that comes after CLOSE: a RST; and linger 0."""
    for i in range(16):
        x, who, at = stage.connection(), "cs"[i % 2], stage.wire.at
        x.reads[who] = i % 4 > 1
        x.on_end[other(who)] = (x.close, 0.05)
        at(0.1 + i * 0.02, x.open)
        for n in range(1 + i % 3):
            at(0.6 + i * 0.01 + n * 0.004, lambda x=x, who=who: x.send(other(who), 60))
        do = x.abort if i % 8 == 7 else x.close
        at(0.61 + i * 0.01 + stage.rng.random() * 0.03, lambda do=do, who=who: do(who))
        at(1.2, lambda x=x, who=who: x.close(other(who)))
    stage.play(4)


def lossy(stage):
    """A fifth of all packets is lost, some of them before the capture point."""
    stage.wire.loss = {"near": 0.07, "far": 0.15}
    for i in range(18):
        x, who, at = stage.connection(), "cs"[i % 2], stage.wire.at
        x.on_end[other(who)] = ((x.close, x.shutdown)[i % 5 == 0], stage.rng.random() * 0.2)
        at(0.1 + i * 0.05, x.open)
        for n in range(4):
            at(1.0 + n * 0.4, lambda x=x, n=n: x.send("cs"[n % 2], 100 * (1 + n)))
        at(3.5 + stage.rng.random(), lambda x=x, who=who: x.close(who))
        if i % 3 == 0:
            at(3.7 + stage.rng.random(), lambda x=x, who=who: x.close(other(who)))
    stage.play(24)


def forged(stage):
    """Somebody else sends resets, SYNs and ACKs in the name of an end."""
    for i in range(20):
        x, who, at = stage.connection(), "cs"[i % 2], stage.wire.at
        x.on_end[other(who)] = (x.close, 0.03)
        at(0.1 + i * 0.01, x.open)
        for n in range(5):
            at(0.5 + n * 0.4, lambda x=x, n=n: x.send("cs"[n % 2], 30))
        kind = (RST, RST, RST | ACK, SYN, ACK)[i % 5]
        at(0.7 + stage.rng.random() * 1.2, lambda x=x, i=i, kind=kind: stage.forge(x, "cs"[i // 2 % 2], kind))
        at(2.7 + stage.rng.random() * 0.1, lambda x=x, who=who: x.close(who))
        if i % 4 == 0:
            at(3.0, lambda x=x, i=i: stage.forge(x, "cs"[i // 4 % 2], RST))
    stage.play(5)


def reuse(stage):
    """The same ports again at once: into TIME-WAIT, after a reset, after a refusal."""
    for i in range(14):
        x, who, at = stage.connection(listens=i % 5 != 4), "cs"[i % 2], stage.wire.at
        for n in range(3):
            start = 0.1 + i * 0.02 + n * 1.7
            at(start, x.open)
            at(start + 0.2, lambda x=x: x.send("c", 25))
            x_end = x.abort if i % 7 == 3 else x.close
            at(start + 0.5, lambda x_end=x_end, who=who: x_end(who))
            at(start + 0.5 + i % 3 * 0.05, lambda x=x, who=who: x.close(other(who)))
    stage.play(8)


def crossing(stage):
    """Both close, abort or half close at nearly the same time; the capture point is off the middle."""
    stage.wire.near, stage.wire.far = {"c": 0.002, "s": 0.03}, {"c": 0.03, "s": 0.002}
    stage.wire.jitter = 0.01
    for i in range(24):
        x, at = stage.connection(), stage.wire.at
        at(0.1 + i * 0.01, x.open)
        at(0.5, lambda x=x: x.send("c", 180))
        at(0.5 + i * 0.003, lambda x=x: x.send("s", 90))
        first = (x.close, x.shutdown, x.close, x.abort)[i % 4]
        at(0.7, lambda first=first: first("c"))
        at(0.66 + i * 0.004, lambda x=x: x.close("s"))
        at(2, lambda x=x: x.close("c"))
    stage.play(4)


def disorder(stage):
    """Packets overtake each other on both halves of the way."""
    stage.wire.overtakes, stage.wire.jitter = True, 0.012
    for i in range(20):
        x, who, at = stage.connection(), "cs"[i % 2], stage.wire.at
        x.on_end[other(who)] = (x.close, i % 4 * 0.004)
        at(0.1 + i * 0.01, x.open)
        for n in range(8):
            at(0.4 + n * 0.004, lambda x=x, n=n, i=i, who=who: x.send("cs"[n // 2 % 2] if i % 4 == 3 else who, 150))
        at(0.42 + stage.rng.random() * 0.03, lambda x=x, who=who: x.close(who))
    stage.play(4)


SCENARIOS = [crash, orphan, unread, lossy, forged, reuse, crossing, disorder]
MORE = {"crash": ["late"], "orphan": ["client"], "unread": ["server"], "lossy": ["caploss", "late"],
        "crossing": ["client"], "forged": ["late"], "disorder": ["caploss"]}


def views(stage, name):
    middle = stage.witness.view("middle")
    yield name, middle
    for vantage in MORE.get(name, []):
        if vantage == "late":
            yield f"{name}.late", middle[len(middle) * 2 // 5:]
        elif vantage == "caploss":
            yield f"{name}.caploss", [x for x in middle if stage.rng.random() > 0.04]
        else:
            yield f"{name}.{vantage}", stage.witness.view(vantage[0])


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for number, scenario in enumerate(SCENARIOS):
        name = scenario.__name__
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        stage = Stage(number)
        scenario(stage)
        for path, seen in views(stage, name):
            write(stage.witness, out / path, seen)
            print(f"{path}: {len(seen)} frames")


if __name__ == "__main__":
    main()
