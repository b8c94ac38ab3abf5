# SPDX-License-Identifier: GPL-2.0-or-later
"""The same answers on every pass, with or without a tree, whatever else is switched on or off."""

import collections
import os
import pathlib
import re
import tempfile

import shark
import wire
from wire import ACK, FIN, PSH, RST, SYN

LATER = shark.LATER


def violations():
    """A connection with findings of several severities in it, most of them by flags alone."""
    talk = wire.Talk().opened().send("c", PSH | ACK, b"abc").send("s", ACK)
    talk.send("c", SYN | FIN).send("c", 0).send("c", FIN | PSH | 0x20)
    talk.packets.append(wire.ipv4("10.0.0.5", "10.0.0.6", wire.tcp(
        ("10.0.0.5", 7), ("10.0.0.6", 0), SYN, 1)))
    refused = wire.Talk(client=("10.0.0.1", 41000)).send("c", SYN).send("s", RST | ACK)
    talk.packets += refused.packets
    return talk.frames()


def ours(expert):
    """The plugin's lines of `-z expert`: (summary) -> count, by severity."""
    found = collections.Counter()
    severity = None
    for line in expert.splitlines():
        head = re.match(r"(Errors|Warns|Notes|Chats|Comments) \(", line)
        if head:
            severity = head.group(1)
        cells = line.split()
        if len(cells) > 3 and cells[2] == "TCPSTATE":
            found[severity, " ".join(cells[3:])] += int(cells[0])
    return found


class Passes(shark.HostTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.clean = wire.write(os.path.join(cls.folder, "clean.pcap"), wire.Talk().opened().send(
            "c", PSH | ACK, b"abc").send("s", PSH | ACK, b"defg").send("c", ACK).closed().frames())
        cls.bad = wire.write(os.path.join(cls.folder, "bad.pcap"), violations())

    def test_one_pass_and_two(self):
        one, two = self.shark.trees(self.clean), self.shark.trees(self.clean, "-2")
        self.assertEqual(len(one), 9)
        for a, b in zip(one, two):
            self.assertEqual(a.without(LATER), b.without(LATER), f"frame {a.frame}")

    def test_expert_without_a_tree(self):
        raised = ours(self.shark.tshark(self.bad, "-2", "-q", "-z", "expert"))
        self.assertTrue(any(severity == "Warns" for severity, _ in raised), raised)
        self.assertEqual(raised, ours(self.shark.tshark(self.bad, "-2", "-q", "-z",
                                                        "expert,chat,frame")))
        self.assertEqual(raised, ours(self.shark.tshark(self.bad, "-q", "-z", "expert")))

    def test_findings_are_listed_and_raised(self):
        """By default what is a note or worse is an expert info too; no more, no less."""
        listed = [(tree.frame, name, severity) for tree in self.shark.trees(self.bad, "-2")
                  for name, severity in zip(tree.all("finding"), tree.all("finding.severity"))]
        self.assertIn((6, "hdr_syn_fin", "warn"), listed)
        self.assertIn((7, "hdr_flags_null", "warn"), listed)
        self.assertIn((9, "hdr_port_zero", "note"), listed)
        self.assertIn((11, "hs_refused", "chat"), listed)
        for frame, name, severity in listed:
            shown = self.shark.table(self.bad, ["frame.number"], "-2", "-Y",
                                     f"tcpstate.{name} && frame.number == {frame}")
            self.assertEqual(len(shown), 0 if severity == "chat" else 1, (frame, name))

    def test_report_severity(self):
        def severities(level):
            return {s for s, _ in ours(self.shark.tshark(
                self.bad, "-2", "-q", "-z", "expert", "-o", f"tcpstate.report_severity:{level}"))}
        self.assertEqual(severities("chat"), {"Warns", "Notes", "Chats"})
        self.assertEqual(severities("note"), {"Warns", "Notes"})
        self.assertEqual(severities("warn"), {"Warns"})
        self.assertEqual(severities("error"), set())

    def test_disabled(self):
        off = ("--disable-protocol", "tcpstate")
        for passes in ((), ("-2",)):
            self.assertEqual(self.shark.trees(self.bad, *off, *passes), [])
        self.assertEqual(ours(self.shark.tshark(self.bad, *off, "-2", "-q", "-z", "expert")), {})

    def test_others_are_undisturbed(self):
        """All that other protocols show is the same with the plugin, disabled or not there."""
        alone = shark.Shark()
        self.addCleanup(alone.close)
        for plugin in pathlib.Path(alone.home).rglob("tcpstate.so"):
            plugin.unlink()
        fields = ["frame.protocols", "tcp.stream", "tcp.analysis.flags", "_ws.col.Info", "tcp.len"]
        for capture in (self.bad, shark.OWN_CAPTURES / "sample-curl.pcap"):
            for passes in ((), ("-2",)):
                want = alone.table(capture, fields, *passes)
                self.assertEqual(self.shark.table(capture, fields, *passes), want)
                self.assertEqual(self.shark.table(capture, fields, "--disable-protocol",
                                                  "tcpstate", *passes), want)

    def test_read_filter(self):
        """Rejected frames still move the model; what is shown of the others is the same."""
        whole = {tree.get("seq.raw") + tree.get("direction") + tree.get("flags"): tree
                 for tree in self.shark.trees(self.clean, "-2")}
        links = LATER | {"ack.frame"}
        shown = self.shark.frames(self.clean, "-2", "-R", "tcp.len > 0 || tcp.flags.fin == 1")
        self.assertEqual([len(frame.trees) for frame in shown], [1, 1, 1, 1])
        for frame in shown:
            tree = frame.trees[0]
            full = whole[tree.get("seq.raw") + tree.get("direction") + tree.get("flags")]
            self.assertEqual(tree.without(links), full.without(links))
            for name, value in tree.fields:
                if name in links and value.isdigit() and not name.startswith("conn."):
                    self.assertLessEqual(int(value), len(shown), f"{name} in {frame.number}")

    def test_preferences_of_tcp_that_do_not_matter(self):
        for option in ("tcp.analyze_sequence_numbers:FALSE", "tcp.desegment_tcp_streams:FALSE",
                       "tcp.track_bytes_in_flight:FALSE", "tcp.calculate_timestamps:FALSE"):
            with self.subTest(option=option):
                for capture in (self.clean, self.bad):
                    plain, changed = (self.shark.trees(capture, "-2", *o)
                                      for o in ((), ("-o", option)))
                    self.assertEqual([t.fields for t in plain], [t.fields for t in changed])

    def test_deinterlacing(self):
        """Kept apart by VLAN and interface: one connection on one link is the same one."""
        if "conversation_deinterlacing_key" not in self.shark.run("tshark", "-G",
                                                                  "defaultprefs").stdout:
            self.skipTest("Wireshark has it since 4.4")
        name = "protocols.conversation_deinterlacing_key"
        for capture in (self.clean, self.bad):
            plain, *others = (self.shark.trees(capture, "-2", "-o", f"{name}:{key}")
                              for key in ("NONE", ".MI", "VM.", "VMI"))
            for other in others:
                self.assertEqual([t.fields for t in plain], [t.fields for t in other])

    def test_raw_numbers(self):
        """With TCP's relative numbers off ours are raw too, as tcp.seq is."""
        pairs = (("seq.next", "seq.next_raw"), ("seq.expected", "seq.expected_raw"),
                 ("ack.expected", "ack.expected_raw"))
        relative = self.shark.trees(self.clean)
        self.assertEqual(relative[3].get("seq.next"), "4") # 0 + SYN + 3 octets
        self.assertEqual(relative[3].get("seq.next_raw"), "1004")
        for option in ("-2",), ():
            raw = self.shark.trees(self.clean, "-o", "tcp.relative_sequence_numbers:FALSE", *option)
            for tree in raw:
                for shown, want in pairs:
                    self.assertEqual(tree.get(shown), tree.get(want), f"{shown}, {tree.frame}")
            self.assertEqual([t.get("seq.delta") for t in raw],
                             [t.get("seq.delta") for t in relative])

    def lines_of(self, nodes):
        for node in nodes or []:
            yield node.get("l", "")
            yield from self.lines_of(node.get("n"))

    def test_reload_and_any_order(self):
        """As the GUI does: load, look at frames in any order and repeatedly, load again."""
        capture = self.shark.give(self.bad)
        count = len(self.shark.frames(self.bad))
        order = list(range(count, 0, -1)) + list(range(1, count + 1)) + [3, 3, 1]
        asked = [("frame", {"frame": n, "proto": True}) for n in order]
        expert = ("tap", {"tap0": "expert"})
        load = ("load", {"file": capture})
        rounds = 2
        answers = self.shark.sharkd(*([load, *asked, expert] * rounds))
        seen = {}
        experts = []
        for _ in range(rounds):
            self.assertNotIn("error", answers.pop(0))
            for n in order:
                text = list(self.lines_of(answers.pop(0)["tree"]))
                self.assertEqual(seen.setdefault(n, text), text, f"frame {n}")
            experts.append([row for tap in answers.pop(0)["taps"] for row in tap["details"]
                            if row.get("p") == "TCPSTATE"])
        self.assertEqual(experts[0], experts[1])
        self.assertTrue(experts[0])
        trees = {tree.frame: tree.text for tree in self.shark.trees(self.bad, "-2")}
        for n, text in trees.items():
            self.assertIn(text, seen[n])

    def test_columns_and_colours(self):
        rows = self.shark.table(self.clean, ["tcpstate.client.state", "tcpstate.server.state"],
                                "-2")
        self.assertEqual(rows[-1], [["TIME-WAIT"], ["CLOSED"]])
        # The printed list; since 4.4 the field _ws.col.info is set before post-dissectors run.
        only_info = ("-2", "-o", 'gui.column.format:"Info","%i"')
        info = self.shark.tshark(self.clean, *only_info, "-o",
                                 "tcpstate.info_column:TRUE").splitlines()
        plain = self.shark.tshark(self.clean, *only_info).splitlines()
        self.assertIn("SYN-SENT", info[0])
        self.assertNotIn("SYN-SENT", plain[0])
        self.assertTrue(info[0].endswith(plain[0]), info[0])

    def test_filters(self):
        """The filters that a reader would type, with the frames that they must find."""
        for text, want in (
                ('tcpstate.phase == "handshake"', [1, 2, 3]),
                ('tcpstate.handshake.step == "SYN-ACK"', [2]),
                ('tcpstate.handshake.step == 2', [2]),
                ('tcpstate.teardown.step == "FIN"', [7]),
                ('tcpstate.teardown.step == 2 && tcpstate.teardown.step == 3', [8]),
                ('tcpstate.src.state == "TIME-WAIT"', [9]),
                ('tcpstate.transition contains "client ESTABLISHED -> FIN-WAIT-1"', [7]),
                ('tcpstate.seq.delta != 0', []),
                ('tcpstate.ack.covers == "data"', [5, 6]),
                ('tcpstate.finding', [])):
            with self.subTest(filter=text):
                rows = self.shark.table(self.clean, ["frame.number"], "-2", "-Y", text)
                self.assertEqual([int(row[0][0]) for row in rows], want)


if __name__ == "__main__":
    shark.main()
