# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by test_live.py in a network namespace: a connection to a second namespace while TShark captures
it. Prints, as JSON, the lines that TShark had printed at each stage, and its report at the end.

    live.py FIELD...    the fields that TShark shall print
"""

import json
import queue
import signal
import socket
import subprocess
import sys
import threading

PATIENCE = 60  # seconds: a busy machine is no failure


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Lines:
    """A program's output, line by line, while it runs."""

    def __init__(self, pipe):
        self.queue = queue.Queue()
        threading.Thread(target=self.read, args=(pipe,), daemon=True).start()

    def read(self, pipe):
        for line in pipe:
            self.queue.put(line.rstrip("\n"))
        self.queue.put(None)

    def take(self, count):
        return [self.queue.get(timeout=PATIENCE) for _ in range(count)]

    def rest(self):
        return list(iter(lambda: self.queue.get(timeout=PATIENCE), None))


def serve():
    """In the second namespace: each line on standard input is an order."""
    print("here", flush=True)
    sys.stdin.readline()
    ip("address", "add", "10.0.0.2/24", "dev", "there")
    ip("link", "set", "there", "up")
    listener = socket.create_server(("10.0.0.2", 8080))
    print("listening", flush=True)
    peer = listener.accept()[0]
    for order in sys.stdin:
        if order.strip() == "close":
            peer.close()
        else:
            peer.sendall(order.encode())


def main(fields):
    server = subprocess.Popen(["unshare", "--net", sys.executable, __file__, "serve"], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def order(word):
        server.stdin.write(word + "\n")
        server.stdin.flush()
    server.stdout.readline()
    ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(server.pid))
    ip("address", "add", "10.0.0.1/24", "dev", "here")
    ip("link", "set", "here", "up")
    order("start")
    server.stdout.readline()
    asked = [word for field in fields for word in ("-e", field)]
    shark = subprocess.Popen(["tshark", "-n", "-l", "-i", "here", "-f", "tcp port 8080", "-z",
                              "tcpstate,conn", "-T", "fields", "-E", "separator=,", "-E",
                              "aggregator=+", *asked], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
    lines = Lines(shark.stdout)
    for line in shark.stderr:
        if "File:" in line:
            break  # made when the interface is open
    seen = {}
    with socket.create_connection(("10.0.0.2", 8080), timeout=PATIENCE) as client:
        seen["connected"] = lines.take(3)
        order("hello")
        seen["greeted"] = lines.take(2)
        client.shutdown(socket.SHUT_WR)
        seen["closing"] = lines.take(2)
        order("still here")
        seen["half-closed"] = lines.take(2)
        client.recv(100)  # what is not read when it closes would be answered with a RST
        order("close")
        seen["closed"] = lines.take(2)
    shark.send_signal(signal.SIGINT)
    seen["report"] = lines.rest()
    server.kill()
    print(json.dumps(seen))


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        main(sys.argv[1:])
