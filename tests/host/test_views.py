# SPDX-License-Identifier: GPL-2.0-or-later
"""What Wireshark itself makes of what we show: the flow graph, sharkd's answers, and the report on a
capture that was cut into parts."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import shark
import wire
from wire import ACK, FIN, PSH

README = (shark.SOURCE / "README.md").read_text()
REUSED = shark.SOURCE / "tests" / "truth" / "recorded" / "reuse.pcap"

# Handshake, a half-closed while with data, the rest of the close; RFC 9293 3.5 and 3.6.
STEPS = ["SYN, client SYN-SENT, server SYN-RECEIVED",
         "SYN-ACK, client ESTABLISHED, server SYN-RECEIVED",
         "ACK, client ESTABLISHED, server ESTABLISHED",
         "FIN, client FIN-WAIT-1, server CLOSE-WAIT",
         "ACK of FIN, client FIN-WAIT-2, server CLOSE-WAIT",
         "half-closed, client FIN-WAIT-2, server CLOSE-WAIT",
         "half-closed, client FIN-WAIT-2, server CLOSE-WAIT",
         "second FIN, client TIME-WAIT, server LAST-ACK",
         "ACK of second FIN, client TIME-WAIT, server CLOSED"]


class Views(shark.HostTest):
    @classmethod
    def setUpClass(cls):
        cls.shark = shark.Shark(profile=shark.SOURCE / "plugin" / "profile")
        cls.addClassCleanup(cls.shark.close)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        talk = wire.Talk().opened().send("c", FIN | ACK).send("s", ACK)
        talk.send("s", PSH | ACK, b"late").send("c", ACK).send("s", FIN | ACK).send("c", ACK)
        cls.capture = wire.write(cls.folder / "close.pcap", talk.frames())

    def test_flow_graph(self):
        out = self.shark.tshark(self.capture, "-C", "TCP State", "-q", "-z", "flow,any,standard")
        lines = [line.split("|") for line in out.splitlines() if re.match(r"\|[0-9]", line)]
        # What is written at the arrow, cut where the column ends, and beside it.
        self.assertEqual([line[-1].split("] ")[0] for line in lines], ["[" + s for s in STEPS])
        for line, step in zip(lines, STEPS):
            self.assertEqual(line[2].strip(), f"[{step}] "[:len(line[2].strip())])
            self.assertGreater(len(line[2].strip()), 15)

    def test_sharkd(self):
        """The list and the tree are those of TShark's second pass."""
        tree = self.shark.tshark(self.capture, "-2", "-O", "tcpstate", "-Y", "frame.number == 9")
        labels = [line.strip().strip("[]") for line in tree[tree.index("[TCP Connection State"):].splitlines()]
        _, rows, found, frame = self.shark.sharkd(
            ("load", {"file": self.shark.give(self.capture)}),
            ("frames", {"column0": "tcpstate.client.state:1", "column1": "tcpstate.phase:1"}),
            ("frames", {"filter": 'tcpstate.phase == "half-closed"'}),
            ("frame", {"frame": 9, "proto": True}))
        self.assertEqual([row["c"][0] for row in rows],
                         [re.search("client ([A-Z0-9-]+)", step).group(1) for step in STEPS])
        self.assertEqual(rows[5]["c"][1], "half-closed")
        self.assertEqual([row["num"] for row in found], [6, 7])
        shown = []
        self.collect(frame["tree"], shown)
        at = next(n for n, label in enumerate(shown) if label.startswith("TCP Connection State"))
        self.assertEqual(shown[at:], [label for label in labels if label])

    def collect(self, nodes, labels):
        for node in nodes:
            labels.append(node["l"].strip("[]"))
            self.collect(node.get("n", []), labels)

    def test_in_parts(self):
        """The README's line, on connections whose addresses and ports come again: the rows of the
        parts are the rows of the whole."""
        command, = re.findall(r"^    (seq .*)$", README, re.MULTILINE)
        capture = self.shark.give(REUSED)
        place = pathlib.Path(self.shark.home) / "parts"
        tshark = self.folder / "tshark"
        tshark.write_text(f'#!/bin/sh\ncd "{place}" && exec sh "{shark.SCRATCH}" in '
                          f'"{self.shark.home}" {" ".join(self.shark.environment)} '
                          f'sh -c \'cd parts && exec {shutil.which("tshark")} -n "$@"\' - "$@"\n')
        tshark.chmod(0o755)
        place.mkdir(mode=0o777)
        place.chmod(0o777)
        self.addCleanup(shutil.rmtree, place)
        subprocess.run(["sh", "-c", command.replace("CAPTURE", capture)], cwd=place, check=True,
                       timeout=240,
                       env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"})
        parts = [self.rows(file.read_text()) for file in sorted(place.glob("part-*.txt"))]
        self.assertGreater(sum(1 for part in parts if part), 1)
        whole = self.rows(self.shark.tshark(REUSED, "-q", "-z", "tcpstate,conn"))
        self.assertGreater(len(whole), 10)
        self.assertEqual(sorted(row for part in parts for row in part), sorted(whole))

    def rows(self, out):
        return [[cell.strip() for cell in line.split(" |")][2:]
                for line in out.splitlines() if line.endswith(" |")][1:]


if __name__ == "__main__":
    shark.main()
