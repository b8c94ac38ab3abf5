# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes small captures: a TCP segment in the layers that a test needs around it."""

import socket
import struct

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32

CLIENT = ("10.0.0.1", 40000)
SERVER = ("10.0.0.2", 80)


def checksum(octets):
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def tcp(src, dst, flags, seq, ack=0, payload=b"", window=65535, options=b"", offset=None):
    """A segment. `offset` overrides the data offset, in words of four octets."""
    assert len(options) % 4 == 0
    words = 5 + len(options) // 4 if offset is None else offset
    head = struct.pack("!HHIIBBHHH", src[1], dst[1], seq & 0xffffffff, ack & 0xffffffff,
                       words << 4, flags, window, 0, 0)
    segment = head + options + payload
    pseudo = (socket.inet_aton(src[0]) + socket.inet_aton(dst[0]) +
              struct.pack("!BBH", 0, 6, len(segment)))
    return segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]


def ipv4(src, dst, payload, protocol=6, identification=1, fragment=0, more=False, total=None):
    """`fragment` is the offset in octets; `total` overrides the length field."""
    field = (0x2000 if more else 0) | fragment // 8
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload) if total is None else total,
                       identification, field, 64, protocol, 0,
                       socket.inet_aton(src), socket.inet_aton(dst))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(src, dst, payload, next_header=6):
    return (struct.pack("!IHBB", 0x60000000, len(payload), next_header, 64) +
            socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst) +
            payload)


def ethernet(payload, kind=0x0800):
    return b"\2\0\0\0\0\2" + b"\2\0\0\0\0\1" + struct.pack("!H", kind) + payload


def icmp_unreachable(src, dst, quoted):
    """A host's complaint about a packet of which it quotes the beginning."""
    body = struct.pack("!BBHI", 3, 1, 0, 0) + quoted
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    return ipv4(src, dst, body, protocol=1)


def aggregate_in_gre(packets):
    """Several IPv4 packets in one frame: an 802.11 aggregate (A-MSDU) in GRE, as access points
    send it to their controller."""
    subframes = b""
    for n, packet in enumerate(packets):
        snap = b"\xaa\xaa\x03\0\0\0\x08\0" + packet
        subframe = b"\2\0\0\0\0\2" + b"\2\0\0\0\0\1" + struct.pack("!H", len(snap)) + snap
        if n + 1 < len(packets):
            subframe += b"\0" * (-len(subframe) % 4)
        subframes += subframe
    wlan = (b"\x88\x02\0\0" + b"\2\0\0\0\0\2" + b"\2\0\0\0\0\3" + b"\2\0\0\0\0\1" + b"\0\0" +
            b"\x80\0")
    gre = struct.pack("!HH", 0, 0x8240)
    return ipv4("10.9.0.1", "10.9.0.2", gre + wlan + subframes, protocol=47)


class Cut:
    """A frame of which only the first octets were captured."""

    def __init__(self, octets, captured):
        self.octets = octets
        self.captured = captured


def write(path, frames, link=1, pauses=None):
    """frames: octets, or Cut. Their times count up by a millisecond; `pauses` has the seconds that
    pass besides before some of them, by index."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link))
        seconds = 1000000000
        for n, frame in enumerate(frames):
            seconds += (pauses or {}).get(n, 0)
            octets = frame.octets if isinstance(frame, Cut) else frame
            kept = octets[:frame.captured] if isinstance(frame, Cut) else octets
            file.write(struct.pack("<IIII", seconds + n // 1000, n % 1000 * 1000, len(kept),
                                   len(octets)) + kept)
    return path


class Talk:
    """A connection from SYN to close, for tests that care about the frames around it."""

    def __init__(self, client=CLIENT, server=SERVER, iss=1000, irs=5000):
        self.ends = {"c": client, "s": server}
        self.next = {"c": iss, "s": irs}
        self.packets = []

    def send(self, who, flags, payload=b"", **more):
        peer = "s" if who == "c" else "c"
        src, dst = self.ends[who], self.ends[peer]
        ack = self.next[peer] if flags & ACK else 0
        segment = tcp(src, dst, flags, self.next[who], ack, payload, **more)
        self.next[who] += len(payload) + bool(flags & SYN) + bool(flags & FIN)
        self.packets.append(ipv4(src[0], dst[0], segment))
        return self

    def opened(self):
        return self.send("c", SYN).send("s", SYN | ACK).send("c", ACK)

    def closed(self):
        return self.send("c", FIN | ACK).send("s", FIN | ACK).send("c", ACK)

    def frames(self):
        return [ethernet(packet) for packet in self.packets]
