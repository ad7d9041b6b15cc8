#!/usr/bin/env python3
"""Checks the promises of docs/deploy.md: a real nginx with its configuration in front of workers that are
reloaded, and renewed certificates.

    deploy_test.py SOURCE_DIR FORKING_PROGRAM
"""

import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(sys.argv.pop(1))
PROGRAM = sys.argv.pop(1)
PATIENCE = 20

MAIN = """
daemon off;
{user}
worker_processes 2;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    proxy_read_timeout 1s;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    include {work}/hello.conf;
}}
"""


class Connection(http.client.HTTPConnection):
    """A connection to a socket in the file system, with TLS or without."""

    def __init__(self, path, context=None):
        super().__init__("hello.example", timeout=PATIENCE)
        self.path, self.context = path, context

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.path)
        if self.context:
            self.sock = self.context.wrap_socket(self.sock, server_hostname="hello.example")


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=hello.example", "-addext", "subjectAltName=DNS:hello.example",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                   check=True, stderr=subprocess.DEVNULL)


class App:
    """Two workers that answer `GET /` with their pids."""

    def __init__(self, *options):
        self.process = subprocess.Popen([PROGRAM, "--deed=serve", "--workers=2", *options], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.port = int(self.line_with("port ").split()[1])
        for _ in range(2):
            self.line_with("ready ")

    def line_with(self, text):
        for line in self.process.stdout:
            if text in line:
                return line
        raise AssertionError(f"the program never said {text!r}")

    def reload(self):
        """Reloads, and waits until the new workers serve and the former ones have ended."""
        self.process.send_signal(signal.SIGHUP)
        awaited = ["the reload is over", "has stopped", "has stopped"]
        for line in self.process.stdout:
            for text in list(awaited):
                if text in line:
                    awaited.remove(text)
                    break
            if not awaited:
                return
        raise AssertionError(f"the program never said {awaited}")

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.read()
        return self.process.wait(timeout=PATIENCE)


@unittest.skipUnless(shutil.which("nginx") and shutil.which("openssl"), "nginx or openssl is not installed")
class NginxTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="bora_nginx_"))
        os.chmod(self.work, 0o755)
        self.addCleanup(shutil.rmtree, self.work)
        self.app = App()
        self.addCleanup(self.app.end)
        self.start_nginx()

    def configuration(self):
        page = (SOURCE / "docs/deploy.md").read_text()
        text = re.search(r"```nginx\n(.*?)```", page, re.DOTALL)[1]
        for original, here in (
                ("server 127.0.0.1:8888;", f"server 127.0.0.1:{self.app.port};"),
                ("listen 80;", f"listen unix:{self.work}/plain;"),
                ("listen 443 ssl http2;", f"listen unix:{self.work}/tls ssl http2;"),
                ("/etc/ssl/hello/fullchain.pem;", f"{self.work}/cert.pem;"),
                ("/etc/ssl/hello/key.pem;", f"{self.work}/key.pem;"),
                ("/srv/hello/bin/static/;", f"{self.work}/static/;")):
            self.assertEqual(text.count(original), 1, original)
            text = text.replace(original, here)
        return text

    def start_nginx(self):
        make_certificate(self.work)
        (self.work / "static").mkdir()
        (self.work / "static/app.css").write_text("body {}")
        (self.work / "hello.conf").write_text(self.configuration())
        user = "user root;" if os.getuid() == 0 else ""
        (self.work / "nginx.conf").write_text(MAIN.format(work=self.work, user=user))
        nginx = subprocess.Popen(["nginx", "-c", self.work / "nginx.conf"], stderr=subprocess.PIPE, text=True)
        self.addCleanup(nginx.stderr.close)
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.terminate)
        self.context = ssl.create_default_context(cafile=self.work / "cert.pem")
        deadline = time.monotonic() + PATIENCE
        while not (self.work / "nginx.pid").exists():  # it exists when nginx listens
            self.assertIsNone(nginx.poll(), "nginx does not start")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def connection(self):
        return Connection(str(self.work / "tls"), self.context)

    def ask(self, path, connection=None):
        own = connection or self.connection()
        try:
            own.request("GET", path)
            response = own.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            if connection is None:
                own.close()

    def test_what_the_page_says(self):
        plain = Connection(str(self.work / "plain"))
        self.addCleanup(plain.close)
        status, headers, _ = self.ask("/x?y", plain)
        self.assertEqual((status, headers["Location"]), (301, "https://hello.example/x?y"))
        status, _, body = self.ask("/static/app.css")
        self.assertEqual((status, body), (200, "body {}"))
        status, _, body = self.ask("/")
        self.assertEqual(status, 200)
        self.assertGreater(int(body), 1)
        self.assertEqual(self.ask("/nothing")[0], 404)
        self.assertEqual(self.app.stop(), 0)
        self.assertEqual(self.ask("/")[0], 502)

    def test_an_event_stream_stays_open(self):
        connection = self.connection()
        self.addCleanup(connection.close)
        connection.request("GET", "/events", headers={"Accept": "text/event-stream"})
        response = connection.getresponse()
        self.assertEqual(response.headers["Content-Type"], "text/event-stream; charset=utf-8")
        begin = time.monotonic()
        lines = []
        while lines.count(":") < 10:  # the beats of two seconds, twice what nginx waits for
            line = response.readline()
            self.assertNotEqual(line, b"", f"the stream has ended after {lines}")
            lines.append(line.decode().strip())
            if "data: begun" in lines[-1]:
                self.assertLess(time.monotonic() - begin, 1, "nginx has held the event back")
        self.assertIn("data: begun", lines)

    def test_reloads_under_load(self):
        counts = {"sent": 0, "answered": 0}
        failures = []
        pids = set()
        lock = threading.Lock()
        is_over = threading.Event()

        def ask_again_and_again():
            connection = self.connection()
            while not is_over.is_set():
                with lock:
                    counts["sent"] += 1
                try:
                    status, _, body = self.ask("/", connection)
                    with lock:
                        if status == 200:
                            counts["answered"] += 1
                            pids.add(int(body))
                        else:
                            failures.append(status)
                except (OSError, http.client.HTTPException) as error:
                    failures.append(error)
                    connection.close()
            connection.close()

        clients = [threading.Thread(target=ask_again_and_again) for _ in range(4)]
        for client in clients:
            client.start()
        try:
            for _ in range(3):
                self.app.reload()
                enough = counts["answered"] + 100
                deadline = time.monotonic() + PATIENCE
                while counts["answered"] < enough and time.monotonic() < deadline:
                    time.sleep(0.001)
        finally:
            is_over.set()
            for client in clients:
                client.join()
        print(f"sent {counts['sent']}, answered {counts['answered']}, by {len(pids)} workers")
        self.assertEqual(failures, [])
        self.assertEqual(counts["answered"], counts["sent"])
        self.assertGreaterEqual(len(pids), 3)
        self.assertEqual(self.app.stop(), 0)


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class CertificateTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="bora_certificate_"))
        self.addCleanup(shutil.rmtree, self.work)

    def served(self, app):
        """Returns the certificates of several connections."""
        return {ssl.get_server_certificate(("127.0.0.1", app.port), timeout=PATIENCE) for _ in range(16)}

    def test_a_reload_takes_renewed_files(self):
        make_certificate(self.work)
        first = (self.work / "cert.pem").read_text()
        app = App(f"--certfile={self.work}/cert.pem", f"--keyfile={self.work}/key.pem")
        self.addCleanup(app.end)
        self.assertEqual(self.served(app), {first})
        make_certificate(self.work)
        second = (self.work / "cert.pem").read_text()
        self.assertNotEqual(first, second)
        self.assertEqual(self.served(app), {first})
        app.reload()
        self.assertEqual(self.served(app), {second})
        self.assertEqual(app.stop(), 0)

    def test_broken_files_change_nothing(self):
        make_certificate(self.work)
        first = (self.work / "cert.pem").read_text()
        app = App(f"--certfile={self.work}/cert.pem", f"--keyfile={self.work}/key.pem")
        self.addCleanup(app.end)
        (self.work / "cert.pem").write_text("not a certificate")
        app.process.send_signal(signal.SIGHUP)
        self.assertIn("cert.pem", app.line_with("the former certificates are used on: "))
        app.line_with("the reload is over")
        self.assertEqual(self.served(app), {first})
        self.assertEqual(app.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
