# SPDX-License-Identifier: GPL-2.0-or-later
"""Does the plugin load, show its fields, and export nothing but what a plugin must?"""

import os
import shutil
import subprocess
import unittest

import shark

EXPORTED = {"plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register",
            "plugin_describe"}


class Loading(shark.HostTest):
    def test_is_listed(self):
        done = self.shark.run("tshark", "-G", "plugins")
        self.assertEqual(done.stderr, "")
        mine = [line for line in done.stdout.splitlines() if line.startswith("tcpstate.so")]
        self.assertEqual(len(mine), 1, done.stdout)
        self.assertIn(self.shark.home, mine[0])

    def test_protocol_and_fields(self):
        lines = [line.split("\t") for line in
                 self.shark.run("tshark", "-G", "fields").stdout.splitlines()]
        protocol = [line for line in lines if line[0] == "P" and line[2] == "tcpstate"]
        self.assertEqual([line[1] for line in protocol], ["TCP Connection State"])
        fields = {line[2]: line[3] for line in lines
                  if line[0] == "F" and line[2].startswith("tcpstate.")}
        for name, kind in (("stream", "FT_UINT32"), ("phase", "FT_STRING"),
                           ("handshake.step", "FT_UINT8"), ("seq.delta", "FT_INT32"),
                           ("ack.frame", "FT_FRAMENUM"), ("handshake.rtt", "FT_RELATIVE_TIME"),
                           ("src.state", "FT_STRING"), ("finding", "FT_STRING")):
            self.assertEqual(fields.get(f"tcpstate.{name}"), kind, name)

    @unittest.skipUnless(shutil.which("nm"), "needs nm")
    @unittest.skipIf(os.environ.get("TCPSTATE_PRELOAD"), "sanitizers add symbols")
    def test_exports(self):
        out = subprocess.run(["nm", "-D", "--defined-only", os.environ["TCPSTATE_PLUGIN"]],
                             check=True, text=True, stdout=subprocess.PIPE).stdout
        names = {line.split()[-1] for line in out.splitlines()}
        self.assertEqual({n for n in names if not n.startswith("__")}, EXPORTED)


if __name__ == "__main__":
    shark.main()
