"""What TLS costs: Bora beside nginx, with one certificate, on one machine.

Usage: tls_bench.py SERVER [--rounds N] [--seconds S] [--connections C] [--idle N]

SERVER is bench_server. Needs nginx, wrk and openssl. Prints, as medians of rounds in which both
servers take turns: server CPU per keep-alive request, per full handshake (with one request), and
per connection that is taken up again by a ticket; and the bytes of memory per idle connection.
"""

import argparse
import os
import pathlib
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 20000; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 600s; default_type text/plain;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / {{ return 200 "Hello, World!"; }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, name, command, port):
        self.name, self.port = name, port
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        sys.exit(f"{name} does not listen")

    def cpu(self):
        """User and system time so far, in seconds."""
        threads = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def memory(self):
        """Resident bytes."""
        text = pathlib.Path(f"/proc/{self.process.pid}/statm").read_text()
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def client_context(folder):
    context = ssl.create_default_context(cafile=f"{folder}/cert.pem")
    context.check_hostname = False
    return context


def keep_alive(server, seconds, connections):
    before = server.cpu()
    text = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"https://127.0.0.1:{server.port}/plaintext"],
        check=True, capture_output=True, text=True).stdout
    requests = int(next(line for line in text.splitlines() if " requests in " in line).split()[0])
    return (server.cpu() - before) / requests * 1e6


def connect(server, context, session=None):
    raw = socket.create_connection(("127.0.0.1", server.port))
    return context.wrap_socket(raw, server_hostname="localhost", session=session)


def fetch(connection):
    connection.sendall(b"GET /plaintext HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = b""
    while b"Hello, World!" not in answer:
        piece = connection.recv(65536)
        if not piece:
            sys.exit("a connection ended early")
        answer += piece


def handshakes(server, context, count, is_resuming):
    session = None
    if is_resuming:
        with connect(server, context) as first:
            fetch(first)
            session = first.session
    before = server.cpu()
    for _ in range(count):
        with connect(server, context, session) as connection:
            fetch(connection)
            if connection.session_reused != is_resuming:
                sys.exit("sessions are not resumed as they should")
    return (server.cpu() - before) / count * 1e6


def idle_bytes(server, context, count):
    before = server.memory()
    open_connections = []
    for _ in range(count):
        connection = connect(server, context)
        fetch(connection)
        open_connections.append(connection)
    result = (server.memory() - before) / count
    for connection in open_connections:
        connection.close()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--handshakes", type=int, default=300)
    parser.add_argument("--idle", type=int, default=1000)
    arguments = parser.parse_args()
    for program in ("nginx", "wrk", "openssl"):
        if not shutil.which(program):
            sys.exit(f"tls_bench: {program} is missing")

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
            check=True, stderr=subprocess.DEVNULL)
        ports = free_port(), free_port()
        pathlib.Path(folder, "nginx.conf").write_text(NGINX.format(folder=folder, port=ports[1]))
        servers = [
            Server("bora", [arguments.server, f"--port={ports[0]}", f"--cert={folder}/cert.pem",
                            f"--key={folder}/key.pem", "--logging=warning"], ports[0]),
            Server("nginx", ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"], ports[1]),
        ]
        context = client_context(folder)
        measures = {
            "CPU per keep-alive request, us": lambda s: keep_alive(s, arguments.seconds, arguments.connections),
            "CPU per full handshake, us": lambda s: handshakes(s, context, arguments.handshakes, False),
            "CPU per resumed handshake, us": lambda s: handshakes(s, context, arguments.handshakes, True),
        }
        try:
            for server in servers:
                keep_alive(server, 1, arguments.connections)  # warm
            for name, measure in measures.items():
                rounds = [[measure(server) for server in servers] for _ in range(arguments.rounds)]
                medians = [statistics.median(values) for values in zip(*rounds)]
                ratio = statistics.median(own / other for own, other in rounds)
                print(f"{name:34} bora {medians[0]:8.1f}  nginx {medians[1]:8.1f}  ratio {ratio:.2f}", flush=True)
            idle = [idle_bytes(server, context, arguments.idle) for server in servers]
            print(f"{'bytes per idle connection':34} bora {idle[0]:8.0f}  nginx {idle[1]:8.0f}  "
                  f"ratio {idle[0] / idle[1]:.2f}")
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    main()
