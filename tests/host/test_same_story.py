# SPDX-License-Identifier: GPL-2.0-or-later
"""The same story everywhere: whatever program asks, in whatever order and through whatever filter,
each segment shows the same fields (what one pass cannot know yet: test_captures.py). And
Wireshark's own output is what it is without the plugin."""

import os
import pathlib
import random
import re
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

import shark

# Reassembled octets would be printed too, megabytes of them.
SHORT = ("-o", "tcp.desegment_tcp_streams:FALSE")
PASSES = ((), ("-2",))
FILTER = "tcp.flags.syn == 1 || tcp.len > 0 || tcpstate.teardown.step"
REPORTS = ("io,phs", "conv,tcp", "endpoints,tcp", "conv,ip", "io,stat,0", "plen,tree",
           "follow,tcp,hex,0", "hosts")
LARGE = 20000  # octets: many runs of each, and more of the same shows nothing new
LOOKS = 400


def is_ours(node):
    return node.tag == "proto" and node.get("name") == "tcpstate"


def story_of(packet):
    """All that our trees in a packet of PDML say, line by line."""
    return [field.get("showname") or field.get("show")
            for proto in packet.iter("proto") if is_ours(proto)
            for field in proto.iter() if field.get("hide") != "yes"]


def lines_of(node):
    """The lines of a tree in sharkd's answer."""
    yield node.get("l", "")
    for child in node.get("n") or []:
        yield from lines_of(child)


def our_lines(nodes):
    for node in nodes or []:
        if node.get("f") == "tcpstate":
            yield from lines_of(node)
        else:
            yield from our_lines(node.get("n"))


def number_of(packet):
    return int(packet.find(".//field[@name='num']").get("show"))


def theirs_of(packet):
    """What a packet of PDML says without our trees."""
    said = []

    def walk(node, depth):
        for child in node:
            if not is_ours(child):
                said.append((depth, child.tag, sorted(child.items())))
                walk(child, depth + 1)
    walk(packet, 0)
    return said


def without_ours(report):
    """A report's lines without those of ours: items of `expert` and the sums above them, which
    count ours too; and our protocol in `io,phs`, where it stands in the trees and counts as one."""
    return [line.strip() for line in report.splitlines()
            if not re.search(r"(^| )tcpstate ", line, re.IGNORECASE) and
            not re.match(r"(Errors|Warns|Notes|Chats) \(|=+$|\s+Frequency|$", line)]


class Story:
    """What must hold on any capture; a class below says on which ones, all of them in one file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alone = shark.Shark()
        cls.addClassCleanup(cls.alone.close)
        for plugin in pathlib.Path(cls.alone.home).rglob("tcpstate.so"):
            plugin.unlink()
        cls.capture = pathlib.Path(cls.shark.home) / f"{cls.__name__}.pcapng"
        subprocess.run(["mergecap", "-a", "-w", cls.capture, *cls.captures()], check=True)
        cls.stories = {}

    def story(self, *options):
        """By frame number: what our trees say."""
        if options not in self.stories:
            self.stories[options] = {number_of(packet): story_of(packet)
                                     for packet in self.shark.pdml(self.capture, *SHORT, *options)}
            self.assertTrue(any(self.stories[options].values()))
        return self.stories[options]

    def test_filters(self):
        for passes in PASSES:
            whole = self.story(*passes)
            some = self.story(*passes, "-Y", FILTER)
            self.assertLess(some.keys(), whole.keys())
            for frame, story in some.items():
                self.assertEqual(story, whole[frame], f"frame {frame}, {passes}")

    def test_columns_and_colours(self):
        coloured = self.story("-2", "--color", "-o", "tcpstate.info_column:TRUE")
        self.assertEqual(coloured, self.story("-2"))

    def test_any_order(self):
        """As Wireshark does it: load, then look at frames here and there, some of them twice."""
        dice = random.Random(7)
        told = self.story("-2")
        order = [dice.choice(sorted(told)) for _ in range(LOOKS)]
        answers = self.shark.sharkd(
            ("load", {"file": self.shark.give(self.capture)}),
            ("setconf", {"name": "tcp.desegment_tcp_streams", "value": "FALSE"}),
            *(("frame", {"frame": frame, "proto": True}) for frame in order))
        for frame, answer in zip(order, answers[2:]):
            self.assertEqual(list(our_lines(answer["tree"])), told[frame], f"frame {frame}")

    def both(self, ask):
        return [ask(who) for who in (self.shark, self.alone)]

    def test_others_are_undisturbed(self):
        for passes in PASSES:
            mine, theirs = self.both(lambda who: [
                theirs_of(packet) for packet in who.pdml(self.capture, *SHORT, *passes)])
            self.assertEqual(len(mine), len(theirs))
            for one, other in zip(mine, theirs):
                self.assertEqual(one, other)

    def test_lines_are_undisturbed(self):
        for passes in PASSES:
            self.assertEqual(*self.both(lambda who: who.tshark(self.capture, *passes)))

    def test_reports_are_undisturbed(self):
        asked = [word for report in REPORTS + ("expert",) for word in ("-z", report)]
        for passes in PASSES:
            self.assertEqual(*self.both(lambda who: without_ours(
                who.tshark(self.capture, "-q", *passes, *asked).replace(who.home, ""))))


class Own(Story, shark.HostTest):
    @classmethod
    def captures(cls):
        return [file for file in shark.own_captures() if file.stat().st_size < LARGE]


@unittest.skipUnless(os.environ.get("TCPSTATE_CAPTURES"), "TCPSTATE_CAPTURES is not set")
class Further(Story, shark.HostTest):
    @classmethod
    def captures(cls):
        return [file for file in shark.further_captures() if file.stat().st_size < LARGE]


if __name__ == "__main__":
    shark.main()
