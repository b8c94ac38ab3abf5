# SPDX-License-Identifier: GPL-2.0-or-later
"""release_table.py FOLDER: what tests/releases.sh left in FOLDER, one folder with a junit.xml for
each release, as a table of releases and test labels."""

import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def counts(path):
    """By label: how many tests passed, failed and were skipped."""
    found = collections.defaultdict(collections.Counter)
    for case in ElementTree.parse(path).iter("testcase"):
        label = case.get("name").split(".")[0]
        if case.find("skipped") is not None:
            found[label]["skipped"] += 1
        elif case.get("status") == "run":
            found[label]["passed"] += 1
        else:
            found[label]["failed"] += 1
    return found


def cell(counter):
    """`230 passed`, with what else happened behind it."""
    words = [f"{counter[word]} {word}" for word in ("passed", "failed", "skipped") if counter[word]]
    return ", ".join(words) or "-"


def main():
    releases = {path.parent.name: counts(path)
                for path in sorted(pathlib.Path(sys.argv[1]).glob("*/junit.xml"))}
    labels = sorted({label for found in releases.values() for label in found})
    rows = [["Wireshark", *labels]]
    rows += [[name, *(cell(found[label]) for label in labels)] for name, found in releases.items()]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


if __name__ == "__main__":
    main()
