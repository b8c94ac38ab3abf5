# SPDX-License-Identifier: GPL-2.0-or-later
"""The two reports: `-z tcpstate,tree` and `-z tcpstate,conn`. What they total is what the fields
say of the same segments, in one pass and in two, with and without a filter."""

import collections
import pathlib
import re
import subprocess
import tempfile
import unittest

import shark
import wire

FILTERS = (None, "tcp.flags.syn == 1", "tcpstate.finding")
PASSES = ((), ("-2",))
NODES = {"Segments by phase": "phase",
         "Segments by outcome of their connection": "conn.outcome",
         "Segments by teardown kind": "teardown.kind"}
SEVERITIES = ("error", "warn", "note", "chat")
COUNTS = ("Errors", "Warnings", "Notes", "Chats")


def recorded():
    """Our own recordings, and some of the kernels', chosen by nothing but their place in the list:
    each one costs a dozen starts of TShark."""
    ours = [f for f in shark.own_captures() if f.parent == shark.OWN_CAPTURES]
    return ours + [f for f in shark.own_captures() if f not in ours][::12]


def read_tree(out):
    """The report as {(top, …, name): count}; a level is one blank of indentation."""
    counts, path, in_table = {}, [], False
    for line in out.splitlines():
        if line.startswith("----"):
            in_table = not in_table and not counts
        elif in_table and line.strip():
            width = len(line) - len(line.lstrip())
            name = line.strip().split("  ")[0].strip()
            path[width:] = [name]
            counts[tuple(path)] = int(line.strip()[len(name):].split()[0])
    return counts


def read_rows(out):
    """The table as a list of dictionaries, by title of the column."""
    lines = [line for line in out.splitlines() if line.endswith(" |")]
    titles, *rows = ([cell.strip() for cell in line[:-2].split(" |")] for line in lines)
    for row in rows:
        if len(row) != len(titles) or "" in row:
            raise AssertionError(row)
    return [dict(zip(titles, row)) for row in rows]


class Reports(shark.HostTest):
    @classmethod
    def setUpClass(cls):
        """And one file in which there is something to find, on several connections."""
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        frames = []
        for n, flags in enumerate((0, 0, wire.FIN, wire.SYN | wire.FIN)):
            talk = wire.Talk(client=("10.2.0.1", 41000 + n)).opened()
            talk.send("c", wire.ACK, b"abc").send("s", flags)
            frames += (talk.closed() if n else talk).frames()
        cls.odd = wire.write(pathlib.Path(folder.name) / "odd.pcap", frames)
        # Two segments in one frame, and a header cut so short that it is no segment.
        talk = wire.Talk(client=("10.3.0.1", 42000)).opened().send("c", wire.ACK, b"x" * 10)
        packets = talk.send("c", wire.SYN | wire.FIN).send("s", wire.ACK).packets
        frames = [wire.ethernet(p) for p in packets[:3]]
        frames += [wire.ethernet(wire.aggregate_in_gre(packets[3:5])), wire.ethernet(packets[5])]
        frames.append(wire.Cut(frames[-1], 14 + 20 + 19))
        cls.layered = wire.write(pathlib.Path(folder.name) / "layered.pcap", frames)

    def test_there_is_something_to_find(self):
        row = [sum(int(r[t]) for r in self.connections(self.odd))
               for t in COUNTS]
        self.assertGreater(sum(row), 3)

    def test_layers_are_counted(self):
        for passes in PASSES:
            self.assertEqual(self.summary(self.layered, passes)[("Segments by phase",)], 6)

    def report(self, capture, which, passes=(), display=None):
        argument = f"tcpstate,{which}" + (f",{display}" if display else "")
        return self.shark.tshark(capture, *passes, "-q", "-z", argument)

    def summary(self, *arguments):
        return read_tree(self.report(*arguments[:1], "tree", *arguments[1:]))

    def connections(self, *arguments):
        return read_rows(self.report(*arguments[:1], "conn", *arguments[1:]))

    def every(self):
        for capture in [*recorded(), self.odd, self.layered]:
            for passes in PASSES:
                for display in FILTERS:
                    with self.subTest(capture=capture.name, passes=passes, filter=display):
                        yield capture, passes, display

    def fields(self, capture, passes, display, *names):
        shown = ("-Y", display) if display else ("-Y", "tcpstate")
        return self.shark.table(capture, [f"tcpstate.{name}" for name in names], *passes, *shown)

    def test_summary_adds_up(self):
        for capture, passes, display in self.every():
            counts = self.summary(capture, passes, display)
            rows = self.fields(capture, passes, display, *NODES.values(), "finding",
                               "finding.severity")
            for column, node in enumerate(NODES):
                told = collections.Counter(word for row in rows for word in row[column])
                self.assertEqual({path[1]: n for path, n in counts.items()
                                  if path[0] == node and len(path) == 2}, dict(told))
                self.assertEqual(counts[(node,)], sum(told.values()))
            severities = collections.Counter(word for row in rows for word in row[4])
            shown = collections.Counter()
            for path, n in counts.items():
                if path[0] == "Findings by family" and len(path) == 3:
                    shown[path[2]] += n
            self.assertEqual(shown, severities)
            self.assertEqual(counts[("Findings by family",)], sum(len(row[3]) for row in rows))

    def test_rows_are_the_connections(self):
        """Which rows there are depends on the filter, what is in them does not. What is said of how
        a connection ends counts where it is shown: from the second pass on."""
        for capture in [*recorded(), self.odd, self.layered]:
            wholes = [{row["Connection"]: row for row in self.connections(capture, passes)}
                      for passes in PASSES]
            self.assertEqual(*[{n: [row[t] for t in row if t not in COUNTS] for n, row in w.items()}
                               for w in wholes])
            for passes, whole in zip(PASSES, wholes):
                for display in FILTERS:
                    with self.subTest(capture=capture.name, passes=passes, filter=display):
                        rows = self.connections(capture, passes, display)
                        ids = {word for row in self.fields(capture, passes, display, "conn.id")
                               for word in row[0]}
                        self.assertEqual(sorted(row["Connection"] for row in rows), sorted(ids))
                        for row in rows:
                            self.assertEqual(row, whole[row["Connection"]])

    def test_cells_say_what_the_fields_say(self):
        names = ("conn.id", "conn.outcome", "conn.state", "conn.history", "client.state",
                 "server.state", "finding.severity")
        for capture in [*recorded(), self.odd, self.layered]:
            with self.subTest(capture=capture.name):
                last, findings = {}, collections.Counter()
                for tree in self.shark.trees(capture, "-2"):
                    if tree.get("conn.id") is None:
                        continue
                    last[tree.get("conn.id")] = [tree.get(name) for name in names[1:6]]
                    findings.update((tree.get("conn.id"), s)
                                    for s in tree.all("finding.severity"))
                for row in self.connections(capture, ("-2",)):
                    number = row["Connection"]
                    self.assertEqual([row["Outcome"], row["conn_state"], row["history"],
                                      row["Client state"], row["Server state"]], last[number])
                    self.assertEqual(
                        [int(row[t]) for t in COUNTS],
                        [findings[number, s] for s in SEVERITIES])

    def test_numbers_of_a_known_connection(self):
        """The README's sample, its numbers read from the packets with other fields."""
        sample = shark.OWN_CAPTURES / "sample-curl.pcap"
        row, = self.connections(sample)
        rows = self.shark.table(sample, ["frame.time_epoch", "ip.src", "tcp.srcport", "ip.dst",
                                         "tcp.dstport", "tcp.len", "tcp.flags.fin"])
        sent = collections.Counter()
        for r in rows:
            sent[f"{r[1][0]}:{r[2][0]}"] += int(r[5][0])
        client = f"{rows[0][1][0]}:{rows[0][2][0]}"
        server = f"{rows[0][3][0]}:{rows[0][4][0]}"
        first_fin = next(r for r in rows if r[6][0] in ("1", "True"))
        self.assertEqual((row["Client"], row["Server"]), (client, server))
        self.assertEqual((int(row["Client octets"]), int(row["Server octets"])),
                         (sent[client], sent[server]))
        self.assertEqual(row["Start"], rows[0][0][0][:-3])
        self.assertAlmostEqual(float(row["Duration"]),
                               float(rows[-1][0][0]) - float(rows[0][0][0]), places=5)
        self.assertEqual(row["Closed first"],
                         "client" if f"{first_fin[1][0]}:{first_fin[2][0]}" == client
                         else "server")

    def test_tab_separated(self):
        """The README's line of awk gives the same table."""
        told = re.search(r"-z tcpstate,conn [|] (awk .*)", (shark.SOURCE / "README.md").read_text())
        out = self.report(self.odd, "conn")
        done = subprocess.run(["sh", "-c", told.group(1)], input=out, text=True, check=True,
                              stdout=subprocess.PIPE)
        titles, *rows = (line.split("\t") for line in done.stdout.splitlines())
        self.assertEqual(len(rows), 4)
        self.assertEqual([dict(zip(titles, row)) for row in rows], read_rows(out))

    def test_many_connections(self):
        """More rows than any first size of a list, and none mixed up with another."""
        many = 3000
        with tempfile.TemporaryDirectory() as folder:
            frames = []
            for n in range(many):
                talk = wire.Talk(client=(f"10.1.{n >> 8}.{n & 255}", 40000)).opened()
                frames += talk.send("c", wire.ACK, b"x" * (n % 7)).frames() if n % 7 \
                    else talk.frames()
            wire.write(pathlib.Path(folder) / "many.pcap", frames)
            rows = self.connections(pathlib.Path(folder) / "many.pcap")
        self.assertEqual(len(rows), many)
        for n, row in enumerate(rows):
            self.assertEqual((row["Connection"], row["Client"], row["Client octets"]),
                             (str(n + 1), f"10.1.{n >> 8}.{n & 255}:40000", str(n % 7)))

    def test_sharkd(self):
        """The GUI's way: the file is loaded, then tapped, twice."""
        sample = self.shark.give(shark.OWN_CAPTURES / "sample-curl.pcap")
        tap = ("tap", {"tap0": "stat:tcpstate", "tap1": "nstat:tcpstate,conn"})
        _, first, again = self.shark.sharkd(("load", {"file": sample}), tap, tap)
        self.assertEqual(first, again)
        taps = {t["tap"]: t for t in first["taps"]}
        self.assertEqual(taps["stats:tcpstate"]["stats"][0]["count"], 12)
        self.assertEqual(len(taps["nstat:tcpstate,conn"]["tables"][0]["i"]), 1)


if __name__ == "__main__":
    shark.main()
