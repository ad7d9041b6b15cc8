#!/usr/bin/env python3
"""A whole page beside Tornado: a session, a form with its token, the current user, 20 KiB of template.

    page_bench.py build/release/bench/page/page_server [REQUESTS]

Starts both servers in turn (Tornado with /usr/bin/python3), signs in, asks for the page over one
connection again and again, and prints the processor time that a request took of the server (user and
system, from /proc), which does not depend on how fast this client is, and their quotient. Three rounds in
turn; the best of each counts.
"""

import pathlib
import re
import socket
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.buffer = b""
        self.cookies = ""

    def get(self, path):
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {self.cookies}\r\n\r\n"
        self.socket.sendall(request.encode())
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(1 << 16)
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(rest) < length:
            rest += self.socket.recv(1 << 16)
        self.buffer = rest[length:]
        return head, rest[:length]


def cpu_seconds(pid):
    threads = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def measure(command, requests):
    port = free_port()
    server = subprocess.Popen([*command, str(port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        server.stdout.readline()
        client = Client(port)
        head, _ = client.get("/login")
        client.cookies = "; ".join(re.findall(r"(?i)set-cookie: ([^;\r]+)", head.decode()))
        head, body = client.get("/orders")
        assert head.startswith(b"HTTP/1.1 200") and b"Sign out ada" in body and b'name="_xsrf"' in body, head
        for _ in range(requests // 10):
            client.get("/orders")
        before = cpu_seconds(server.pid)
        for _ in range(requests):
            client.get("/orders")
        return (cpu_seconds(server.pid) - before) / requests * 1e6, len(body)
    finally:
        server.terminate()
        server.wait()


def main():
    program = sys.argv[1]
    requests = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    bora, tornado = [], []
    for _ in range(3):
        bora.append(measure([program], requests))
        tornado.append(measure(["/usr/bin/python3", str(HERE / "tornado_page.py")], requests // 20))
    ours, size = min(bora)
    theirs, their_size = min(tornado)
    print(f"Bora     {ours:9.1f} µs of processor time for a page of {size} bytes")
    print(f"Tornado  {theirs:9.1f} µs of processor time for a page of {their_size} bytes")
    print(f"quotient {theirs / ours:9.1f}")


main()
