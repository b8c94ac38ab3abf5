# SPDX-License-Identifier: GPL-2.0-or-later
"""How often do the two states of a segment agree with what the kernels themselves said?"""

import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "host"))
import shark # noqa: E402

# Least agreement in per cent at the middle of the link, in one pass: what issue and README promise.
LEAST_TAIL = 96
LEAST_HEAD = 98
SHOWN = 12 # disagreements that a failure prints


class Score:
    def __init__(self):
        self.agreed = {"tail": 0, "head": 0}
        self.asked = {"tail": 0, "head": 0}
        self.wrong = []

    def count(self, name, truth, told):
        for end, key, others, state in (("tail", "t", "ta", told[0]), ("head", "h", "ha", told[1])):
            if truth[key] is None:
                continue
            self.asked[end] += 1
            if state == truth[key] or state in truth.get(others, []):
                self.agreed[end] += 1
            else:
                notes = " ".join(truth.get("n", []))
                self.wrong.append(f"{name} frame {truth['f']} {truth['d']} {truth['g']} {end}: "
                                  f"kernel {truth[key]}, plugin {state} {notes}")

    def percent(self, end):
        return 100 * self.agreed[end] / self.asked[end]

    def __str__(self):
        return ", ".join(f"{end} {self.percent(end):.2f} % of {self.asked[end]}"
                         for end in ("tail", "head"))


class Truth(shark.HostTest):
    def score(self, vantage, *options):
        score = Score()
        for file in sorted(shark.TRUTH.glob("*.truth.jsonl")):
            name = file.name[:-len(".truth.jsonl")]
            if (name.partition(".")[2] or "middle") != vantage:
                continue
            told = self.shark.table(shark.TRUTH / f"{name}.pcap",
                                    ["tcpstate.src.state", "tcpstate.dst.state"], *options)
            truths = [json.loads(line) for line in file.read_text().splitlines()]
            self.assertEqual(len(told), len(truths), name)
            for truth in truths:
                states = told[truth["f"] - 1]
                score.count(name, truth, [s[0] if s else None for s in states])
        return score

    def check(self, vantage, *options, tail=0, head=0):
        score = self.score(vantage, *options)
        print(f"{vantage}, {'two passes' if '-2' in options else 'one pass'}: {score}")
        if os.environ.get("TCPSTATE_SHOW_WRONG"):
            print("\n".join(score.wrong))
        wrong = "\n".join(score.wrong[:SHOWN])
        self.assertGreaterEqual(score.percent("tail"), tail, wrong)
        self.assertGreaterEqual(score.percent("head"), head, wrong)

    def test_middle_one_pass(self):
        self.check("middle", tail=LEAST_TAIL, head=LEAST_HEAD)

    def test_middle_two_passes(self):
        """What later frames teach may only help."""
        self.check("middle", "-2", tail=LEAST_TAIL, head=LEAST_HEAD)

    def test_at_the_ends(self):
        for vantage in ("client", "server"):
            self.check(vantage, tail=LEAST_TAIL, head=LEAST_HEAD)


class Measure(unittest.TestCase):
    """The measure itself: right answers count, wrong ones do not."""

    def test_counts(self):
        score = Score()
        truth = {"f": 1, "d": ">", "g": "S", "t": "SYN-SENT", "h": "CLOSED", "ha": ["LISTEN"]}
        score.count("x", truth, ["SYN-SENT", "LISTEN"])
        score.count("x", truth, ["LISTEN", None])
        score.count("x", {**truth, "t": None}, ["LISTEN", "CLOSED"])
        self.assertEqual((score.agreed, score.asked),
                         ({"tail": 1, "head": 2}, {"tail": 2, "head": 3}))
        self.assertEqual(len(score.wrong), 2)


if __name__ == "__main__":
    shark.main()
