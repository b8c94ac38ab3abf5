#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays scenarios the whole way: into one capture, through tshark with the plugin, and back.

    check_tshark.py --plugin tcpstate.so --programs FOLDER FILE.flow...

FOLDER holds flow_core and flow_pcap. tshark runs twice, in one pass and with -2. What it shows must
be what the scenarios say (flow_core --seen compares), and, field by field and segment by segment,
what the core's own door shows (flow_core --dump).
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "host"))
import shark  # noqa: E402

SEPARATOR, AGGREGATOR = "\x1e", "\x1f"
LINKS = {"tcpstate." + name for name in ("ack.frame", "acked_in", "syn_in", "synack_in",
                                         "established_in", "fin_in", "closed_in", "finding.frame")}
VIEWS = {"one": (), "later": ("-2",)}
SHOW = 40  # differences printed at most


def field_names():
    """The columns, in the order of shown_fields.def, the one place where they stand."""
    lines = pathlib.Path(__file__).with_name("shown_fields.def").read_text().splitlines()
    return [line.split('"')[1] for line in lines if line.startswith("SHOWN(")]


def read_index(path):
    """(scenario, ISS, first frame, number of frames) in the order of the capture."""
    with open(path) as file:
        return [(name, iss, int(first), int(count))
                for name, iss, first, count in (line.rstrip("\n").split("\t") for line in file)]


def run_tshark(sharks, capture, fields, options):
    """One list of occurrences per field and frame. Checksums are verified, as the core's door does."""
    asked = [word for field in fields for word in ("-e", field)]
    out = sharks.tshark(capture, *options, "-o", "tcp.check_checksum:TRUE", "-T", "fields",
                        "-E", "separator=" + SEPARATOR, "-E", "aggregator=" + AGGREGATOR, *asked)
    return [[cell.split(AGGREGATOR) if cell else [] for cell in line.split(SEPARATOR)]
            for line in out.split("\n")[:-1]]


def counted_from(first, values):
    return [str(int(value) - first + 1) for value in values]


def flow_rows(rows, fields, first_frame):
    """Frame numbers and conn.id counted within the scenario."""
    conn = fields.index("tcpstate.conn.id")
    first_conn = min((int(row[conn][0]) for row in rows if row[conn]), default=1)
    for row in rows:
        cells = []
        for name, values in zip(fields, row):
            if name in LINKS:
                values = counted_from(first_frame, values)
            elif name == "tcpstate.conn.id":
                values = counted_from(first_conn, values)
            joint = AGGREGATOR if name == "tcpstate.finding.detail" else ","
            cells.append(joint.join(values))
        yield cells


def write_table(path, index, shown, fields):
    with open(path, "w") as out:
        for name, iss, first, count in index:
            for view in VIEWS:
                rows = shown[view][first - 1:first - 1 + count]
                for frame, cells in enumerate(flow_rows(rows, fields, first), 1):
                    print(name, iss, frame, view, *cells, sep="\t", file=out)


def compare_doors(core_path, tshark_path, fields):
    """The core's table lacks the last column, the finding's text."""
    wrong = 0
    with open(core_path) as core, open(tshark_path) as through:
        for ours, theirs in zip(core, through):
            ours, theirs = (line.rstrip("\n").split("\t") for line in (ours, theirs))
            for name, a, b in zip(["", "", "", ""] + fields, ours, theirs):
                if a == b:
                    continue
                wrong += 1
                if wrong <= SHOW:
                    print(f"{ours[0]}: ISS {int(ours[1]):#010x}, frame {ours[2]}, view {ours[3]}: {name}: "
                          f"core {a or '(absent)'}, tshark {b or '(absent)'}")
    return wrong


def check(options, scratch):
    sharks = shark.Shark(options.plugin)
    capture, core, through = (scratch / name for name in ("flows.pcap", "core.tsv", "tshark.tsv"))
    fields = field_names() + ["tcpstate.finding.detail"]
    try:
        known = {line.split("\t")[2] for line in sharks.run("tshark", "-G", "fields").stdout.splitlines()
                 if line.startswith("F\t")}
        missing = [field for field in fields if field not in known]
        if missing:
            print("the plugin does not load, or lacks:", *missing)
            return 1
        subprocess.run([options.programs / "flow_pcap", capture, *options.files], check=True)
        subprocess.run([options.programs / "flow_core", "--dump", core, *options.files],
                       stdout=subprocess.DEVNULL, check=False)
        index = read_index(f"{capture}.index")
        frames = sum(count for _, _, _, count in index) + 1  # the last is no scenario's
        shown = {view: run_tshark(sharks, capture, fields, more) for view, more in VIEWS.items()}
    finally:
        sharks.close()
    if any(len(rows) != frames for rows in shown.values()):
        print("tshark shows", {view: len(rows) for view, rows in shown.items()}, "of", frames, "frames")
        return 1
    write_table(through, index, shown, fields)
    said = subprocess.run([options.programs / "flow_core", "--seen", through, *options.files],
                          check=False)
    apart = compare_doors(core, through, fields)
    print(f"{frames} frames of {len(options.files)} scenarios: core and tshark differ in {apart} values")
    return int(said.returncode != 0 or apart != 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugin", type=pathlib.Path, default=os.environ.get("TCPSTATE_PLUGIN"))
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    if options.plugin is None:
        parser.error("--plugin or TCPSTATE_PLUGIN is needed")
    with tempfile.TemporaryDirectory() as scratch:
        return check(options, pathlib.Path(scratch))


if __name__ == "__main__":
    sys.exit(main())
