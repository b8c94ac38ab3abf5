# SPDX-License-Identifier: GPL-2.0-or-later
"""What is a segment, and what is left alone: the layers around a TCP header."""

import os
import tempfile
import unittest

import shark
import wire
from wire import ACK, FIN, PSH, SYN

PAYLOAD = bytes(range(64, 96))


class Layers(shark.HostTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def capture(self, frames):
        # The name of each is its own: the scratch home keeps them side by side.
        name = f"{self.id().rsplit('.', 1)[1]}-{len(self.shark.given)}.pcap"
        return wire.write(os.path.join(self.folder, name), frames)

    def segments_per_frame(self, capture, *options):
        frames = self.shark.frames(capture, *options)
        return [sum(tree.get("phase") is not None for tree in frame.trees) for frame in frames]

    def test_plain(self):
        capture = self.capture(wire.Talk().opened().send("c", PSH | ACK, PAYLOAD).closed().frames())
        self.assertEqual(self.segments_per_frame(capture), [1] * 7)
        deltas = [tree.get("seq.delta") for tree in self.shark.trees(capture)]
        self.assertEqual(deltas, [None, None, "0", "0", "0", "0", "0"])

    def test_quoted_in_icmp(self):
        talk = wire.Talk().send("c", SYN)
        error = wire.icmp_unreachable("10.0.0.9", wire.CLIENT[0], talk.packets[0])
        short = wire.icmp_unreachable("10.0.0.9", wire.CLIENT[0], talk.packets[0][:28])
        stranger = wire.Talk(client=("10.0.0.3", 5)).send("c", SYN).packets[0]
        unknown = wire.icmp_unreachable("10.0.0.9", "10.0.0.3", stranger)
        capture = self.capture([wire.ethernet(p) for p in (unknown, talk.packets[0], error, short)])
        frames = self.shark.frames(capture)
        self.assertEqual([len(frame.trees) for frame in frames], [0, 1, 0, 0])
        self.assertEqual(frames[1].trees[0].get("conn.id"), "1")

    def test_two_layers(self):
        packets = wire.Talk().opened().send("c", PSH | ACK, b"x" * 10).send(
            "c", PSH | ACK, b"y" * 20).send("s", ACK).packets
        frames = [wire.ethernet(p) for p in packets[:3]]
        frames.append(wire.ethernet(wire.aggregate_in_gre(packets[3:5])))
        frames.append(wire.ethernet(packets[5]))
        capture = self.capture(frames)
        for options in ((), ("-2",)):
            self.assertEqual(self.segments_per_frame(capture, *options), [1, 1, 1, 2, 1])
            both = self.shark.frames(capture, *options)[3].trees
            self.assertEqual([t.get("payload") for t in both], ["10", "20"])
            self.assertEqual([t.get("seq.next") for t in both], ["11", "31"])
            self.assertEqual([t.get("seq.delta") for t in both], ["0", "0"])
        last = self.shark.trees(capture)[-1]
        self.assertEqual((last.get("ack.delta"), last.get("ack.new"), last.get("ack.frame")),
                         ("0", "30", "4"))

    def fragmented(self):
        talk = wire.Talk().opened().send("c", PSH | ACK, b"f" * 60).send("s", ACK)
        src, dst = wire.CLIENT[0], wire.SERVER[0]
        whole = talk.packets[3][20:]
        first = wire.ipv4(src, dst, whole[:40], identification=7, more=True)
        second = wire.ipv4(src, dst, whole[40:], identification=7, fragment=40)
        return talk.packets, first, second

    def test_fragments(self):
        packets, first, second = self.fragmented()
        order = [*packets[:3], first, second, packets[4]]
        capture = self.capture([wire.ethernet(p) for p in order])
        self.assertEqual(self.segments_per_frame(capture), [1, 1, 1, 0, 1, 1])
        tree = self.shark.trees(capture)[3]
        self.assertEqual((tree.frame, tree.get("payload"), tree.get("seq.delta")), (5, "60", "0"))
        swapped = self.capture([wire.ethernet(p) for p in
                                [*packets[:3], second, first, packets[4]]])
        self.assertEqual(self.segments_per_frame(swapped), [1, 1, 1, 0, 1, 1])

    def test_fragments_left_in_pieces(self):
        packets, first, second = self.fragmented()
        capture = self.capture([wire.ethernet(p) for p in [*packets[:3], first, second, packets[4]]])
        for options in ((), ("-2",)):
            self.assertEqual(
                self.segments_per_frame(capture, "-o", "ip.defragment:FALSE", *options),
                [1, 1, 1, 0, 0, 1])

    def test_snap_length(self):
        """20 captured octets of the header are enough, whatever was cut from its options."""
        options = b"\x02\x04\x05\xb4\x01\x03\x03\x07\x04\x02\x08\x0a\0\0\0\1\0\0\0\0" # 20 octets
        frames, lengths = [], range(0, 41)
        for octets in lengths: # a connection for each
            talk = wire.Talk(client=("10.0.0.1", 40000 + octets)).send("c", SYN, options=options)
            talk.send("s", SYN | ACK, options=options).send("c", ACK, PAYLOAD)
            frames += [wire.Cut(frame, 14 + 20 + octets) for frame in talk.frames()]
        capture = self.capture(frames)
        for passes in ((), ("-2",)):
            self.assertEqual(self.segments_per_frame(capture, *passes),
                             [1 if octets >= 20 else 0 for octets in lengths for _ in range(3)])
            trees = self.shark.trees(capture, *passes)
            for octets in lengths[20:]:
                mine = [t for t in trees if (t.frame - 1) // 3 == octets]
                self.assertEqual([t.get("handshake.step") for t in mine], ["1", "2", "3"], octets)
                self.assertEqual(mine[2].get("payload"), str(len(PAYLOAD)), octets)

    def test_unusable_offset(self):
        src, dst = wire.CLIENT, wire.SERVER
        for offset in (0, 3, 4, 15): # too small, or more than the segment has
            with self.subTest(offset=offset):
                bad = wire.tcp(src, dst, ACK, 1001, 5001, b"12345678", offset=offset)
                talk = wire.Talk().opened()
                frames = talk.frames() + [wire.ethernet(wire.ipv4(src[0], dst[0], bad))]
                talk.packets = []
                frames += talk.send("c", ACK, b"12345678").frames()
                capture = self.capture(frames)
                for options in ((), ("-2",)):
                    self.assertEqual(self.segments_per_frame(capture, *options), [1, 1, 1, 0, 1])
                self.assertEqual(self.shark.trees(capture)[-1].get("seq.delta"), "0")

    def test_ip_length_too_short(self):
        segment = wire.tcp(wire.CLIENT, wire.SERVER, SYN, 1)
        packet = wire.ipv4(wire.CLIENT[0], wire.SERVER[0], segment, total=32)
        self.assertEqual(self.segments_per_frame(self.capture([wire.ethernet(packet)])), [0])

    def test_padding_is_no_payload(self):
        frames = [frame.ljust(60, b"\0") for frame in wire.Talk().opened().closed().frames()]
        trees = self.shark.trees(self.capture(frames))
        self.assertEqual([t.get("payload") for t in trees], ["0"] * 6)

    def test_ipv6(self):
        src, dst = ("2001:db8::1", 40000), ("2001:db8::2", 80)
        # A checksum over IPv4 addresses: it is not looked at unless TCP's own preference says so.
        def packet(a, b, *rest):
            segment = wire.tcp(("0.0.0.0", a[1]), ("0.0.0.0", b[1]), *rest)
            return wire.ethernet(wire.ipv6(a[0], b[0], segment), 0x86dd)
        capture = self.capture([packet(src, dst, SYN, 10), packet(dst, src, SYN | ACK, 20, 11),
                                packet(src, dst, ACK, 11, 21), packet(src, dst, FIN | ACK, 11, 21)])
        trees = self.shark.trees(capture)
        self.assertEqual([t.get("phase") for t in trees], ["handshake"] * 3 + ["teardown"])
        self.assertEqual([t.get("src.state") for t in trees],
                         ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1"])

    def test_not_analysed(self):
        """A user's Decode As takes the place of our wrapper: say so, do not stay silent."""
        capture = self.capture(wire.Talk().opened().frames())
        for frame in self.shark.frames(capture, "-d", "ip.proto==6,tcp"):
            self.assertEqual(len(frame.trees), 1)
            self.assertIn("not analysed", frame.trees[0].text)
            self.assertIsNone(frame.trees[0].get("phase"))


if __name__ == "__main__":
    shark.main()
