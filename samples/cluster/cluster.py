#!/usr/bin/python3
"""Three processes of the sample 'cluster' behind nginx, with PostgreSQL and Redis, and clients that use them
while the processes are killed, drained and started again. Ends with status 1 if anything was lost.

    cluster.py PROGRAM [--clients N] [--seconds N] [--turns N]
"""

import argparse
import asyncio
import contextlib
import glob
import json
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import websockets
import websockets.exceptions

HERE = pathlib.Path(__file__).resolve().parent
MACHINES = 3


def free_port():
    """Returns a free port. It is below those that the system gives to clients."""
    while True:
        port = random.randint(10000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def server_user():
    """PostgreSQL refuses to run as root."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


class Servers:
    """PostgreSQL, Redis, nginx and the machines, in a folder of their own."""

    def __init__(self, program):
        self.program = program
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bora-cluster-"))
        self.folder.chmod(0o755)
        self.user = server_user()
        self.processes = []
        self.ports = [free_port() for _ in range(MACHINES)]
        self.port = free_port()
        self.machines = [None] * MACHINES

    def start(self, *command, as_user=False, cwd=None):
        def become():
            if as_user and self.user:
                os.setgroups([])
                os.setgid(self.user.pw_gid)
                os.setuid(self.user.pw_uid)
        log = (self.folder / (pathlib.Path(command[0]).name + ".log")).open("ab")
        process = subprocess.Popen([str(part) for part in command], preexec_fn=become, cwd=cwd or self.folder,
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def start_all(self):
        data = self.folder / "postgres"
        data.mkdir()
        if self.user:
            os.chown(data, self.user.pw_uid, self.user.pw_gid)
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        bin = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1])
        if self.start(bin / "initdb", "-D", data, "-U", "bora", "-A", "trust", "--no-sync", as_user=True).wait():
            sys.exit((self.folder / "initdb.log").read_text())
        self.start(bin / "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", "-c", "fsync=off",
                   as_user=True)
        self.start("redis-server", "--port", "0", "--unixsocket", self.folder / "redis.sock", "--save", "",
                   "--dir", self.folder)
        wait_until(lambda: (self.folder / ".s.PGSQL.5432").exists() and (self.folder / "redis.sock").exists())
        for number in range(MACHINES):
            self.start_machine(number)
        servers = "".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=1s; " for port in self.ports)
        (self.folder / "nginx.conf").write_text(f"""
daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.error;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
  fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; "" ""; }}
  upstream app {{ {servers} }}
  server {{
    listen 127.0.0.1:{self.port};
    location / {{
      proxy_pass http://app; proxy_http_version 1.1;
      proxy_set_header Host $host; proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_next_upstream error timeout http_502 http_503 non_idempotent; proxy_connect_timeout 1s;
    }}
  }}
}}
""")
        self.start("nginx", "-c", self.folder / "nginx.conf", "-p", self.folder)
        wait_until(lambda: can_connect(self.port))

    def start_machine(self, number):
        own = self.folder / f"machine{number}"
        own.mkdir(exist_ok=True)
        self.machines[number] = self.start(
            self.program, f"--port={self.ports[number]}", f"--postgres=host={self.folder} user=bora dbname=postgres",
            f"--redis=unix://{self.folder}/redis.sock", f"--migrations={HERE}/migrations", cwd=own)
        wait_until(lambda: can_connect(self.ports[number]) or self.machines[number].poll() is not None)

    def stop_machine(self, number, how):
        self.machines[number].send_signal(how)
        self.machines[number].wait()

    def stop_all(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            if process.poll() is None:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def can_connect(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def wait_until(is_done, seconds=60):
    end = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > end:
            sys.exit("cluster.py: a server does not start")
        time.sleep(0.02)


class Client:
    """Logs in, chats, fills a cart, uploads. Repeats requests without an answer."""

    def __init__(self, port, number, run):
        self.port = port
        self.number = number
        self.run = run
        self.cookie = ""
        self.heard = []
        self.place = None
        self.asks = False
        self.socket = None
        self.sent = 0
        self.added = []
        self.uploaded = 0

    async def request(self, method, path, body=b""):
        while True:
            begin = time.monotonic()
            try:
                status, text, cookie = await asyncio.wait_for(self.ask(method, path, body), 10)
            except (OSError, EOFError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError):
                status = 0
            self.run.times.append(time.monotonic() - begin)
            if status == 200:
                if cookie:
                    self.cookie = cookie
                return text
            if status in (401, 400, 404, 413, 500):
                self.run.wrong.append(f"{method} {path}: {status}")
                return ""
            self.run.repeated += 1
            await asyncio.sleep(0.05)

    async def ask(self, method, path, body):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"{method} {path} HTTP/1.1\r\nHost: cluster\r\nConnection: close\r\n"
                         f"Cookie: {self.cookie}\r\nContent-Length: {len(body)}\r\n"
                         f"Content-Type: application/octet-stream\r\n\r\n".encode() + body)
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            status = int(head.split()[1])
            cookie, length = "", None
            for line in head.split("\r\n")[1:]:
                name, _, value = line.partition(": ")
                if name.lower() == "set-cookie":
                    cookie = value.split(";")[0]
                if name.lower() == "content-length":
                    length = int(value)
            text = await (reader.readexactly(length) if length is not None else reader.read())
            return status, text.decode(), cookie
        finally:
            writer.close()

    async def chat(self):
        while not self.run.is_over.is_set():
            with contextlib.suppress(OSError, websockets.exceptions.WebSocketException, asyncio.TimeoutError):
                async with websockets.connect(f"ws://127.0.0.1:{self.port}/live", open_timeout=10,
                                              close_timeout=1) as socket:
                    request = {"type": "subscribe", "channel": "lobby"}
                    if self.place:
                        request["epoch"], request["offset"] = self.place
                    self.asks = True
                    await socket.send(json.dumps(request))
                    self.socket = socket
                    async for text in socket:
                        self.hear(json.loads(text))
            self.socket = None
            await asyncio.sleep(0.05)

    def hear(self, told):
        """Does the same as bora-channel.js."""
        if told["type"] == "message":
            if not told.get("offset") or self.asks or told["offset"] <= self.place[1]:
                return
            if told["previous"] > self.place[1]:
                self.asks = True
                epoch, offset = self.place
                asyncio.ensure_future(self.socket.send(json.dumps(
                    {"type": "subscribe", "channel": "lobby", "epoch": epoch, "offset": offset})))
                return
            self.place = (self.place[0], told["offset"])
            self.heard.append((told["offset"], told["data"]))
        elif told["type"] in ("subscribed", "gap"):
            if self.place and not told.get("recovered", False):
                self.run.gaps += 1
            self.place = (told["epoch"], told["offset"])
            self.asks = False

    async def shop(self):
        await self.request("POST", f"/login?name=user{self.number}")
        turns = random.Random(self.number)
        while not self.run.is_over.is_set():
            await asyncio.sleep(turns.random() * 2)
            kind = turns.random()
            if kind < 0.4 and self.socket:
                with contextlib.suppress(websockets.exceptions.WebSocketException, OSError):
                    self.sent += 1
                    await self.socket.send(json.dumps({"type": "publish", "channel": "lobby",
                                                       "data": f"{self.number}-{self.sent}"}))
            elif kind < 0.8:
                key = f"u{self.number:05}-{len(self.added):05}"
                self.added.append(key)
                await self.request("POST", f"/cart?key={key}&item={key}")
            else:
                size = turns.randrange(100_000)
                key = f"u{self.number:05}-{self.uploaded:05}"
                text = await self.request("POST", f"/upload?key={key}", b"x" * size)
                if text != str(size):
                    self.run.wrong.append(f"an upload of {size} bytes: {text}")
                self.uploaded += 1


class Run:
    def __init__(self):
        self.is_over = asyncio.Event()
        self.times = []
        self.wrong = []
        self.repeated = self.gaps = 0


async def disturb(servers, seconds):
    turns = random.Random(1)
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        await asyncio.sleep(1)
        number = count % MACHINES
        how = signal.SIGKILL if turns.random() < 0.5 else signal.SIGTERM
        await asyncio.to_thread(servers.stop_machine, number, how)
        await asyncio.to_thread(servers.start_machine, number)
        count += 1
    return count


async def main(options):
    servers = Servers(pathlib.Path(options.program).resolve())
    run = Run()
    try:
        await asyncio.to_thread(servers.start_all)
        clients = [Client(servers.port, number, run) for number in range(options.clients)]
        chats = [asyncio.create_task(client.chat()) for client in clients]
        shops = [asyncio.create_task(client.shop()) for client in clients]
        stops = await disturb(servers, options.seconds)
        await asyncio.sleep(2)  # so that the last publications are out
        run.is_over.set()
        await asyncio.gather(*shops)
        lost = 0
        for client in clients:
            have = set((await client.request("GET", "/cart")).split())
            lost += len(set(client.added) - have)
        for _ in range(100):  # until all have heard the newest
            newest = max((client.heard[-1][0] for client in clients if client.heard), default=0)
            if all(client.place and client.place[1] >= newest for client in clients):
                break
            await asyncio.sleep(0.1)
        everything = {}
        for client in clients:
            everything.update(client.heard)
        texts = [text for _, text in everything.items()]
        twice = len(texts) - len(set(texts))
        missing = disorder = 0
        for client in clients:
            offsets = [offset for offset, _ in client.heard]
            disorder += sum(1 for a, b in zip(offsets, offsets[1:]) if a >= b)
            if offsets:
                missing += sum(1 for offset in everything if offset >= offsets[0]) - len(set(offsets))
        for task in chats:
            if task.done():
                task.result()  # it should not have ended: raise its error
            task.cancel()
        times = sorted(run.times)
        print(f"{options.clients} clients, {stops} processes stopped, {len(times)} requests, "
              f"{run.repeated} of them repeated")
        print(f"p50 {times[len(times) // 2] * 1000:.0f} ms, p99 {times[len(times) * 99 // 100] * 1000:.0f} ms")
        print(f"{len(everything)} messages: {missing} lost, {twice} twice, {disorder} in disorder, "
              f"{run.gaps} gaps")
        print(f"{sum(len(client.added) for client in clients)} in carts: {lost} lost; "
              f"{sum(client.uploaded for client in clients)} uploads; {len(run.wrong)} wrong answers "
              f"{run.wrong[:3]}")
        return 1 if missing or twice or disorder or run.gaps or lost or run.wrong or not everything else 0
    finally:
        await asyncio.to_thread(servers.stop_all)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    sys.exit(asyncio.run(main(parser.parse_args())))
