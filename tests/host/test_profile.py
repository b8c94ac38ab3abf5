# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile "TCP State": its columns are filled and each colour rule can match."""

import os
import re
import tempfile

import shark
import wire
from wire import ACK, FIN, PSH, RST, SYN

PROFILE = shark.SOURCE / "plugin" / "profile"


def all_phases():
    """Handshake, data, a half-closed while, the rest of the close, then what comes after it; a
    refused SYN, a reset connection, a stray RST; a warning, a note, an error; a repetition."""
    close = wire.Talk().opened().send("c", PSH | ACK, b"abc").send("c", FIN | ACK).send("s", ACK)
    close.send("s", PSH | ACK, b"late").send("c", ACK).send("s", FIN | ACK).send("c", ACK)
    close.send("s", ACK)
    refused = wire.Talk(client=("10.0.0.1", 41000)).send("c", SYN).send("s", RST | ACK)
    reset = wire.Talk(client=("10.0.0.1", 42000)).opened().send("c", RST | ACK).send("s", ACK)
    stray = wire.Talk(client=("10.0.0.1", 43000)).send("c", RST)
    warning = wire.Talk(client=("10.0.0.1", 44000)).opened().send("c", 0)
    note = wire.Talk(client=("10.0.0.1", 0)).send("c", SYN)
    error = wire.Talk(client=("10.0.0.1", 45000)).opened().send("c", FIN | ACK)
    error.send("c", PSH | ACK, b"after the FIN")
    again = wire.Talk(client=("10.0.0.1", 46000)).opened().send("c", PSH | ACK, b"abc")
    again.next["c"] -= 3
    again.send("c", PSH | ACK, b"abc")
    return [frame for talk in (close, refused, reset, stray, warning, note, error, again)
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

    def test_rows_are_legible(self):
        """Text is legible on its row: contrast of at least 4.5 to 1, as for any reading text."""
        def luminance(text):
            parts = [int(part) / 65535 for part in text.split(",")]
            parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        rules = re.findall(r"^@([^@]+)@.*@\[([0-9,]+)\]\[([0-9,]+)\]$",
                           (PROFILE / "colorfilters").read_text(), re.MULTILINE)
        for name, background, text in rules:
            dark, light = sorted((luminance(background), luminance(text)))
            self.assertGreater((light + 0.05) / (dark + 0.05), 4.5, name)


if __name__ == "__main__":
    shark.main()
