# SPDX-License-Identifier: GPL-2.0-or-later
"""Real captures against what was worked out for them by hand: CAPTURE.expect.tsv beside this file.

The first line that is no comment names the plugin's fields, without "tcpstate.". `frame` says which
frame a row is about, `pass` in which pass it holds: 1, 2 (tshark -2) or 12 for both. In a cell
  -      the field is absent
  *      not checked
  a,b    the occurrences, in the order of the segments in the frame and of the fields in a segment
and `finding` needs only to be among the findings of the frame.
"""

import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "host"))
import shark # noqa: E402


def read(path):
    """The names of the fields and the rows, as lists of cells."""
    lines = [line for line in path.read_text().splitlines() if line and line[0] != "#"]
    head, *rows = [line.split("\t") for line in lines]
    if any(len(row) != len(head) for row in rows):
        raise ValueError(f"{path.name}: a row has not as many cells as the head")
    return head, rows


class Golden:
    def check(self, path, capture):
        head, rows = read(path)
        for options, passes in (((), "1"), (("-2",), "2")):
            frames = {frame.number: frame.trees for frame in self.shark.frames(capture, *options)}
            for row in rows:
                want = dict(zip(head, row))
                if passes in want.pop("pass"):
                    frame = int(want.pop("frame"))
                    with self.subTest(frame=frame, passes=passes):
                        self.compare(frames[frame], want)

    def compare(self, trees, want):
        shown = {name: ",".join(v for tree in trees for v in tree.all(name)) or "-"
                 for name in want}
        wrong = []
        for name, value in want.items():
            met = value in shown[name].split(",") if name == "finding" else value == shown[name]
            if value != "*" and not met:
                wrong.append(f"{name}: expected {value}, shown {shown[name]}")
        self.assertEqual(wrong, [])


class Own(Golden, shark.HostTest):
    pass


@unittest.skipUnless(os.environ.get("TCPSTATE_CAPTURES"), "TCPSTATE_CAPTURES is not set")
class Further(Golden, shark.HostTest):
    pass


def add_tests():
    """One test per file of expectations, with our captures or with the further ones."""
    further = pathlib.Path(os.environ.get("TCPSTATE_CAPTURES", ""))
    for path in sorted(HERE.glob("*.expect.tsv")):
        capture = path.name[:-len(".expect.tsv")]
        own = (shark.OWN_CAPTURES / capture).exists()
        file = (shark.OWN_CAPTURES if own else further) / capture
        setattr(Own if own else Further, "test_" + capture,
                lambda self, path=path, file=file: self.check(path, file))


add_tests()
if __name__ == "__main__":
    shark.main()
