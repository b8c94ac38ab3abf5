# SPDX-License-Identifier: GPL-2.0-or-later
"""The states so far and how it ended: tcpstate.client.path, .server.path and conn.ending."""

import os
import tempfile

import shark
import wire
from wire import ACK, FIN, PSH, RST, SYN

PATHS = ["tcpstate.conn.id", "tcpstate.client.path", "tcpstate.server.path",
         "tcpstate.client.state", "tcpstate.server.state", "tcpstate.transition",
         "tcpstate.conn.ending"]

OPENED = ("CLOSED > SYN-SENT > ESTABLISHED", "LISTEN > SYN-RECEIVED > ESTABLISHED")


def stories():
    """Whole lives, and where both ends have been after the last segment, from RFC 9293 3.5, 3.6."""
    def talk(port):
        return wire.Talk(client=("10.0.0.1", port))
    half = talk(41000).opened().send("c", FIN | ACK).send("s", ACK).send("s", PSH | ACK, b"late")
    half.send("c", ACK).send("s", FIN | ACK).send("c", ACK)
    yield (half, OPENED[0] + " > FIN-WAIT-1 > FIN-WAIT-2 > TIME-WAIT",
           OPENED[1] + " > CLOSE-WAIT > LAST-ACK > CLOSED",
           "closed by the client first; the server's FIN came 0.004 s later; "
           "the client holds TIME-WAIT until ")
    crossing = talk(42000).opened().send("c", FIN | ACK)
    crossing.next["c"] -= 1 # the server has not seen it yet
    crossing.send("s", FIN | ACK)
    crossing.next["c"] += 1
    crossing.send("s", ACK).send("c", ACK)
    # Each end acknowledges the other's FIN at once, in CLOSING.
    yield (crossing, OPENED[0] + " > FIN-WAIT-1 > CLOSING",
           OPENED[1] + " > FIN-WAIT-1 > CLOSING > TIME-WAIT",
           "closed by both at once, their FINs crossed; the server's FIN came 0.001 s later; ")
    yield (talk(43000).send("c", SYN).send("s", RST | ACK), "CLOSED > SYN-SENT > CLOSED",
           "CLOSED", "refused by the server, which answered with a RST")
    broken = talk(44000).opened().send("c", ACK, b"abc").send("s", ACK).send("s", RST | ACK)
    yield (broken, OPENED[0] + " > CLOSED",
           OPENED[1] + " > CLOSED", "reset by the server: what was still on its way is lost")
    yield (talk(45000).send("c", SYN), "CLOSED > SYN-SENT", "LISTEN > SYN-RECEIVED",
           "unanswered: 1 segment of the client, none of a server")
    yield (talk(46000).send("c", ACK, b"abc").send("s", ACK).send("s", FIN | ACK),
           "ESTABLISHED > CLOSE-WAIT", "ESTABLISHED > FIN-WAIT-1",
           "half-closed by the server; no FIN of the client is in the capture")
    yield talk(47000).opened(), *OPENED, "still open where the capture ends"
    yield (talk(48000).send("c", SYN).send("s", SYN | ACK), OPENED[0], "LISTEN > SYN-RECEIVED",
           "the handshake was not completed: client ESTABLISHED, server SYN-RECEIVED")


class Paths(shark.HostTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.stories = list(stories())
        cls.capture = wire.write(os.path.join(folder.name, "stories.pcap"),
                                 [f for story in cls.stories for f in story[0].frames()])

    def last_frames(self):
        number = 0
        for talk, *expected in self.stories:
            number += len(talk.frames())
            yield number, expected

    def test_stories(self):
        for passes in ((), ("-2",)):
            rows = self.shark.table(self.capture, PATHS, *passes)
            for number, (client, server, ending) in self.last_frames():
                with self.subTest(frame=number, passes=passes):
                    row = rows[number - 1]
                    self.assertEqual((row[1], row[2]), ([client], [server]))
                    if passes:
                        self.assertTrue(row[6][0].startswith(ending), row[6])
            ended = [n for n, row in enumerate(rows, 1) if row[6]]
            self.assertEqual(ended, [n for n, _ in self.last_frames()] if passes else [])

    def test_time_wait_ends_where_the_ending_says(self):
        """2 MSL after the last segment, by the column of times."""
        number, expected = next(self.last_frames())
        rows = self.shark.table(self.capture, ["frame.time_relative", "tcpstate.conn.ending"], "-2",
                                "-o", "tcpstate.msl:7")
        until = float(rows[number - 1][1][0].split()[-2])
        self.assertAlmostEqual(until, float(rows[number - 1][0][0]) + 14, places=6)

    def test_they_follow_from_what_the_segments_list(self):
        """On any capture each path ends in the state shown, and goes from one state to the next
        only where some segment of the connection lists that transition, up to there or, for
        segments that cross, behind it."""
        for capture in [*shark.own_captures()[::3], *shark.further_captures()]:
            for passes in ((), ("-2",)):
                with self.subTest(capture=capture.name, passes=passes):
                    self.follow(self.shark.trees(capture, *passes))

    def follow(self, trees):
        listed = {}
        for tree in trees:
            listed.setdefault(tree.get("conn.id"), set()).update(tree.all("transition"))
        for tree in trees:
            for role in ("client", "server"):
                path = tree.get(f"{role}.path")
                if tree.get("conn.id") is None:
                    self.assertIsNone(path)
                    continue
                states = path.split(" > ")
                self.assertEqual(states[-1], tree.get(f"{role}.state"), tree.frame)
                # the last step may be a correction, which is no transition
                for step in zip(states[:-1], states[1:-1]):
                    self.assertIn(f"{role} {step[0]} -> {step[1]}", listed[tree.get("conn.id")],
                                  (tree.frame, path))

    def test_loaded_again(self):
        """Dissected a second time, as after a change of preferences."""
        given = self.shark.give(self.capture)
        load = ("load", {"file": given})
        asked = [("frame", {"frame": n, "proto": True}) for n, _ in self.last_frames()]
        answers = self.shark.sharkd(load, *asked, load, *asked)
        self.assertEqual(answers[1:1 + len(asked)], answers[2 + len(asked):])
        self.assertIn("FIN-WAIT-2 > TIME-WAIT", str(answers[1]))

    def test_rejected_frames_are_not_forgotten(self):
        rows = self.shark.table(self.capture, PATHS, "-2", "-R", "tcp.flags.fin == 1")
        self.assertEqual(rows[0][1], [OPENED[0] + " > FIN-WAIT-1"])
        self.assertEqual(rows[1][1], [OPENED[0] + " > FIN-WAIT-1 > FIN-WAIT-2 > TIME-WAIT"])


if __name__ == "__main__":
    shark.main()
