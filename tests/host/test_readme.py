# SPDX-License-Identifier: GPL-2.0-or-later
"""README.md claims nothing that a command does not show.

With TCPSTATE_UPDATE_README=1 in the environment the two examples are written anew: look at them."""

import os
import re
import subprocess

import shark

README = (shark.SOURCE / "README.md").read_text()
SAMPLE = shark.OWN_CAPTURES / "sample-curl.pcap"


class Readme(shark.HostTest):
    def example(self, begin):
        found = [block for block in re.findall(r"```\n(.*?)```", README, re.DOTALL)
                 if block.startswith(begin)]
        self.assertEqual(len(found), 1, begin)
        return found[0]

    def check(self, begin, shown):
        if os.environ.get("TCPSTATE_UPDATE_README"):
            text = (shark.SOURCE / "README.md").read_text()
            (shark.SOURCE / "README.md").write_text(text.replace(self.example(begin), shown))
        else:
            # How a time is written differs between the releases.
            time = r"(Handshake time|TIME-WAIT left): [^\]]*"
            self.assertEqual(re.sub(time, r"\1", shown), re.sub(time, r"\1", self.example(begin)))

    def test_it_begins_with_the_two_commands(self):
        lines = [line for line in README.splitlines() if line.startswith("    ")]
        self.assertEqual([line.split()[:2] for line in lines[:2]],
                         [["sh", "cmake/run.sh"], ["sh", "tests/run.sh"]])

    def test_the_list_is_what_the_command_prints(self):
        done = subprocess.run(["sh", shark.SOURCE / "cmake" / "run.sh"], text=True, check=True,
                              stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.check("frame", done.stdout[:done.stdout.index("\n\n") + 1])

    def test_the_tree_is_what_the_plugin_shows(self):
        out = self.shark.tshark(SAMPLE, "-2", "-O", "tcpstate", "-Y", "frame.number == 11")
        shown = out[out.index("[TCP Connection State"):].strip() + "\n"
        self.check("[TCP Connection State", shown)

    def test_filters_are_filters(self):
        filters = re.findall(r"^\| `(tcpstate\.[^`]*)` \|", README, re.MULTILINE)
        self.assertGreater(len(filters), 10)
        for text in filters:
            with self.subTest(filter=text):
                self.shark.table(SAMPLE, ["frame.number"], "-2", "-Y", text)
        phases = re.search(r"other phases: ([^|]*) \|", README).group(1)
        words = set(re.findall("`([a-z-]+)`", phases)) | {"handshake"}
        fields = (shark.SOURCE / "plugin" / "view" / "fields.def").read_text()
        told = re.search(r'"Phase",[^"]*"([^"]*)"', fields).group(1)
        self.assertEqual(words, set(re.findall(r"[a-z]+(?:-[a-z]+)*", told)) - {"or"})

    def test_links_lead_somewhere(self):
        for target in re.findall(r"\]\(([^)]*)\)", README):
            self.assertTrue((shark.SOURCE / target).exists(), target)


if __name__ == "__main__":
    shark.main()
