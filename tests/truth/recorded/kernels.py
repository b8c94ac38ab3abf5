# SPDX-License-Identifier: GPL-2.0-or-later
"""Two Linux network namespaces, a wire between them that one thread carries, and the kernels' own word.

Everything happens in one thread: what the users of the sockets do, the carrying of packets, and the
question "which state?" (sock_diag), which is asked right after a packet was taken from its sender or
given to its receiver. A TUN device hands a packet to TCP inside write(), so the answer is exact.
Only the kernels' timers run beside us.
"""

import ctypes
import fcntl
import heapq
import os
import socket
import struct
import subprocess
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
ADDRESS = {"c": "10.77.0.1", "s": "10.77.0.2"}
STATES = {1: "ESTABLISHED", 2: "SYN-SENT", 3: "SYN-RECEIVED", 4: "FIN-WAIT-1", 5: "FIN-WAIT-2",
          6: "TIME-WAIT", 7: "CLOSED", 8: "CLOSE-WAIT", 9: "LAST-ACK", 10: "LISTEN", 11: "CLOSING",
          12: "SYN-RECEIVED"}
SYSCTLS = {"tcp_syn_retries": 3, "tcp_synack_retries": 3, "tcp_retries2": 6, "tcp_orphan_retries": 3,
           "tcp_fin_timeout": 3, "tcp_tw_reuse": 1}
TCP_REPAIR = 19
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def other(end):
    return "s" if end == "c" else "c"


class Packet:
    """One IPv4 packet with a TCP header."""

    def __init__(self, octets):
        self.octets = octets
        head = (octets[0] & 15) * 4
        self.sport, self.dport, self.seq, self.ack, word = struct.unpack_from(">HHIIH", octets, head)
        self.flags = word & 0x3f
        total, = struct.unpack_from(">H", octets, 2)
        self.payload = total - head - (word >> 12) * 4
        self.length = self.payload + bool(self.flags & SYN) + bool(self.flags & FIN)

    def letters(self):
        return "".join(x for i, x in enumerate("FSRPAU") if self.flags >> i & 1)


def checksum(octets):
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return 0xffff ^ total


def forge(end, sport, dport, seq, ack, flags):
    """A bare segment that bears the addresses of `end`."""
    src, dst = (socket.inet_aton(ADDRESS[x]) for x in (end, other(end)))
    tcp = struct.pack(">HHIIBBHHH", sport, dport, seq & 0xffffffff, ack & 0xffffffff, 0x50, flags, 1024, 0, 0)
    total = checksum(src + dst + struct.pack(">HH", 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack(">H", total) + tcp[18:]
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0x1234, 0, 63, 6, 0) + src + dst
    return Packet(ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:] + tcp)


class End:
    """One namespace: its TUN device, its sock_diag socket, and a way to make sockets in it."""

    def __init__(self, name):
        if LIBC.unshare(CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare: needs root")
        self.name = name
        self.namespace = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.tun, 0x400454ca, struct.pack("16sH22x", b"tun0", 0x1001)) # IFF_TUN | IFF_NO_PI
        for line in ("sysctl -qw net.ipv6.conf.all.disable_ipv6=1", "ip link set lo up",
                     f"ip addr add {ADDRESS[name]}/24 dev tun0", "ip link set tun0 up",
                     *(f"sysctl -qw net.ipv4.{key}={value}" for key, value in SYSCTLS.items())):
            subprocess.run(line.split(), check=True)
        self.diag = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)

    def enter(self):
        if LIBC.setns(self.namespace, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def state(self, port, peer_port):
        """The kernel's state of this end of one connection; None: no socket knows of it."""
        ends = [socket.inet_aton(ADDRESS[x]) + bytes(12) for x in (self.name, other(self.name))]
        ask = struct.pack("BBBBI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 0xffffffff)
        ask += struct.pack(">HH16s16s", port, peer_port, *ends) + struct.pack("III", 0, 0xffffffff, 0xffffffff)
        self.diag.send(struct.pack("IHHII", 16 + len(ask), 20, 1, 1, 0) + ask)
        told = self.diag.recv(65536)
        return None if struct.unpack_from("H", told, 4)[0] == 2 else STATES[told[17]]


class Wire:
    """Carries packets from one end to the other: half of the way, the capture point, the other half."""

    def __init__(self, rng):
        self.rng = rng
        self.ends = {name: End(name) for name in "cs"}
        self.queue = [] # what is to come: (time, number, function)
        self.number = 0
        self.near = {"c": 0.004, "s": 0.004} # from the sender to the capture point, by sender
        self.far = {"c": 0.004, "s": 0.004}  # from there to the receiver, by sender
        self.jitter = 0.0
        self.loss = {"near": 0.0, "far": 0.0}
        self.overtakes = False
        self.last = {}
        self.sent = self.arrived = self.passed = lambda *_: None # who wants to know

    def at(self, delay, call):
        self.number += 1
        heapq.heappush(self.queue, (time.monotonic() + delay, self.number, call))

    def carry(self, half, end, delay, call):
        """Lets `call` come after the delay of one half, or never."""
        if self.rng.random() < self.loss[half]:
            return
        delay += self.rng.random() * self.jitter
        if not self.overtakes:
            delay = max(delay, self.last.get((half, end), 0) + 2e-5 - time.monotonic())
        self.last[half, end] = time.monotonic() + delay
        self.at(delay, call)

    def drain(self):
        """Takes every packet that the ends have sent."""
        for name, end in self.ends.items():
            while True:
                try:
                    octets = os.read(end.tun, 65536)
                except BlockingIOError:
                    break
                if octets[0] >> 4 == 4 and octets[9] == 6:
                    self.take(name, Packet(octets))

    def take(self, name, packet):
        entry = self.sent(name, packet)
        self.carry("near", name, self.near[name], lambda: self.tap(name, packet, entry))

    def tap(self, name, packet, entry):
        """The packet passes the capture point."""
        self.passed(entry)
        self.carry("far", name, self.far[name], lambda: self.give(name, packet, entry))

    def give(self, name, packet, entry):
        os.write(self.ends[other(name)].tun, packet.octets)
        self.arrived(entry)

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.drain()
            if self.queue and self.queue[0][0] <= time.monotonic():
                heapq.heappop(self.queue)[2]()
            elif not self.queue or self.queue[0][0] > time.monotonic() + 0.0002:
                time.sleep(0.0001)
