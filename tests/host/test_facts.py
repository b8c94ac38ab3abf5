# SPDX-License-Identifier: GPL-2.0-or-later
"""On every capture at hand: nothing breaks, no TCP layer is missed or invented, and what the
wrapper recorded of each is what TShark itself shows of it."""

import os
import unittest

import shark

ICMP = {"icmp", "icmpv6"}
FACTS = (("stream", "tcp.stream"), ("seq.raw", "tcp.seq_raw"), ("ack.raw", "tcp.ack_raw"),
         ("flags", "tcp.flags"), ("payload", "tcp.len"))
WANTED = {name for _, name in FACTS} | {"tcp.hdr_len", "tcp.urgent_pointer"}


def number(text):
    return None if text is None else int(text, 0)


def own_fields(proto):
    """A layer's fields, but not those of a layer that stands inside it."""
    for child in proto:
        if child.tag == "field":
            yield child
            yield from own_fields(child)


def tcp_layers(packet):
    """TCP layers with TShark's own numbers; those that RFC 9293 and the contract call no segment
    are left out: quoted in an ICMP error, no payload length, a header cut or impossible."""

    def walk(node, quoted):
        for child in node:
            inside = quoted or child.get("name") in ICMP
            if child.tag == "proto" and child.get("name") == "tcp" and not inside:
                value = {f.get("name"): number(f.get("show")) for f in own_fields(child)
                         if f.get("name") in WANTED}
                # The urgent pointer is the last of the 20 fixed octets.
                if WANTED <= value.keys() and value["tcp.hdr_len"] >= 20:
                    yield value
            # Layers may stand inside others' fields, as in an aggregate or an ICMP error.
            yield from walk(child, inside)
            if child.tag == "proto" and child.get("name") in ICMP:
                quoted = True
    yield from walk(packet, False)


def ours(packet):
    for proto in packet.iter("proto"):
        if proto.get("name") == "tcpstate":
            yield {f.get("name"): f.get("show") for f in proto.iter("field")}


class Facts(shark.HostTest):
    def check(self, capture, *options):
        """Returns the number of segments, so that a caller can see that there were some."""
        segments = 0
        for packet in self.shark.pdml(capture, *options):
            frame = packet.find(".//field[@name='num']").get("show")
            theirs = [tuple(layer.get(name) for _, name in FACTS) for layer in tcp_layers(packet)]
            mine = [tuple(number(tree.get(f"tcpstate.{name}")) for name, _ in FACTS)
                    for tree in ours(packet)]
            self.assertEqual(mine, theirs, f"frame {frame} of {capture.name} {options}")
            segments += len(mine)
        return segments

    def check_all(self, captures):
        segments = 0
        for capture in captures:
            for passes in ((), ("-2",)):
                with self.subTest(capture=capture.name, passes=passes):
                    segments += self.check(capture, *passes)
        self.assertGreater(segments, 0)

    def check_health(self, captures):
        filter_ = '_ws.malformed || _ws.expert.message contains "Dissector bug"'
        for capture in captures:
            for passes in ((), ("-2",)):
                with self.subTest(capture=capture.name, passes=passes):
                    asked = (capture, ["frame.number", "_ws.expert.message"], *passes)
                    with_us = self.shark.table(*asked, "-Y", filter_)
                    without = self.shark.table(*asked, "-Y", filter_,
                                               "--disable-protocol", "tcpstate")
                    self.assertEqual(with_us, without)

    def test_own_captures(self):
        captures = shark.own_captures()
        self.assertTrue(captures)
        self.check_all(captures)
        self.check_health(captures)

    @unittest.skipUnless(os.environ.get("TCPSTATE_CAPTURES"), "TCPSTATE_CAPTURES is not set")
    def test_further_captures(self):
        captures = shark.further_captures()
        self.assertTrue(captures)
        self.check_all(captures)
        self.check_health(captures)


if __name__ == "__main__":
    shark.main()
