#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a capture of COUNT TCP segments for measuring.

  generate.py KIND COUNT FILE

KIND  bulk   one connection: handshake, then data segments and an ACK for every second one
      http   connections of 10 segments to port 80 with a real request and response
      flood  one SYN per tuple, never answered
      findings  connections of 10 segments, about half of them with a finding
"""
import struct
import sys

REQUEST = b"GET /page HTTP/1.1\r\nHost: example.com\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Type: text/plain\r\n\r\nhello, world"
SYN, ACK, PSH, FIN, RST = 0x02, 0x10, 0x08, 0x01, 0x04
SYN_OPTIONS = bytes((2, 4, 5, 180, 4, 2, 1, 3, 3, 7, 1, 1))


class Writer:
    def __init__(self, path, count):
        self.file = open(path, "wb")
        self.left = count
        self.time_us = 1700000000 * 1000000
        # pcap 2.4, microseconds, raw IPv4
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))

    def segment(self, ends, flags, seq, ack, data=b"", options=b""):
        if self.left == 0:
            return
        self.left -= 1
        self.time_us += 20
        source, target, source_port, target_port = ends
        offset = (20 + len(options)) // 4 << 4
        tcp = struct.pack("!HHIIBBHHH", source_port, target_port, seq & 0xFFFFFFFF,
                          ack & 0xFFFFFFFF, offset, flags, 64240, 0, 0) + options + data
        ip = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(tcp), self.left & 0xFFFF, 0x4000, 64, 6,
                         0, source, target)
        size = len(ip) + len(tcp)
        self.file.write(struct.pack("<IIII", self.time_us // 1000000, self.time_us % 1000000,
                                    size, size) + ip + tcp)


def handshake(out, there, back, isn_a, isn_b):
    out.segment(there, SYN, isn_a, 0, options=SYN_OPTIONS)
    out.segment(back, SYN | ACK, isn_b, isn_a + 1, options=SYN_OPTIONS)
    out.segment(there, ACK, isn_a + 1, isn_b + 1)


def bulk(out):
    there = (0x0A000001, 0x0A000002, 40000, 5001)
    back = (0x0A000002, 0x0A000001, 5001, 40000)
    data = bytes(1000)
    seq, ack = 1001, 2001
    handshake(out, there, back, 1000, 2000)
    while out.left:
        for _ in range(2):
            out.segment(there, ACK | PSH, seq, ack, data)
            seq += len(data)
        out.segment(back, ACK, ack, seq)


def http(out):
    n = 0
    while out.left:
        client, port = 0x0A000000 + n // 50000 % 0xFFFFFF + 1, 10000 + n % 50000
        there = (client, 0xC0A80001, port, 80)
        back = (0xC0A80001, client, 80, port)
        a, b = n * 7919, n * 104729
        handshake(out, there, back, a, b)
        out.segment(there, ACK | PSH, a + 1, b + 1, REQUEST)
        a2 = a + 1 + len(REQUEST)
        out.segment(back, ACK, b + 1, a2)
        out.segment(back, ACK | PSH, b + 1, a2, RESPONSE)
        b2 = b + 1 + len(RESPONSE)
        out.segment(there, ACK, a2, b2)
        out.segment(back, ACK | FIN, b2, a2)
        out.segment(there, ACK | FIN, a2, b2 + 1)
        out.segment(back, ACK, b2 + 1, a2 + 1)
        n += 1


def flood(out):
    n = 0
    while out.left:
        ends = (0x0B000000 + n // 60000, 0xC0A80001, 1024 + n % 60000, 80)
        out.segment(ends, SYN, n * 7919, 0, options=SYN_OPTIONS)
        n += 1


def findings(out):
    n = 0
    while out.left:
        there = (0x0C000000 + n // 50000, 0xC0A80002, 10000 + n % 50000, 5002)
        back = (there[1], there[0], there[3], there[2])
        a, b = n * 7919, n * 104729
        handshake(out, there, back, a, b)
        window = 64240 << 7
        out.segment(there, ACK | PSH, a + 1 + 2 * window, b + 1, b"beyond the window")
        out.segment(back, ACK, b + 1, a + 1 + window)  # of what was never sent
        out.segment(there, RST | ACK, a + 1 + 3 * window, b + 1)
        out.segment(there, ACK | PSH, a + 1, b + 1, b"octets")
        out.segment(there, ACK | PSH, a + 1, b + 1, b"others")
        out.segment(there, ACK | FIN, a + 7, b + 1)
        out.segment(there, ACK | PSH, a + 8, b + 1, b"after the end")
        n += 1


def main():
    kinds = {"bulk": bulk, "http": http, "flood": flood, "findings": findings}
    if len(sys.argv) != 4 or sys.argv[1] not in kinds or not sys.argv[2].isdigit():
        sys.exit(__doc__)
    kinds[sys.argv[1]](Writer(sys.argv[3], int(sys.argv[2])))


if __name__ == "__main__":
    main()
