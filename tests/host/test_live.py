# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames are annotated as they arrive: from a network, where that is permitted, and from a pipe."""

import json
import pathlib
import struct
import subprocess
import sys
import unittest

import shark

HERE = pathlib.Path(__file__).resolve().parent
LEARN = shark.OWN_CAPTURES / "learn.pcap"
FIELDS = ("phase", "handshake.step", "teardown.step", "client.state", "server.state")


class Live(shark.HostTest):
    def command(self, verb, *words):
        return ["sh", str(shark.SCRATCH), verb, self.shark.home, *self.shark.environment, *words]

    def test_from_a_network(self):
        """A client that closes first, and a server that takes its time."""
        allowed = subprocess.run(self.command("net", "ip", "link", "add", "here", "type", "veth"),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if allowed.returncode:
            self.skipTest("no network namespace may be made here")
        fields = [f"tcpstate.{name}" for name in FIELDS] + ["tcp.len"]
        done = subprocess.run(self.command("net", sys.executable, str(HERE / "live.py"), *fields),
                              text=True, check=True, stdout=subprocess.PIPE, timeout=400)
        seen = json.loads(done.stdout)
        self.assertEqual(seen["connected"],
                         ["handshake,1,,SYN-SENT,SYN-RECEIVED,0",
                          "handshake,2,,ESTABLISHED,SYN-RECEIVED,0",
                          "handshake,3,,ESTABLISHED,ESTABLISHED,0"])
        self.assertEqual(seen["greeted"],
                         ["established,,,ESTABLISHED,ESTABLISHED,6",
                          "established,,,ESTABLISHED,ESTABLISHED,0"])
        self.assertEqual(seen["closing"],
                         ["teardown,,1,FIN-WAIT-1,CLOSE-WAIT,0",
                          "teardown,,2,FIN-WAIT-2,CLOSE-WAIT,0"])
        self.assertEqual(seen["half-closed"],
                         ["half-closed,,,FIN-WAIT-2,CLOSE-WAIT,11",
                          "half-closed,,,FIN-WAIT-2,CLOSE-WAIT,0"])
        self.assertEqual(seen["closed"],
                         ["teardown,,3,TIME-WAIT,LAST-ACK,0",
                          "teardown,,4,TIME-WAIT,CLOSED,0"])
        row = [line for line in seen["report"] if "10.0.0.2:8080" in line]
        self.assertEqual(len(row), 1, seen["report"])
        self.assertIn("closed by client", row[0])

    def test_from_a_pipe(self):
        """tcpdump -U -w - | tshark -i -: each frame is told before the next one is written."""
        whole = LEARN.read_bytes()
        at, records = 24, []
        while at < len(whole):
            size = 16 + struct.unpack_from("<I", whole, at + 8)[0]
            records.append(whole[at:at + size])
            at += size
        names = [f"tcpstate.{name}" for name in FIELDS]
        told = [",".join("+".join(cell) for cell in row) for row in self.shark.table(LEARN, names)]
        self.assertEqual(len(told), len(records))
        asked = [word for name in names for word in ("-e", name)]
        with subprocess.Popen(self.command("in", "tshark", "-n", "-l", "-i", "-", "-T", "fields",
                                           "-E", "separator=,", "-E", "aggregator=+", *asked),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as live:
            live.stdin.write(whole[:24])
            for number, record in enumerate(records):
                live.stdin.write(record)
                live.stdin.flush()
                self.assertEqual(live.stdout.readline().decode().rstrip("\n"), told[number])
            live.stdin.close()
            self.assertEqual(live.stdout.read(), b"")

    def test_from_a_file_that_is_a_pipe(self):
        """tcpdump -w - | tshark -r -"""
        done = subprocess.run(self.command("in", "tshark", "-n", "-r", "-", "-q", "-z",
                                           "tcpstate,conn"), input=LEARN.read_bytes(), check=True,
                              stdout=subprocess.PIPE)
        self.assertEqual(done.stdout.decode(),
                         self.shark.tshark(LEARN, "-q", "-z", "tcpstate,conn"))


if __name__ == "__main__":
    shark.main()
