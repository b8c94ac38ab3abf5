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


class Checks:
    """What must hold on any capture; a class below says on which ones."""

    def test_facts(self):
        segments = 0
        for capture in self.captures():
            for passes in ((), ("-2",)):
                with self.subTest(capture=capture.name, passes=passes):
                    segments += self.check_facts(capture, *passes)
        self.assertGreater(segments, 0)

    def check_facts(self, capture, *options):
        segments = 0
        # Reassembled octets would be printed too, megabytes of them.
        for packet in self.shark.pdml(capture, "-o", "tcp.desegment_tcp_streams:FALSE", *options):
            frame = packet.find(".//field[@name='num']").get("show")
            theirs = [tuple(layer.get(name) for _, name in FACTS) for layer in tcp_layers(packet)]
            mine = [tuple(number(tree.get(f"tcpstate.{name}")) for name, _ in FACTS)
                    for tree in ours(packet)]
            self.assertEqual(mine, theirs, f"frame {frame}")
            segments += len(mine)
        return segments

    def test_nothing_breaks(self):
        """No dissector gives up because of us (standard error is looked at by every run)."""
        trouble = '_ws.malformed || _ws.expert.message contains "Dissector bug"'
        for capture in self.captures():
            for passes in ((), ("-2",)):
                with self.subTest(capture=capture.name, passes=passes):
                    asked = (capture, ["frame.number", "_ws.expert.message"], "-Y", trouble,
                             *passes)
                    self.assertEqual(self.shark.table(*asked), self.shark.table(
                        *asked, "--disable-protocol", "tcpstate"))

    def test_passes_agree(self):
        """Later passes add and correct, and change nothing else."""
        changing = shark.LATER | shark.CORRECTED
        for capture in self.captures():
            with self.subTest(capture=capture.name):
                one, two = self.shark.trees(capture), self.shark.trees(capture, "-2")
                self.assertEqual(len(one), len(two))
                for a, b in zip(one, two):
                    self.assertEqual(a.without(changing), b.without(changing), f"frame {a.frame}")
                self.check_links(two)

    def check_links(self, trees):
        """ack.frame sent the octet before ACK; acked_in acknowledges this segment's last one."""
        by_frame = {}
        for tree in trees:
            by_frame.setdefault(tree.frame, []).append(tree)
        for tree in trees:
            if tree.get("ack.frame"):
                octet = int(tree.get("ack.raw")) - 1
                self.assertTrue(any(
                    (octet - int(sent.get("seq.raw"))) % 2**32 < int(sent.get("seq.length"))
                    for sent in by_frame[int(tree.get("ack.frame"))]), f"frame {tree.frame}")
            if tree.get("acked_in"):
                end = int(tree.get("seq.next_raw"))
                self.assertTrue(any(
                    (int(ack.get("ack.raw")) - end) % 2**32 < 2**31
                    for ack in by_frame[int(tree.get("acked_in"))]), f"frame {tree.frame}")


class Own(Checks, shark.HostTest):
    def captures(self):
        return shark.own_captures()


@unittest.skipUnless(os.environ.get("TCPSTATE_CAPTURES"), "TCPSTATE_CAPTURES is not set")
class Further(Checks, shark.HostTest):
    # What is not a plain connection, and so may hold findings of severity warn or error.
    odd = {"tcp-badsegments.pcap", "tcp-scan.pcapng", "gre-erspan-vxlan.pcap"}

    def captures(self):
        return shark.further_captures()

    def test_clean_ones_stay_quiet(self):
        self.assertTrue(self.odd & {capture.name for capture in self.captures()})
        for capture in self.captures():
            if capture.name not in self.odd:
                with self.subTest(capture=capture.name):
                    for options in ((), ("-2",)):
                        loud = [(tree.frame, name, severity)
                                for tree in self.shark.trees(capture, *options)
                                for name, severity in zip(tree.all("finding"),
                                                          tree.all("finding.severity"))
                                if severity in ("warn", "error")]
                        self.assertEqual(loud, [])


if __name__ == "__main__":
    shark.main()
