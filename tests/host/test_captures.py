# SPDX-License-Identifier: GPL-2.0-or-later
"""On every capture at hand: nothing breaks, no TCP layer is missed or invented, and what the
wrapper recorded of each is what TShark itself shows of it."""

import os
import unittest

import shark
from wire import ACK

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


class Packet:
    """What one run says of one frame: TShark's TCP layers, our trees, what broke."""

    def __init__(self, packet):
        self.frame = int(packet.find(".//field[@name='num']").get("show"))
        self.theirs = [self.facts(layer) for layer in tcp_layers(packet)]
        self.trees = shark.trees_of(packet, self.frame)
        self.mine = [tuple(number(tree.get(name)) for name, _ in FACTS) for tree in self.trees]
        self.broken = [node.get("showname") for node in packet.iter()
                       if node.get("name", "").startswith("_ws.malformed")
                       or "Dissector bug" in (node.get("showname") or "")]

    @staticmethod
    def facts(layer):
        if not layer["tcp.flags"] & ACK:
            layer["tcp.ack_raw"] = None # octets without a meaning
        return tuple(layer[name] for _, name in FACTS)


class Checks:
    """What must hold on any capture; a class below says on which ones."""

    PASSES = ((), ("-2",))
    # Reassembled octets would be printed too, megabytes of them.
    SHORT = ("-o", "tcp.desegment_tcp_streams:FALSE")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = {}

    def packets(self, capture, passes):
        if (capture, passes) not in self.seen:
            self.seen[capture, passes] = [
                Packet(packet) for packet in self.shark.pdml(capture, *self.SHORT, *passes)]
        return self.seen[capture, passes]

    def every(self):
        return [(capture, passes) for capture in self.captures() for passes in self.PASSES]

    def test_facts(self):
        """No segment missed, none invented, each with the numbers that TShark shows."""
        segments = 0
        for capture, passes in self.every():
            with self.subTest(capture=capture.name, passes=passes):
                for packet in self.packets(capture, passes):
                    self.assertEqual(packet.mine, packet.theirs, f"frame {packet.frame}")
                    segments += len(packet.mine)
        self.assertGreater(segments, 0)

    def test_nothing_breaks(self):
        """No dissector gives up because of us (standard error is looked at by every run)."""
        for capture, passes in self.every():
            with self.subTest(capture=capture.name, passes=passes):
                broken = [packet.broken for packet in self.packets(capture, passes)]
                if any(broken):
                    alone = self.shark.pdml(capture, *self.SHORT, *passes,
                                            "--disable-protocol", "tcpstate")
                    self.assertEqual(broken, [Packet(packet).broken for packet in alone])

    def trees(self, capture, passes):
        return [tree for packet in self.packets(capture, passes) for tree in packet.trees]

    def test_passes_agree(self):
        """Later passes add and correct, and change nothing else."""
        changing = shark.LATER | shark.CORRECTED
        for capture in self.captures():
            with self.subTest(capture=capture.name):
                one, two = (self.trees(capture, passes) for passes in self.PASSES)
                self.assertEqual(len(one), len(two))
                for a, b in zip(one, two):
                    self.assertEqual(a.without(changing), b.without(changing), f"frame {a.frame}")

    def test_links(self):
        """ack.frame sent the octet before ACK; acked_in acknowledges this segment's last one."""
        links = 0
        for capture in self.captures():
            with self.subTest(capture=capture.name):
                trees = {}
                for tree in self.trees(capture, ("-2",)):
                    trees.setdefault(tree.frame, []).append(tree)
                for tree in (tree for there in trees.values() for tree in there):
                    links += self.check_links(tree, trees)
        self.assertGreater(links, 0)

    def check_links(self, tree, trees):
        sent_in, acked_in = tree.get("ack.frame"), tree.get("acked_in")
        if sent_in:
            octet = int(tree.get("ack.raw")) - 1
            self.assertTrue(any(
                (octet - int(sent.get("seq.raw"))) % 2**32 < int(sent.get("seq.length"))
                for sent in trees[int(sent_in)]), f"ack.frame in {tree.frame}")
        if acked_in:
            end = int(tree.get("seq.next_raw"))
            self.assertTrue(any((int(ack.get("ack.raw")) - end) % 2**32 < 2**31
                                for ack in trees[int(acked_in)]), f"acked_in in {tree.frame}")
        return bool(sent_in) + bool(acked_in)


class Own(Checks, shark.HostTest):
    def captures(self):
        return shark.own_captures()


@unittest.skipUnless(os.environ.get("TCPSTATE_CAPTURES"), "TCPSTATE_CAPTURES is not set")
class Further(Checks, shark.HostTest):
    # What is wrong in them, so that findings of severity warn and error are right there.
    odd = {
        "tcp-badsegments.pcap": "made to be wrong: inconsistent repetitions",
        "tcp-scan.pcapng": "segments without flags, without ACK, Xmas probes",
        "gre-erspan-vxlan.pcap": "made by hand: data after a FIN that nothing acknowledges",
        "http-ooo.pcap": "ends with a FIN without ACK",
        "port-reuse-after-reject.pcap": "answers a SYN with a RST that acknowledges nothing",
    }

    def captures(self):
        return shark.further_captures()

    def test_clean_ones_stay_quiet(self):
        self.assertTrue(self.odd.keys() & {capture.name for capture in self.captures()})
        for capture in self.captures():
            if capture.name not in self.odd:
                with self.subTest(capture=capture.name):
                    for passes in self.PASSES:
                        loud = [(tree.frame, name, severity)
                                for tree in self.trees(capture, passes)
                                for name, severity in zip(tree.all("finding"),
                                                          tree.all("finding.severity"))
                                if severity in ("warn", "error")]
                        self.assertEqual(loud, [])


if __name__ == "__main__":
    shark.main()
