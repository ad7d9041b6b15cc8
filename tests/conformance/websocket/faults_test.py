#!/usr/bin/env python3
"""Faults of a server with WebSockets: it is stopped with a thousand open sockets, its workers are replaced and killed under
traffic, and clients vanish, are hostile, or stop reading. It leaks nothing.

    faults_test.py CONFORMANCE CHAT

CONFORMANCE is the program of samples/conformance, CHAT that of samples/websocket_chat.
"""

import asyncio
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from free_port import free_port  # noqa: E402

CONFORMANCE, CHAT = sys.argv[1:3]
LIMIT = 60
SERVERS = []
HANDSHAKE = ("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n")


def frame(opcode, payload, fin=True, compressed=False):
    head = bytes([(0x80 if fin else 0) | (0x40 if compressed else 0) | opcode])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    elif len(payload) < 65536:
        head += b"\xfe" + struct.pack(">H", len(payload))
    else:
        head += b"\xff" + struct.pack(">Q", len(payload))
    return head + bytes(4) + payload  # a key that changes nothing


class Server:
    """A program in a process of its own, and those that it forks."""

    def __init__(self, program, *options):
        self.port = free_port()
        self.process = subprocess.Popen(
            [program, f"--port={self.port}", "--address=127.0.0.1", "--logging=info", *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.log = []
        SERVERS.append(self.process)

    async def start(self, text=None):
        loop = asyncio.get_running_loop()
        self.reading = loop.run_in_executor(None, self.read)
        await until(lambda: self.accepts() and (text is None or self.has_logged(text)))
        return self

    def read(self):
        for line in self.process.stdout:
            self.log.append(line.decode())

    def accepts(self):
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        except OSError:
            return False

    def has_logged(self, text, times=1):
        return sum(text in line for line in self.log) >= times

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    async def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        await self.reading
        return self.process.wait()


async def until(is_done):
    end = time.monotonic() + LIMIT
    while not is_done():
        if time.monotonic() > end:
            raise TimeoutError("it did not come to that")
        await asyncio.sleep(0.01)  # before the next check


class Client:
    """A minimal client of WebSockets."""

    @classmethod
    async def connect(cls, port, target="/ws", fields=""):
        self = cls()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.writer.write(HANDSHAKE.format(target, fields).encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        return self

    def send(self, opcode, payload, **options):
        self.writer.write(frame(opcode, payload, **options))

    async def receive(self):
        """Returns the opcode and payload of a frame. Raises IncompleteReadError at the end."""
        first, length = await self.reader.readexactly(2)
        if length == 126:
            length = struct.unpack(">H", await self.reader.readexactly(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", await self.reader.readexactly(8))[0]
        return first & 15, await self.reader.readexactly(length)

    async def close_code(self):
        while True:
            opcode, payload = await self.receive()
            if opcode == 8:
                return struct.unpack(">H", payload[:2])[0]

    def answer_close(self):
        self.send(8, b"\x03\xe8")

    def vanish(self):
        """Resets the connection without a close frame."""
        self.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Listener:
    """A page, which connects again at once when its connection ends, and asks for what it missed."""

    def __init__(self, port, name):
        self.port = port
        self.name = name
        self.place = None
        self.heard = {}
        self.returns = 0
        self.client = None
        self.problems = []

    async def run(self):
        while True:
            try:
                self.client = await Client.connect(self.port, f"/live?name={self.name}")
                ask = {"type": "subscribe", "channel": "lobby"}
                if self.place:
                    ask |= {"epoch": self.place[0], "offset": self.place[1]}
                self.client.send(1, json.dumps(ask).encode())
                while True:
                    opcode, payload = await self.client.receive()
                    if opcode == 8:
                        self.client.answer_close()
                    if opcode == 1:
                        self.hear(json.loads(payload))
            except (OSError, asyncio.IncompleteReadError):
                self.client = None
                self.returns += 1
                await asyncio.sleep(0.01)

    def hear(self, message):
        if message["type"] == "subscribed":
            if self.place and (not message["recovered"] or message["epoch"] != self.place[0]):
                self.problems.append(f"not recovered: {message}")
            self.place = (message["epoch"], message["offset"])
        elif message["type"] == "message":
            if message["previous"] != self.place[1]:
                self.problems.append(f"{self.place} is followed by {message}")
            self.place = (self.place[0], message["offset"])
            self.heard[message["offset"]] = message["data"]["said"]


class FaultsTest(unittest.IsolatedAsyncioTestCase):
    async def asyncTearDown(self):
        while SERVERS:  # those of a test that failed
            SERVERS.pop().kill()

    async def test_stop_with_a_thousand_sockets(self):
        server = await Server(CONFORMANCE).start()
        clients = [await Client.connect(server.port) for _ in range(1000)]

        async def leave(index, client):
            code = await client.close_code()
            if index % 10 == 0:
                return code  # it sends nothing more
            client.answer_close()
            try:
                while True:
                    await client.receive()
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            return code

        leaving = asyncio.gather(*(leave(i, client) for i, client in enumerate(clients)))
        status = await server.stop()
        self.assertEqual(set(await leaving), {1001})
        self.assertEqual(status, 0, server.log[-5:])
        for client in clients:
            client.writer.close()

    async def listen_and_publish(self, fault):
        """Twenty pages listen while one of them publishes and `fault(server)` happens."""
        server = await Server(CHAT, "--workers=2").start("started worker 1")
        listeners = [Listener(server.port, f"page{i}") for i in range(20)]
        tasks = [asyncio.create_task(listener.run()) for listener in listeners]
        await until(lambda: all(listener.place for listener in listeners))
        speaker = listeners[0]
        is_over = False
        number = 0

        async def speak():
            nonlocal number
            while not is_over:
                if speaker.client is not None:
                    number += 1
                    data = {"type": "publish", "channel": "lobby", "data": number}
                    speaker.client.send(1, json.dumps(data).encode())
                await asyncio.sleep(0.02)

        speaking = asyncio.create_task(speak())
        await until(lambda: all(len(listener.heard) >= 20 for listener in listeners))
        await fault(server)
        before = max(len(listener.heard) for listener in listeners)
        await until(lambda: all(len(listener.heard) >= before + 20 for listener in listeners))
        is_over = True
        await speaking
        newest = lambda: max(max(listener.heard) for listener in listeners)
        await until(lambda: all(max(listener.heard) == newest() for listener in listeners))
        await until(lambda: all(listener.client for listener in listeners))
        for listener in listeners:
            self.assertEqual(listener.problems, [])
            self.assertEqual(listener.heard, speaker.heard)
        said = [speaker.heard[offset] for offset in sorted(speaker.heard)]
        self.assertEqual(said, sorted(set(said)), "in the order of the publisher, each once")
        self.assertGreater(sum(listener.returns for listener in listeners), 0)
        self.assertEqual(await server.stop(), 0, server.log[-5:])
        for task in tasks:
            task.cancel()

    async def test_reload_under_traffic(self):
        async def reload(server):
            server.process.send_signal(signal.SIGHUP)
            await until(lambda: server.has_logged("the reload is over"))
            await until(lambda: server.has_logged("has stopped", 2))

        await self.listen_and_publish(reload)

    async def test_killed_workers_under_traffic(self):
        async def kill(server):
            for round_ in (1, 2):
                started = [re.search(r"started worker \d+ \(pid (\d+)\)", line) for line in server.log]
                pid = int([match for match in started if match][round_ - 1].group(1))
                os.kill(pid, signal.SIGKILL)
                await until(lambda: server.has_logged("was killed by SIGKILL", round_))
                await until(lambda: server.has_logged("started worker", 2 + round_))

        await self.listen_and_publish(kill)

    async def test_hostile_clients_leave_nothing_behind(self):
        server = await Server(CONFORMANCE, "--ws-max-message=1000000").start()
        before = server.descriptors()  # one more may be open for a moment when it starts
        deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n"

        for _ in range(50):  # these vanish in a handshake, in a frame, and in a message
            client = await Client.connect(server.port)
            client.send(1, b"x" * 1000)
            client.writer.write(b"\x82\xff" + struct.pack(">Q", 1000) + b"1234 and no more")
            await client.writer.drain()
            client.vanish()
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(HANDSHAKE.format("/ws", "")[:100].encode())
            await writer.drain()
            writer.transport.abort()

        client = await Client.connect(server.port)  # 100,000 empty fragments
        client.writer.write(frame(1, b"", fin=False) + frame(0, b"", fin=False) * 100_000)
        self.assertEqual(await client.close_code(), 1008)
        client.writer.transport.abort()

        pack = zlib.compressobj(9, zlib.DEFLATED, -15)
        bomb = (pack.compress(bytes(200_000_000)) + pack.flush(zlib.Z_SYNC_FLUSH))[:-4]
        client = await Client.connect(server.port, fields=deflate)
        client.send(2, bomb, compressed=True)
        self.assertEqual(await client.close_code(), 1009)
        client.writer.transport.abort()

        slow = await Client.connect(server.port)  # sends much, and reads none of the echoes
        slow.reader._transport.pause_reading()
        for _ in range(200):
            slow.send(2, bytes(100_000))
        quick = await Client.connect(server.port)
        for _ in range(100):  # others are served meanwhile
            quick.send(1, b"hello")
            self.assertEqual(await quick.receive(), (1, b"hello"))
        with open(f"/proc/{server.process.pid}/status") as status:
            resident = int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))
        if b"__asan" not in open(CONFORMANCE, "rb").read():
            self.assertLess(resident, 200_000, "KiB of memory")
        slow.vanish()
        quick.writer.close()
        await until(lambda: server.descriptors() <= before)
        self.assertEqual(await server.stop(), 0, server.log[-5:])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
