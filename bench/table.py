#!/usr/bin/env python3
"""One table of what Bora costs beside the least that each thing can cost on this machine.

Usage: table.py [--bin FOLDER] [--seconds N] [--only GROUP,…] [--markdown] [--log FILE]

FOLDER has the programs of a release build (default: build/release/bin). Each group is a program that
asks Bora and its counterpart in turn, so a ratio holds on a busy machine, too; figures in
microseconds are the server's CPU time. N is how long each program measures (default: 12). A group
whose program was not built, or that lacks a tool, has a line that says so. What the programs print
is kept in FILE (default: bench.log beside FOLDER).
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A program that measured for too short a time prints inf or nan.
NUMBER = r"(-?(?:[0-9]+(?:\.[0-9]+)?|inf|nan))"


class Row:
    """A line of the table, found in a program's output by `pattern`, whose groups are the figures."""

    def __init__(self, name, pattern, figures="bora limit", unit="µs", limit=None):
        self.name, self.unit, self.limit = name, unit, limit
        self.pattern = re.compile(pattern, re.MULTILINE | re.DOTALL)
        self.figures = figures.split()

    def read(self, text):
        found = self.pattern.search(text)
        if not found:
            return None
        values = {name: float(value) for name, value in zip(self.figures, found.groups())}
        values.setdefault("limit", self.limit)
        values.setdefault("ratio", values["bora"] / values["limit"] if values["limit"] else float("inf"))
        return values


def http(name, label, unit="µs"):
    return Row(name, rf"^  {re.escape(label)} +{NUMBER} +{NUMBER} +{NUMBER} ", "ratio bora limit", unit)


def database(name, label):
    return Row(name, rf"^{re.escape(label)} +{NUMBER} +{NUMBER} +{NUMBER} ", "bora limit ratio")


def static(name, label, unit="µs"):
    return Row(name, rf"^{re.escape(label)} +(?:request|MiB) +{NUMBER} +{NUMBER} +{NUMBER}$", "limit bora ratio", unit)


def echo(name, depth):
    return Row(name, rf"^echo,[^\n]* {depth} under way[^\n]*\n  recv\(\) and send\(\) alone +{NUMBER} [^\n]*\n"
                     rf"  WebSocketHandler +{NUMBER} ", "limit bora")


def tls(name, label, unit="µs"):
    return Row(name, rf"^{re.escape(label)} +bora +{NUMBER} +nginx +{NUMBER} +ratio {NUMBER}", "bora limit ratio", unit)


class Group:
    """The lines that one program measures."""

    def __init__(self, key, beside, command, rows, tools=()):
        self.key, self.beside, self.command, self.rows, self.tools = key, beside, command, rows, tools


def groups(folder, seconds):
    program = lambda name: str(folder / name)
    return [
        Group("http", "an epoll loop that sends the same bytes", [program("http_bench"), str(seconds)], [
            http("plaintext", "keep-alive"),
            http("plaintext, 16 in a pipeline", "pipelined x16"),
            http("plaintext, a browser's request", "browser's fields"),
            http("plaintext, access log on", "with access log"),
            http("JSON", "JSON"),
            http("a parameter in the path", "one parameter"),
            http("template page, 12 rows", "compiled page"),
            http("upload of 16 MiB", "16 MiB sent to it"),
        ]),
        Group("db", "an epoll loop with libpq and answers by hand", [program("techempower_bench"), str(seconds)], [
            database("PostgreSQL: one query", "single query"),
            database("PostgreSQL: 20 queries", "20 queries"),
            database("PostgreSQL: 20 updates", "20 updates"),
            database("PostgreSQL: fortunes", "fortunes"),
            database("20 cached queries", "20 cached queries"),
        ]),
        Group("static", "an epoll loop with the files open", [program("static_bench"), str(seconds)], [
            static("static file of 4 KiB", "4 KiB"),
            static("the same, not modified", "4 KiB, 304"),
            static("static file of 1 MiB", "1 MiB"),
            static("static file of 64 MiB, a MiB", "64 MiB"),
        ]),
        Group("websocket", "recv() and send() alone", [program("websocket_bench"), "1000"], [
            echo("WebSocket echo", 1),
            echo("WebSocket echo, 16 under way", 16),
            Row("WebSocket broadcast to 1,000", rf"^  channel +{NUMBER} +send\(\) alone {NUMBER} ", "bora limit"),
        ]),
        Group("tls", "nginx", [sys.executable, str(ROOT / "bench/http/tls_bench.py"), program("bench_server"),
                               "--rounds", "3", "--seconds", str(max(1, round(seconds / 12)))], [
            tls("TLS: request", "CPU per keep-alive request, us"),
            tls("TLS: full handshake", "CPU per full handshake, us"),
            tls("TLS: resumed handshake", "CPU per resumed handshake, us"),
            tls("TLS: memory, idle", "bytes per idle connection", "bytes"),
        ], tools=("nginx", "wrk", "openssl")),
        Group("log", "the target", [program("core_bench")], [
            Row("access log: loop's thread", rf"^log +{NUMBER} ns", "bora", "ns", limit=150),
            Row("access log: all threads", rf"^log_all +{NUMBER} ns", "bora", "ns", limit=250),
        ]),
    ]


def run(group, log):
    """What the program prints, or why there is none."""
    for tool in group.tools:
        if not shutil.which(tool):
            return None, f"needs {tool}"
    for program in group.command[:3]:
        if program.startswith("/") and not pathlib.Path(program).exists():
            return None, f"{pathlib.Path(program).name} was not built"
    commands = [group.command]
    if group.key == "log":
        commands = [group.command + [part] for part in ("log", "log_all")]
    text = ""
    for command in commands:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}\n")
        log.flush()
        if done.returncode != 0:
            return None, f"failed: {(done.stderr.strip().splitlines() or ['no word'])[-1]}"
        text += done.stdout
    return text, None


def digits(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 100 else f"{value:.2f}"


class Printer:
    def __init__(self, is_markdown):
        self.is_markdown = is_markdown

    def head(self):
        if self.is_markdown:
            print("| | ratio | Bora | limit | |\n|---|---:|---:|---:|---|")
        else:
            print(f"{'':32} {'ratio':>6} {'Bora':>9} {'limit':>9}")

    def group(self, group):
        if not self.is_markdown:
            print(f"\nbeside {group.beside}:")

    def row(self, name, values, unit, beside):
        if self.is_markdown:
            print(f"| {name} | {values['ratio']:.2f} | {digits(values['bora'])} | {digits(values['limit'])} {unit} "
                  f"| {beside} |")
        else:
            print(f"  {name:30} {values['ratio']:6.2f} {digits(values['bora']):>9} {digits(values['limit']):>9} {unit}",
                  flush=True)

    def missing(self, name, why):
        print(f"| {name} | | | | {why} |" if self.is_markdown else f"  {name:30} ({why})", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin", help="the programs' folder")
    parser.add_argument("--seconds", type=float, default=12, help="how long each program measures")
    parser.add_argument("--only", default="", help="groups, with commas: http, db, static, websocket, tls, log")
    parser.add_argument("--markdown", action="store_true", help="for a document")
    parser.add_argument("--log", type=pathlib.Path, help="what the programs print")
    arguments = parser.parse_args()
    folder = arguments.bin.resolve()
    wanted = [word for word in arguments.only.split(",") if word]
    every = groups(folder, arguments.seconds)
    for word in wanted:
        if word not in [group.key for group in every]:
            parser.error(f"there is no group '{word}'")

    started = time.monotonic()
    printer = Printer(arguments.markdown)
    printer.head()
    is_whole = True
    log_path = arguments.log or folder.parent / "bench.log"
    with log_path.open("w", encoding="utf-8") as log:
        for group in every:
            if wanted and group.key not in wanted:
                continue
            printer.group(group)
            text, why = run(group, log)
            is_whole = is_whole and not (why or "").startswith("failed")
            for row in group.rows:
                if text is None:
                    printer.missing(row.name, why)
                    continue
                values = row.read(text)
                if values is None:
                    printer.missing(row.name, f"not in what {pathlib.Path(group.command[0]).name} printed")
                    is_whole = False
                else:
                    printer.row(row.name, values, row.unit, group.beside)
    print(f"\n{time.monotonic() - started:.0f} s; what the programs printed: {log_path}")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
