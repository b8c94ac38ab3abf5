# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said of how a connection ends: on its last frame, from the second pass on, alike in every
program, and only as long as nothing more comes."""

import collections
import pathlib
import tempfile

import shark
import wire
from wire import ACK, PSH, SYN

TABLE = ["frame.number", "tcpstate.finding", "tcpstate.finding.severity", "tcpstate.finding.detail"]
HOUR = 3600

# A connection with octets that nobody acknowledges, one that closes, one that stays open, and a SYN.
# Then an hour passes and a frame that is no TCP ends the capture.
EXPECTED = {(4, "end_unacked_data", "note"), (14, "end_open", "chat"),
            (15, "end_syn_unanswered", "note")}
FRAMES = 16


def frames():
    lost = wire.Talk(client=("10.4.0.1", 40001)).opened().send("c", PSH | ACK, b"x" * 100)
    closed = wire.Talk(client=("10.4.0.1", 40002)).opened().send("c", PSH | ACK, b"abc").closed()
    still = wire.Talk(client=("10.4.0.1", 40003)).opened()
    asked = wire.Talk(client=("10.4.0.1", 40004)).send("c", SYN)
    talks = lost.packets + closed.packets + still.packets + asked.packets
    udp = wire.ipv4("10.4.0.3", "10.4.0.4", b"\0\x09\0\x09\0\x08\0\0", protocol=17)
    return [wire.ethernet(packet) for packet in talks + [udp]]


class Endings(shark.HostTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        all_frames = frames()
        cls.last = len(all_frames) - 1
        cls.capture = wire.write(cls.folder / "ends.pcap", all_frames, pauses={cls.last: HOUR})
        # The same, and after the hour the octets are acknowledged.
        late = wire.Talk(client=("10.4.0.1", 40001)).opened().send("c", PSH | ACK, b"x" * 100)
        late.send("s", ACK)
        all_frames.append(wire.ethernet(late.packets[-1]))
        cls.answered = wire.write(cls.folder / "answered.pcap", all_frames,
                                  pauses={cls.last: HOUR})

    def said(self, capture, *arguments):
        """(frame, id, severity) of the endings that are shown, and their details."""
        shown, details = set(), {}
        for frame, ids, severities, texts in self.shark.table(capture, TABLE, *arguments):
            for name, severity, text in zip(ids, severities, texts):
                if name.startswith("end_"):
                    shown.add((int(frame[0]), name, severity))
                    details[name] = text
        return shown, details

    def experts(self, *arguments):
        """How often each summary of ours on an ending stands in -z expert."""
        out = self.shark.tshark(self.capture, *arguments, "-q", "-z", "expert")
        told = collections.Counter()
        for line in out.splitlines():
            cells = line.split(None, 3)
            if len(cells) == 4 and cells[2] == "TCPSTATE":
                told[cells[3]] += int(cells[0])
        return told

    def test_from_the_second_pass_on(self):
        self.assertEqual(self.last + 1, FRAMES)
        self.assertEqual(self.said(self.capture)[0], set())
        shown, details = self.said(self.capture, "-2")
        self.assertEqual(shown, EXPECTED)
        self.assertIn("client: octets without acknowledgment: 100", details["end_unacked_data"])
        self.assertIn("capture ends 3600.012 s later", details["end_unacked_data"])

    def test_filters(self):
        for frame, name, severity in EXPECTED:
            for text, found in ((f'tcpstate.finding == "{name}"', True),
                                (f"tcpstate.{name}", severity != "chat")):
                rows = self.shark.table(self.capture, ["frame.number"], "-2", "-Y", text)
                self.assertEqual(rows, [[[str(frame)]]] if found else [], text)
                self.assertEqual(self.shark.table(self.capture, ["frame.number"], "-Y", text), [])

    def test_experts(self):
        notes = {"The last octets are never acknowledged": 1, "Nobody answers the SYN": 1}
        everything = ("-o", "tcpstate.report_severity:chat")
        self.assertEqual(self.experts(), {})
        self.assertEqual(self.experts("-2"), notes)
        chats = {"The connection is still open when the capture ends": 1, **notes}
        self.assertEqual({text: n for text, n in self.experts("-2", *everything).items()
                          if text in chats}, chats)

    def test_too_soon_to_tell(self):
        """The hour that passes is less than the grace."""
        shown, details = self.said(self.capture, "-2", "-o", f"tcpstate.end_open_limit:{2 * HOUR}")
        self.assertEqual(shown, {(frame, name, "chat") for frame, name, _ in EXPECTED})
        for text in details.values():
            self.assertIn("too soon to tell", text)

    def test_another_frame_takes_it_back(self):
        shown, _ = self.said(self.answered, "-2")
        self.assertEqual({(frame, name) for frame, name, _ in shown},
                         {(FRAMES + 1, "end_open"), (14, "end_open"), (15, "end_syn_unanswered")})

    def test_rejected_frames_are_part_of_the_capture(self):
        """The frame that shows how long it went on may be rejected; one that is the last of its
        connection takes what would be said there with it."""
        moved = {(frame - 1, name, severity) for frame, name, severity in EXPECTED}
        shown, _ = self.said(self.capture, "-2", "-R",
                             "tcp && !(tcp.port == 40001 && tcp.flags == 2)")
        self.assertEqual(shown, moved)
        shown, _ = self.said(self.capture, "-2", "-R", "!(tcp.len == 100)")
        self.assertEqual(shown, {ending for ending in moved if ending[1] != "end_unacked_data"})

    def test_reports(self):
        tree = self.shark.tshark(self.capture, "-2", "-q", "-z", "tcpstate,tree")
        self.assertIn("end of capture", tree)
        self.assertNotIn("end of capture",
                         self.shark.tshark(self.capture, "-q", "-z", "tcpstate,tree"))
        for passes, notes, chats in (((), 0, 0), (("-2",), 2, 1)):
            out = self.shark.tshark(self.capture, *passes, "-q", "-z", "tcpstate,conn")
            rows = [[cell.strip() for cell in line[:-2].split(" |")]
                    for line in out.splitlines() if line.endswith(" |")]
            sums = {title: sum(int(row[n]) for row in rows[1:])
                    for n, title in enumerate(rows[0]) if title in ("Notes", "Chats")}
            self.assertEqual(sums, {"Notes": notes, "Chats": chats}, passes)

    def test_sharkd(self):
        """The GUI's way: loaded, filtered, shown, loaded again and dissected anew."""
        name = self.shark.give(self.capture)
        asked = [("frames", {"filter": f'tcpstate.finding == "{ending}"'})
                 for _, ending, _ in sorted(EXPECTED)]
        shown = ("frame", {"frame": 4, "proto": True})
        again = ("setconf", {"name": "tcpstate.msl", "value": "31"})
        load = ("load", {"file": name})
        answers = self.shark.sharkd(load, *asked, shown, *asked, shown, again, load, *asked, shown)
        first, second, third = answers[1:5], answers[5:9], answers[11:15]
        self.assertEqual(first, second)
        self.assertEqual(first, third)
        self.assertEqual([[frame["num"] for frame in answer] for answer in first[:3]],
                         [[frame] for frame, _, _ in sorted(EXPECTED)])
        self.assertIn("octets without acknowledgment: 100", str(first[3]))


if __name__ == "__main__":
    shark.main()
