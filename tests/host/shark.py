# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs Wireshark's programs with the plugin under test, and reads what they print.

The environment says what to test (tests/host/CMakeLists.txt sets it):
  TCPSTATE_PLUGIN     the module
  TCPSTATE_CAPTURES   optional: a folder of further captures
  TCPSTATE_PRELOAD    optional: libraries that a sanitized module needs first
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SCRATCH = SOURCE / "cmake" / "scratch.sh"
OWN_CAPTURES = SOURCE / "tests" / "captures"
TRUTH = SOURCE / "tests" / "truth" / "data"
SKIPPED = 77  # what CTest takes for "skipped"


# What later frames add (contract, "later"), and links to frames that may come later.
LATER = {"acked_in", "conn.ending", "conn.outcome", "conn.state", "conn.history",
         "syn_in", "synack_in", "established_in", "fin_in", "closed_in"}
# What later frames may correct: the receiver's side, and what is derived from it.
CORRECTED = {"dst.state", "dst.state.before", "client.state", "server.state", "transition",
             "phase", "teardown.step", "teardown.kind", "direction", "rst.class",
             "finding", "finding.severity", "finding.detail", "finding.frame",
             "client.path", "server.path"}


def own_captures():
    """What we recorded, and of the kernels' connections what the middle of the link saw."""
    return sorted([*OWN_CAPTURES.glob("*.pcap*"),
                   *(f for f in TRUTH.glob("*.pcap") if f.name.count(".") == 1)])


def further_captures():
    folder = os.environ.get("TCPSTATE_CAPTURES")
    if not folder:
        return []
    return sorted(f for f in pathlib.Path(folder).iterdir() if f.suffix.startswith(".pcap"))


class Tree:
    """One tree of the plugin: the fields of one TCP segment, in the order shown."""

    def __init__(self, frame, text):
        self.frame = frame
        self.text = text
        self.fields = []  # (name, value), the name without "tcpstate."

    def all(self, name):
        return [value for key, value in self.fields if key == name]

    def without(self, names):
        """Without these fields; an expert info is named like its finding and goes with it."""
        hidden = names | set(self.all("finding")) if "finding" in names else names
        return [(name, value) for name, value in self.fields if name not in hidden]

    def get(self, name):
        found = self.all(name)
        return found[0] if found else None


class Frame:
    def __init__(self, number, trees):
        self.number = number
        self.trees = trees


def trees_of(packet, frame):
    """The plugin's trees in one packet of PDML."""
    trees = []
    for proto in packet.iter("proto"):
        if proto.get("name") == "tcpstate":
            trees.append(Tree(frame, proto.get("showname")))
            for field in proto.iter("field"):
                name = field.get("name")
                if name.startswith("tcpstate."):
                    trees[-1].fields.append((name[len("tcpstate."):], field.get("show")))
    return trees


class Shark:
    """A scratch home with the plugin; every capture is copied into it once."""

    def __init__(self, plugin=None, profile=None):
        plugin = plugin or os.environ["TCPSTATE_PLUGIN"]
        arguments = ["new", str(plugin)] + ([str(profile)] if profile else [])
        self.home = subprocess.run(["sh", SCRATCH, *arguments], check=True, text=True,
                                   stdout=subprocess.PIPE).stdout.strip()
        self.given = {}
        preload = os.environ.get("TCPSTATE_PRELOAD")
        self.environment = ["env", f"LD_PRELOAD={preload}"] if preload else ["env"]

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)

    def give(self, path):
        path = pathlib.Path(path)
        if path not in self.given:
            if path.name in {p.name for p in self.given}:
                raise ValueError(f"two captures named {path.name}")
            done = subprocess.run(["sh", SCRATCH, "give", self.home, str(path)], check=True,
                                  text=True, stdout=subprocess.PIPE)
            self.given[path] = done.stdout.strip()
        return self.given[path]

    def run(self, program, *arguments, stdin=None, env=(), timeout=240):
        """One program's run. Its standard error must be empty, for no warning is wanted."""
        done = subprocess.run(["sh", SCRATCH, "in", self.home, *self.environment, *env, program,
                               *map(str, arguments)], input=stdin, text=True, timeout=timeout,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done

    def tshark(self, capture, *arguments, **more):
        done = self.run("tshark", "-n", "-r", self.give(capture), *arguments, **more)
        if done.returncode or done.stderr:
            raise AssertionError(f"tshark {' '.join(map(str, arguments))} on {capture}: "
                                 f"status {done.returncode}, {done.stderr}")
        return done.stdout

    def table(self, capture, fields, *arguments):
        """-T fields: one list per frame, one list of occurrences per field."""
        asked = [word for field in fields for word in ("-e", field)]
        out = self.tshark(capture, *arguments, "-T", "fields", "-E", "separator=/t",
                          "-E", "aggregator=|", *asked)
        return [[cell.split("|") if cell else [] for cell in line.split("\t")]
                for line in out.splitlines()]

    def pdml(self, capture, *arguments):
        """The PDML of every frame, as an element tree, one at a time."""
        out = self.tshark(capture, *arguments, "-T", "pdml")
        # Octets in a text field may be no XML character.
        out = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "?", out)
        return ElementTree.fromstring(out).iter("packet")

    def frames(self, capture, *arguments):
        """Every frame with the plugin's trees in it."""
        frames = []
        for packet in self.pdml(capture, "-J", "frame tcpstate", *arguments):
            number = int(packet.find(".//field[@name='frame.number']").get("show"))
            frames.append(Frame(number, trees_of(packet, number)))
        return frames

    def trees(self, capture, *arguments):
        return [tree for frame in self.frames(capture, *arguments) for tree in frame.trees]

    def sharkd(self, *requests):
        """Sends (method, parameters) to a sharkd; the list of results."""
        lines = [json.dumps({"jsonrpc": "2.0", "id": n, "method": method, "params": parameters})
                 for n, (method, parameters) in enumerate(requests, 1)]
        done = self.run("sharkd", "-", stdin="\n".join(lines) + "\n")
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if len(answers) != len(requests):
            raise AssertionError(f"sharkd answered {len(answers)} of {len(requests)} requests: "
                                 f"{done.stderr}")
        return [answer.get("result", answer.get("error")) for answer in answers]


class HostTest(unittest.TestCase):
    """One scratch home for all tests of a class."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.shark = Shark()
        cls.addClassCleanup(cls.shark.close)


def main():
    """As unittest.main(), with CTest's status for a run in which every test was skipped."""
    program = unittest.main(module="__main__", exit=False, verbosity=1)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.skipped and len(result.skipped) >= result.testsRun:
        sys.exit(SKIPPED)
