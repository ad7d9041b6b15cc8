#!/usr/bin/env python3
"""WebSockets between Bora and others: Debian's python3-websockets and python3-tornado, as clients of Bora's echo server
and as servers of its echo client.

    peers_test.py CONFORMANCE ECHO_CLIENT

CONFORMANCE is the program of samples/conformance, ECHO_CLIENT that of tests/conformance/websocket.
"""

import asyncio
import pathlib
import socket
import subprocess
import sys
import time
import unittest

import tornado.httpserver
import tornado.httputil
import tornado.netutil
import tornado.web
import tornado.websocket
import websockets
from websockets.extensions import permessage_deflate

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from free_port import free_port  # noqa: E402

CONFORMANCE, ECHO_CLIENT = sys.argv[1:3]
SIZES = [0, 1, 125, 126, 127, 65535, 65536, 1_000_000]
TIME = 30


def messages():
    for size in SIZES:
        yield "ä€x"[: size % 3 + 1] * (size // 3)
        yield bytes(i % 251 for i in range(size))


class Server:
    """Bora's echo server in a process of its own."""

    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        port = free_port()
        self.process = subprocess.Popen(
            [CONFORMANCE, f"--port={port}", "--address=127.0.0.1", "--logging=none",
             *self.options])
        self.url = f"ws://127.0.0.1:{port}/ws"
        end = time.monotonic() + TIME
        while self.process.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return self
            except OSError:
                time.sleep(0.01)  # until it listens
        raise RuntimeError("the server did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(TIME)
        assert self.process.returncode == 0, self.process.returncode


class Clients(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.server = self.entered(Server())

    def entered(self, context):
        result = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return result

    async def talk_websockets(self, **options):
        async with websockets.connect(self.server.url, max_size=None, **options) as peer:
            for message in messages():
                await peer.send(message)
                self.assertEqual(await asyncio.wait_for(peer.recv(), TIME), message)
            await asyncio.wait_for(await peer.ping(), TIME)
            return peer.extensions

    async def test_websockets(self):
        self.assertEqual(await self.talk_websockets(compression=None), [])

    async def test_websockets_compressed(self):
        self.assertEqual(len(await self.talk_websockets()), 1)

    async def test_websockets_small_windows(self):
        factory = permessage_deflate.ClientPerMessageDeflateFactory(
            server_max_window_bits=9, client_max_window_bits=9)
        self.assertEqual(len(await self.talk_websockets(extensions=[factory])), 1)

    async def test_websockets_fragments(self):
        async with websockets.connect(self.server.url) as peer:
            await peer.send(["frag", "men", "", "ted"])
            self.assertEqual(await asyncio.wait_for(peer.recv(), TIME), "fragmented")

    async def test_websockets_close(self):
        for code in (1000, 1001, 3000, 4999):
            async with websockets.connect(self.server.url) as peer:
                await peer.close(code, "reason")
                self.assertEqual(peer.close_code, code)

    async def test_tornado(self):
        # Tornado's client ignores `client_no_context_takeover`, so its server keeps contexts.
        server = self.entered(Server("--ws-context"))
        for compression in (None, {}, {"compression_level": 9}):
            peer = await tornado.websocket.websocket_connect(
                server.url, compression_options=compression, max_message_size=1 << 24)
            for message in messages():
                await peer.write_message(message, binary=isinstance(message, bytes))
                self.assertEqual(await asyncio.wait_for(peer.read_message(), TIME), message)
            peer.close(4000, "bye")
            self.assertIsNone(await asyncio.wait_for(peer.read_message(), TIME))
            self.assertEqual(peer.close_code, 4000)


class TornadoEcho(tornado.websocket.WebSocketHandler):
    def initialize(self, compression, done):
        self.compression, self.done = compression, done

    def get_compression_options(self):
        return self.compression

    def open(self):
        self.sent = list(messages())
        self.left = list(self.sent)
        self.next()

    def next(self):
        self.write_message(self.left[0], binary=isinstance(self.left[0], bytes))

    def on_message(self, message):
        if message != self.left.pop(0):
            self.done.set_exception(AssertionError("another message came back"))
        elif self.left:
            self.next()
        else:
            self.close(4001, "done")

    def on_close(self):
        if not self.done.done():
            self.done.set_result(self.close_code)


class Servers(unittest.IsolatedAsyncioTestCase):
    async def run_client(self, url, compress):
        client = await asyncio.create_subprocess_exec(
            ECHO_CLIENT, url, *(["--compress"] if compress else []),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = await asyncio.wait_for(client.communicate(), TIME)
        self.assertEqual(client.returncode, 0, err.decode())
        return out.decode().strip()

    async def test_websockets(self):
        for compress in (False, True):
            failures = []

            async def serve(peer):
                try:
                    for message in messages():
                        await peer.send(message)
                        self.assertEqual(await asyncio.wait_for(peer.recv(), TIME), message)
                    await asyncio.wait_for(await peer.ping(), TIME)
                    self.assertEqual(len(peer.extensions), int(compress))
                    await peer.close(4002, "done")
                except Exception as error:
                    failures.append(error)
                    raise

            async with websockets.serve(serve, "127.0.0.1", 0, max_size=None) as server:
                port = server.sockets[0].getsockname()[1]
                said = await self.run_client(f"ws://127.0.0.1:{port}/", compress)
            self.assertEqual(failures, [])
            self.assertEqual(said, "closed 4002 done")

    async def test_tornado(self):
        for compress in (False, True):
            done = asyncio.get_running_loop().create_future()
            app = tornado.web.Application(
                [("/", TornadoEcho, {"compression": {} if compress else None, "done": done})],
                websocket_max_message_size=1 << 24)
            server = tornado.httpserver.HTTPServer(app)
            sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
            server.add_sockets(sockets)
            port = sockets[0].getsockname()[1]
            said = await self.run_client(f"ws://127.0.0.1:{port}/", compress)
            self.assertEqual(said, "closed 4001 done")
            self.assertEqual(await asyncio.wait_for(done, TIME), 4001)
            server.stop()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
