# SPDX-License-Identifier: GPL-2.0-or-later
"""plugin/learn/README.md says nothing that the plugin does not show: each command prints what is
quoted, each filter finds the frames that are named, and no number stands outside of those places.

With TCPSTATE_UPDATE_LEARNING=1 in the environment the quoted output is written anew: look at it."""

import os
import pathlib
import re
import subprocess
import tempfile

import shark

CHAPTER = shark.SOURCE / "plugin" / "learn" / "README.md"
SAMPLE = shark.OWN_CAPTURES / "learn.pcap"
# What the words of the glossary are looked for in, one after the other.
SAMPLES = (SAMPLE, shark.TRUTH / "simul_close.pcap", shark.TRUTH / "lost_fin.pcap")
STATES = re.compile("CLOSED|LISTEN|SYN-SENT|SYN-RECEIVED|ESTABLISHED|FIN-WAIT-[12]|CLOSE-WAIT|"
                    "CLOSING|LAST-ACK|TIME-WAIT")
BLOCK = re.compile(r"^```\n\$ (.*)\n((?:.*\n)*?)```\n", re.MULTILINE)


def tables(text):
    """Every table: its head and its rows, as lists of cells."""
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        head, _, *rows = ([cell.strip() for cell in line.strip("|\n").split("|")]
                          for line in table.splitlines())
        yield head, rows


def words(out):
    """Lines without what only aligns them."""
    return [line.split() for line in out.splitlines()]


def aligned(out):
    """Columns that were separated by tabs, each as wide as its widest cell."""
    rows = [line.split("\t") for line in out.splitlines()]
    widths = [max((len(row[n]) for row in rows if n < len(row)), default=0)
              for n in range(max(map(len, rows), default=0))]
    return "".join("    ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() + "\n"
                   for row in rows)


class Learning(shark.HostTest):
    @classmethod
    def setUpClass(cls):
        """A tshark for the chapter's commands: ours, in its scratch home."""
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        tshark = pathlib.Path(folder.name) / "tshark"
        tshark.write_text(f'#!/bin/sh\nexec sh "{shark.SCRATCH}" in "{cls.shark.home}" '
                          f'{" ".join(cls.shark.environment)} tshark -n "$@"\n')
        tshark.chmod(0o755)
        cls.path = f"{folder.name}:{os.environ['PATH']}"
        cls.text = CHAPTER.read_text()

    def type(self, command):
        for capture in set(re.findall(r"tests/\S*\.pcap", command)):
            command = command.replace(capture, self.shark.give(shark.SOURCE / capture))
        done = subprocess.run(["sh", "-c", command], text=True, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**os.environ, "PATH": self.path,
                                                           "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_commands_print_what_is_quoted(self):
        blocks = BLOCK.findall(self.text)
        self.assertGreater(len(blocks), 8)
        for command, quoted in blocks:
            with self.subTest(command=command):
                out = self.type(command)
                self.assertTrue(out.strip())
                if os.environ.get("TCPSTATE_UPDATE_LEARNING"):
                    old = f"$ {command}\n{quoted}"
                    new = f"$ {command}\n{aligned(out)}"
                    CHAPTER.write_text(CHAPTER.read_text().replace(old, new))
                else:
                    self.assertEqual(words(quoted), words(out))

    def found(self, capture, filters):
        """The numbers of the frames that each filter finds, all asked of one program."""
        load, *answers = self.shark.sharkd(("load", {"file": self.shark.give(capture)}),
                                           *(("frames", {"filter": text}) for text in filters))
        self.assertEqual(load, {"status": "OK"})
        for text, answer in zip(filters, answers):
            self.assertIsInstance(answer, list, text)
        return [[str(frame["num"]) for frame in answer] for answer in answers]

    def test_statements_are_seen(self):
        rows = [row for head, rows in tables(self.text) if head[-1] == "frames" for row in rows]
        self.assertGreater(len(rows), 12)
        for row in rows:
            self.assertEqual([state for state in STATES.findall(row[0]) if state not in row[1]], [],
                             "a state that the filter does not show")
        for row, found in zip(rows, self.found(SAMPLE, [row[1].strip("`") for row in rows])):
            self.assertEqual(row[2], ", ".join(found) or "none", row)

    def test_letters(self):
        (rows,) = (rows for head, rows in tables(self.text) if head[0] == "letter")
        self.assertEqual([row[0] for row in rows], ["x", "y", "u", "w"])
        asked = [f"frame.number == {row[3]} && {row[2].strip('`')} == {row[4]}" for row in rows]
        self.assertEqual(self.found(SAMPLE, asked), [[row[3]] for row in rows])

    def test_glossary(self):
        (rows,) = (rows for head, rows in tables(self.text) if head[1] == "中文")
        filters = [re.search("`(.*)`", row[2]).group(1) for row in rows]
        self.assertGreater(len(filters), 12)
        seen = [False] * len(filters)
        for capture in SAMPLES:
            seen = [was or bool(now) for was, now in zip(seen, self.found(capture, filters))]
        self.assertEqual([text for text, was in zip(filters, seen) if not was], [])
        for word in ("三次握手", "四次挥手", "半关闭", "序列号", "确认号", "报文段"):
            self.assertIn(word, [part for row in rows for part in row[1].split(", ")])

    def test_numbers_stand_where_they_are_checked(self):
        prose = re.sub(r"```\n.*?```\n", "", self.text, flags=re.DOTALL)
        for head, rows in tables(self.text):
            checked = {"frames": 1, "value": 2}.get(head[-1], len(head))
            for row in rows:
                for cell in row[checked:]:
                    prose = prose.replace(f"| {cell} ", "| ")
        prose = re.sub(r"RFC [0-9]+( [0-9.]*[0-9])?", "", prose)
        prose = STATES.sub("", prose)
        prose = re.sub(r"`tests/[^`]*`|`tcpstate\.[^`]*`", "", prose)
        self.assertEqual([line for line in prose.splitlines() if re.search("[0-9]", line)], [])

    def test_links_lead_somewhere(self):
        for target in re.findall(r"\]\(([^)#]*)", self.text):
            self.assertTrue((CHAPTER.parent / target).exists(), target)


if __name__ == "__main__":
    shark.main()
