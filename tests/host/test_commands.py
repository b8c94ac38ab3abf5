# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands that a user types: cmake/run.sh with any file."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import shark
import wire

SAMPLE = shark.OWN_CAPTURES / "sample-curl.pcap"


class Listing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def run_sh(self, *arguments):
        return subprocess.run(["sh", shark.SOURCE / "cmake" / "run.sh", *arguments], text=True,
                              cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=600, stdin=subprocess.DEVNULL)

    def rows(self, out):
        """The lines of segments: they begin with the frame's number."""
        return [line.split() for line in out.splitlines() if re.match(r" +\d+ ", line)]

    def test_sample(self):
        done = self.run_sh()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = self.rows(done.stdout)
        self.assertEqual([row[0] for row in rows], [str(n) for n in range(1, 13)])
        self.assertEqual(rows[1][2:12], "1 <-- server SYN ACK handshake 2 SYN-ACK ESTABLISHED "
                         "SYN-RECEIVED".split())
        self.assertIn("ACK of FIN, 3 second FIN  LAST-ACK     TIME-WAIT", done.stdout)
        self.assertEqual(len({line.index("client -->") for line in done.stdout.splitlines()
                              if "client -->" in line}), 1, "columns are not aligned")

    def test_any_name(self):
        for name in ("tcpdump.log", "two words.pcap", "-dash", "q'uote\"$x"):
            with self.subTest(name=name):
                shutil.copy(SAMPLE, self.folder / name)
                done = self.run_sh(name)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(len(self.rows(done.stdout)), 12)

    def test_two_segments_in_a_frame(self):
        packets = wire.Talk().opened().send("c", wire.ACK, b"x").send("c", wire.ACK, b"y").packets
        frames = [wire.ethernet(p) for p in packets[:3]]
        frames.append(wire.ethernet(wire.aggregate_in_gre(packets[3:])))
        wire.write(self.folder / "two.pcap", frames)
        self.assertEqual([row[0] for row in self.rows(self.run_sh("two.pcap").stdout)],
                         ["1", "2", "3", "4", "4"])

    def test_findings_are_listed(self):
        talk = wire.Talk().opened().send("c", 0)
        wire.write(self.folder / "null.pcap", talk.frames())
        self.assertRegex(self.run_sh("null.pcap").stdout, r"\n +warn: hdr_flags_null: \S")

    def refused(self, *arguments):
        """One sentence on standard error, nothing else, and a status that says so."""
        done = self.run_sh(*arguments)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return done.stderr

    def test_what_is_no_capture(self):
        (self.folder / "text.txt").write_text("hello, this is text\n" * 20)
        (self.folder / "empty").write_text("")
        (self.folder / "folder").mkdir()
        wire.write(self.folder / "no-frames.pcap", [])
        arp = wire.ethernet(b"\0\1\x08\0\6\4\0\1" + bytes(20), 0x0806)
        wire.write(self.folder / "no-tcp.pcap", [arp])
        for name, words in (("missing", "does not exist"), ("folder", "is a folder"),
                            ("empty", "is empty"), ("text.txt", "not a capture"),
                            ("no-frames.pcap", "no TCP"), ("no-tcp.pcap", "no TCP")):
            with self.subTest(name=name):
                said = self.refused(name)
                self.assertIn(words, said)
                self.assertIn(name, said)
        self.assertIn("one capture", self.refused("a", "b"))

    @unittest.skipIf(os.getuid() == 0, "root may read everything")
    def test_unreadable(self):
        file = self.folder / "secret.pcap"
        shutil.copy(SAMPLE, file)
        file.chmod(0)
        self.assertIn("permission", self.refused("secret.pcap"))

    def test_reader_who_has_seen_enough(self):
        done = subprocess.run(["sh", "-c", 'sh "$0" "$1" | head -n 2',
                               shark.SOURCE / "cmake" / "run.sh", shark.TRUTH / "reorder.pcap"],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.stderr, "")
        self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_cut_short(self):
        (self.folder / "cut.pcap").write_bytes(SAMPLE.read_bytes()[:-20])
        done = self.run_sh("cut.pcap")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(self.rows(done.stdout)), 11)
        self.assertIn("cut short", done.stderr)


if __name__ == "__main__":
    shark.main()
