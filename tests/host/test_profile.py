# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile "TCP State": its columns are filled and each colour rule can match."""

import hashlib
import itertools
import os
import re
import tempfile

import shark
import wire
from wire import ACK, FIN, PSH, RST, SYN

PROFILE = shark.SOURCE / "plugin" / "profile"


def all_phases():
    """Handshake, data, a half-closed while, the rest of the close, then what comes after it; a
    refused SYN, a SYN without an answer, a reset connection, a stray RST; a warning, a note, an
    error; a repetition."""
    close = wire.Talk().opened().send("c", PSH | ACK, b"abc").send("c", FIN | ACK).send("s", ACK)
    close.send("s", PSH | ACK, b"late").send("c", ACK).send("s", FIN | ACK).send("c", ACK)
    close.send("s", ACK)
    refused = wire.Talk(client=("10.0.0.1", 41000)).send("c", SYN).send("s", RST | ACK)
    unanswered = wire.Talk(client=("10.0.0.1", 47000)).send("c", SYN)
    reset = wire.Talk(client=("10.0.0.1", 42000)).opened().send("c", RST | ACK).send("s", ACK)
    stray = wire.Talk(client=("10.0.0.1", 43000)).send("c", RST)
    warning = wire.Talk(client=("10.0.0.1", 44000)).opened().send("c", 0)
    note = wire.Talk(client=("10.0.0.1", 0)).send("c", SYN)
    error = wire.Talk(client=("10.0.0.1", 45000)).opened().send("c", FIN | ACK)
    error.send("c", PSH | ACK, b"after the FIN")
    again = wire.Talk(client=("10.0.0.1", 46000)).opened().send("c", PSH | ACK, b"abc")
    again.next["c"] -= 3
    again.send("c", PSH | ACK, b"abc")
    return [frame for talk in (close, refused, unanswered, reset, stray, warning, note, error, again)
            for frame in talk.frames()]


class Profile(shark.HostTest):
    @classmethod
    def setUpClass(cls):
        cls.shark = shark.Shark(profile=PROFILE)
        cls.addClassCleanup(cls.shark.close)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.capture = wire.write(os.path.join(folder.name, "all-phases.pcap"), all_phases())

    def test_every_colour_rule_matches_something(self):
        rows = self.shark.table(self.capture, ["frame.coloring_rule.name"], "-2", "-C",
                                "TCP State", "--color")
        rules = re.findall(r"^@([^@]+)@", (PROFILE / "colorfilters").read_text(), re.MULTILINE)
        self.assertEqual({row[0][0] for row in rows}, set(rules))

    def test_columns_are_filled(self):
        titles = re.findall(r'^\t"([^"]+)", "(%[^"]*)"', (PROFILE / "preferences").read_text(),
                            re.MULTILINE)
        printed = self.shark.tshark(self.capture, "-2", "-C", "TCP State", "-T", "tabs")
        # TShark puts an arrow between the addresses, as if it were a column.
        rows = [[cell for cell in line.split("\t") if cell != "\u2192"]
                for line in printed.splitlines()]
        self.assertTrue(all(len(row) == len(titles) for row in rows))
        for n, (title, what) in enumerate(titles):
            cells = {row[n].strip() for row in rows}
            self.assertTrue(cells - {""}, title)
            if what == "%Cus:tcpstate.client.state:0:R":
                self.assertLess({"SYN-SENT", "ESTABLISHED", "TIME-WAIT"}, cells)

    def test_every_button_finds_something(self):
        lines = re.findall(r'^"TRUE","([^"]+)","([^"]+)"',
                           (PROFILE / "dfilter_buttons").read_text(), re.MULTILINE)
        self.assertGreater(len(lines), 3)
        for label, text in lines:
            rows = self.shark.table(self.capture, ["frame.number"], "-2", "-Y",
                                    text.replace(r"\x22", '"'))
            self.assertTrue(0 < len(rows) < len(all_phases()), label)

    def test_each_phase_has_a_rule(self):
        phases = {rule for rule in re.findall(r'tcpstate.phase == "([^"]+)"@', self.text())}
        fields = (shark.SOURCE / "plugin" / "view" / "fields.def").read_text()
        told = re.search(r'"Phase",[^"]*"([^"]*)"', fields).group(1)
        self.assertEqual(phases, set(re.findall(r"[a-z]+(?:-[a-z]+)*", told)) - {"or"})

    def test_names_are_registered(self):
        """Wireshark says nothing of a column without a field, and drops a rule without one."""
        done = self.shark.run("tshark", "-G", "fields")
        known = {line.split("\t")[2] for line in done.stdout.splitlines() if "\t" in line}
        for file in PROFILE.iterdir():
            lines = [re.sub(r"^tcpstate\.info_column:", "", line)
                     for line in file.read_text().splitlines() if not line.startswith("#")]
            for name in re.findall(r"tcpstate\.[a-z_.]+", "\n".join(lines)):
                self.assertIn(name, known, file.name)
        preferences = self.shark.run("tshark", "-G", "defaultprefs").stdout
        self.assertIn("tcpstate.info_column:", preferences)

    def test_columns_fit_a_small_screen(self):
        """1280 pixels, of which Info has at least a quarter."""
        widths = [int(w) for w in re.findall(r", ([0-9]+),?$", (PROFILE / "recent").read_text(),
                                             re.MULTILINE)]
        titles = re.findall(r'^\t"([^"]+)", "(%[^"]*)"', (PROFILE / "preferences").read_text(),
                            re.MULTILINE)
        self.assertEqual(len(widths), len(titles))
        self.assertLess(sum(widths), 1280)
        self.assertGreater(widths[-1], 1280 // 4)

    def test_info_begins_with_the_step(self):
        # The printed list; since 4.4 the field _ws.col.info is set before post-dissectors run.
        first = self.shark.tshark(self.capture, "-2", "-C", "TCP State").splitlines()[0]
        self.assertRegex(first, r" \[SYN, client SYN-SENT, server SYN-RECEIVED\] \d+ \S+ \d+ "
                                r"\[SYN\]")

    def test_files_are_sealed(self):
        """The target seal-profile writes the sums that the personal install goes by."""
        for file in PROFILE.iterdir():
            first, rest = file.read_text().split("\n", 1)
            self.assertEqual(first.split()[-1], hashlib.sha256(rest.encode()).hexdigest(),
                             file.name)

    # ---- colours ----

    def text(self):
        return (PROFILE / "colorfilters").read_text()

    def colours(self):
        """The rules' names with background and text, each as linear parts of red, green, blue."""
        def linear(text):
            parts = [int(part) / 65535 for part in text.split(",")]
            return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        rules = re.findall(r"^@([^@]+)@.*@\[([0-9,]+)\]\[([0-9,]+)\]$", self.text(), re.MULTILINE)
        self.assertGreater(len(rules), 10)
        return {name: (linear(back), linear(text)) for name, back, text in rules}

    def test_rows_are_legible(self):
        """Contrast of text and row of at least 4.5 to 1, as WCAG 2 asks of any reading text."""
        for name, colours in self.colours().items():
            dark, light = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue
                                 for red, green, blue in colours)
            self.assertGreaterEqual((light + 0.05) / (dark + 0.05), 4.5, name)

    def test_rows_differ_for_everybody(self):
        """Any two rows differ by what catches the eye at a glance (15 in CIE L*a*b*; two colours
        side by side can just be told apart at 2.3), also for who sees no red or no green. How they
        see is simulated as Machado, Oliveira and Fernandes do (2009)."""
        for sight, matrix in SIGHTS.items():
            seen = {name: lab(times(matrix, back)) for name, (back, _) in self.colours().items()}
            for one, other in itertools.combinations(seen, 2):
                distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other])) ** 0.5
                self.assertGreaterEqual(distance, 15, (sight, one, other))


SIGHTS = {
    "all three colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                 (-0.011820, 0.042940, 0.968881)),
}


def times(matrix, vector):
    return [min(1, max(0, sum(a * b for a, b in zip(row, vector)))) for row in matrix]


def lab(rgb):
    """Linear sRGB as CIE L*a*b*, in which equal distances look about equal."""
    xyz = times(((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)), rgb)
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116
               for v in (xyz[0] / 0.9505, xyz[1], xyz[2] / 1.089))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


if __name__ == "__main__":
    shark.main()
