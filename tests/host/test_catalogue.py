# SPDX-License-Identifier: GPL-2.0-or-later
"""All findings at a glance: severity, scenarios that raise each and that must not, and the noise it
makes on real traffic (every capture at hand). Printed; none may be without a rule or a scenario.

    ctest --test-dir BUILD -R host.catalogue -V

TCPSTATE_CATALOGUE (environment) may name a list, one id a line or in a Markdown table's first column
as `id`; then each of those must be a row too."""

import collections
import os
import pathlib
import re
import unittest

import shark

FINDINGS = shark.SOURCE / "plugin" / "findings"
SCENARIOS = shark.SOURCE / "tests" / "scenarios"
SEVERITIES = ("chat", "note", "warn", "error")
ROW = re.compile(r'^FINDING\((\w+),\s*(\w+),\s*\w+,\s*(\w+),\s*\w+,\s*"([^"]*)"', re.MULTILINE)
Row = collections.namedtuple("Row", "id family severity rfc")


def rows():
    text = (FINDINGS / "findings.def").read_text()
    found = [Row(*match) for match in ROW.findall(text)]
    if len(found) != len(re.findall(r"^FINDING\(", text, re.MULTILINE)):
        raise ValueError("a row of findings.def that this test cannot read")
    return found


def ours():
    return [row for row in rows() if row.severity != "NATIVE"]


def scenarios():
    """Of each finding the scenarios that expect it; and all scenarios by name."""
    expecting = collections.defaultdict(set)
    paths = {path.name: path for path in SCENARIOS.rglob("*.flow")}
    for name, path in paths.items():
        for id in re.findall(r"^\s+(?:one-pass )?finding (\w+)", path.read_text(), re.MULTILINE):
            expecting[id].add(name)
    return expecting, paths


class Catalogue(shark.HostTest):
    def test_every_row_has_a_rule(self):
        code = "".join(path.read_text() for path in FINDINGS.glob("*.c"))
        named = set(re.findall(r"\bFINDING_(\w+)|\bRULE\w*\((\w+)", code))
        self.assertEqual([row.id for row in ours() if row.id not in set().union(*named)], [])

    def test_no_id_of_the_list_is_missing(self):
        path = os.environ.get("TCPSTATE_CATALOGUE")
        if not path:
            self.skipTest("TCPSTATE_CATALOGUE is not set")
        wanted = re.findall(r"^(?:\| )?`?([a-z]+_[a-z0-9_]+)`?(?= \||$)",
                            pathlib.Path(path).read_text(), re.MULTILINE)
        self.assertGreater(len(wanted), 0)
        known = {row.id for row in rows()}
        self.assertEqual([name for name in wanted if name not in known], [])

    def test_the_table(self):
        captures = shark.own_captures() + shark.further_captures()
        noise, frames = collections.defaultdict(collections.Counter), 0
        for capture in captures:
            table = self.shark.table(capture, ["tcpstate.finding", "tcpstate.finding.severity"],
                                     "-2")
            frames += len(table)
            for names, severities in table:
                self.assertEqual(len(names), len(severities))
                for name, severity in zip(names, severities):
                    noise[name][severity] += 1
        expecting, paths = scenarios()
        self.assertLessEqual(noise.keys() | expecting.keys(), {row.id for row in ours()})
        lines = [f"{'finding':<28} {'at most':<7} {'raised in':>9} {'quiet in':>8}   "
                 + " ".join(f"{word:>6}" for word in SEVERITIES) + "   source"]
        for row in rows():
            if row.severity == "NATIVE":
                lines.append(f"{row.id:<28} Wireshark's own" + 36 * " " + f"   {row.rfc}")
                continue
            raised = expecting[row.id]
            quiet = {name for name in paths if re.match(rf"{row.id}[.-]", name)} - raised
            with self.subTest(row.id):
                self.assertGreater(len(raised), 0, "no scenario raises it")
                self.assertGreater(len(quiet), 0, "no innocent scenario comes close")
            counts = " ".join(f"{noise[row.id][word] or '-':>6}" for word in SEVERITIES)
            lines.append(f"{row.id:<28} {row.severity.lower():<7} {len(raised):>9} "
                         f"{len(quiet):>8}   {counts}   {row.rfc}")
        print(f"\nHow many scenarios raise it; in how many that were written for it, as the closest "
              f"innocent\ntraffic, it must not appear (in none of the {len(paths)} may it where it is "
              f"not expected); on how\nmany segments of {len(captures)} captures ({frames} frames) it "
              f"appears, by severity.\n")
        print("\n".join(lines))


if __name__ == "__main__":
    shark.main()
