#!/usr/bin/env python3
"""Prints what each public header costs the compiler: user seconds and lines of a file that includes it alone.

Usage: bench/include_cost.py [--root DIR] [--compiler clang++-19] [--runs 5] [--against DIR] [HEADER...]

A file with nothing but one #include is compiled at -O0 several times, and the fastest run counts: the others
were disturbed. Lines are those after the preprocessor, without empty ones. --against compares with another
checkout: headers that both have, first those that grew. Without HEADER: all of runtime/include/bora, but not
detail/ and what needs a library that is missing.
"""

import argparse
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile


def user_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
    if done.returncode != 0:
        return None, done.stderr
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, done.stdout


def cost(compiler, root, header, runs, folder):
    """(seconds, lines) of a header; None if it does not compile here."""
    source = os.path.join(folder, "include.cpp")
    pathlib.Path(source).write_text(f"#include <bora/{header}>\n")
    command = [compiler, "-std=c++20", "-I", str(root / "runtime/include"), source]
    contract = re.search(r"BORA_GENERATED_CONTRACT != (\d+)", (root / "runtime/include/bora" / header).read_text())
    if contract:
        command.append(f"-DBORA_GENERATED_CONTRACT={contract[1]}")
    best = None
    for _ in range(runs):
        # The fastest: load of other programs only ever adds.
        seconds, error = user_seconds(command + ["-O0", "-c", "-o", os.path.join(folder, "include.o")])
        if seconds is None:
            print(f"bora/{header}: {error.splitlines()[0] if error else 'does not compile'}", file=sys.stderr)
            return None
        best = seconds if best is None else min(best, seconds)
    _, text = user_seconds(command + ["-E", "-P"])
    return best, len(re.findall(r"^.*\S", text, re.MULTILINE))


def public_headers(root):
    include = root / "runtime/include/bora"
    names = sorted(str(path.relative_to(include)) for path in include.rglob("*.h"))
    return [name for name in names if "detail/" not in name]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--compiler", default="clang++-19")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--against", type=pathlib.Path)
    parser.add_argument("headers", nargs="*", metavar="HEADER")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for header in options.headers or public_headers(options.root):
            now = cost(options.compiler, options.root, header, options.runs, folder)
            was = None
            if options.against and (options.against / "runtime/include/bora" / header).exists():
                was = cost(options.compiler, options.against, header, options.runs, folder)
            if now:
                rows.append((header, now, was))
    rows.sort(key=lambda row: row[2][0] - row[1][0] if row[2] else -row[1][0])
    for header, (seconds, lines), was in rows:
        before = f"   before {was[0]:5.2f} s {was[1]:7,} lines" if was else ""
        print(f"{seconds:5.2f} s {lines:7,} lines  {header:42}{before}")


if __name__ == "__main__":
    main()
