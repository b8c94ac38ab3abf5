#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Is every state change that the protocol knows told by some scenario?

    check_rows.py --programs FOLDER FILE.flow...

Each LEGAL row of transition.def that moves an endpoint must be listed as a transition on some segment:
of its sender for what an endpoint sends, of its receiver for what it receives. Rows that stay where
they are, start in UNKNOWN, or are the observer's corrections list nothing.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

PLAYER = pathlib.Path(__file__).resolve().parent
TABLE = PLAYER.parents[1] / "plugin" / "model" / "transition.def"
ROW = re.compile(r"^TRANSITION\((\w+),\s*(\w+),\s*(\w+),\s*LEGAL", re.M)

# Rows that no capture can tell apart from others, and why.
UNTOLD = {
    "LISTEN SENDS_SYN": "who sends a SYN is shown as an active opener, from CLOSED",
    "LISTEN SENDS_RST": "a listener that answers with a RST turns out to have been CLOSED",
    "SYN_RECEIVED RECEIVES_FIN": "a FIN that counts acknowledges the SYN, which comes first",
}


def spelled(state):
    return state.replace("_", "-")


def rows():
    """(name of the row, who moves, from, to) for each row that must be told."""
    for state, event, after in ROW.findall(TABLE.read_text()):
        doer = {"SENDS": "sender", "RECEIVES": "receiver"}.get(event.split("_")[0])
        if doer is None or state in (after, "UNKNOWN") or f"{state} {event}" in UNTOLD:
            continue
        yield f"{state} {event}", doer, spelled(state), spelled(after)


def told(programs, files):
    names = re.findall(r'^SHOWN\(\w+,\s*"([^"]+)"', (PLAYER / "shown_fields.def").read_text(), re.M)
    transition, direction = (4 + names.index("tcpstate." + name) for name in ("transition", "direction"))
    with tempfile.NamedTemporaryFile("r", suffix=".tsv") as table:
        subprocess.run([programs / "flow_core", "--dump", table.name, *files],
                       stdout=subprocess.DEVNULL, check=False)
        for line in table:
            cells = line.rstrip("\n").split("\t")
            sender = cells[direction].split(" ")[0]
            for change in filter(None, cells[transition].split(",")):
                who, before, after = re.fullmatch(r"(\w+) (\S+) -> (\S+)", change).groups()
                yield "sender" if who == sender else "receiver", before, after


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    wanted = list(rows())
    seen = set(told(options.programs, options.files))
    missing = [name for name, *change in wanted if tuple(change) not in seen]
    for name in missing:
        print("no scenario tells", name)
    print(f"{len(wanted) - len(missing)} of {len(wanted)} state changes are told")
    return 1 if missing or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
