#!/usr/bin/env python3
"""What compiling a generated template unit costs, beside an empty unit.

Makes a template of 300 chunks and 300 values, runs it through `bora compile`, compiles the result
with each compiler at -O0 and -O2, and prints the least CPU seconds of several runs:

    bench/templates/compile_cost.py [--bora build/release/bin/bora] [--runs 7] [--values 300] [--check]

--check ends with status 1 if g++ needs more than the budget: 0.3 s at -O0, 0.5 s at -O2.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE_ROOT = pathlib.Path(__file__).resolve().parents[2]
BUDGET = {"-O0": 0.3, "-O2": 0.5}
CHUNKS = ["</td><td>", "</td></tr>\n<tr class=\"row\"><td class=\"name\">", " ",
          "</a></li>\n        <li class=\"nav-item\"><a class=\"nav-link\" href=\"/users/", "\">, "]
VALUES = ["title", "count", "author", "price", "user.name", "user.id"]


def template_text(values):
    lines = ['{% import "user.h" %}', "{% param std::string_view title %}", "{% param int count %}",
             "{% param std::string_view author %}", "{% param double price %}", "{% param User user %}"]
    pieces = [CHUNKS[i % len(CHUNKS)] + "{{ " + VALUES[i % len(VALUES)] + " }}" for i in range(values)]
    lines += ["".join(pieces[i:i + 3]) for i in range(0, values, 3)]
    return "\n".join(lines) + "\n"


def cpu_seconds(command, directory):
    """The user and system time of one run, or None if it failed."""
    process = subprocess.Popen(command, cwd=directory, env={**os.environ, "CCACHE_DISABLE": "1"})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime if status == 0 else None


def least_seconds(command, directory, runs):
    times = [cpu_seconds(command, directory) for _ in range(runs)]
    if None in times:
        sys.exit(f"{command[0]} failed: {' '.join(command)}")
    return min(times)


def make_units(directory, bora, values):
    (directory / "templates").mkdir()
    (directory / "templates/page.html").write_text(template_text(values))
    (directory / "user.h").write_text("#pragma once\nstruct User { std::string_view name; long id; };\n")
    (directory / "empty.cpp").write_text(
        "#define BORA_GENERATED_CONTRACT 2\n#include <bora/generated.h>\n")
    subprocess.run([bora, "compile", "--root", "templates", "--out", ".", "--stamp", "stamp",
                    "--depfile", "page.d", "page.html"], cwd=directory, check=True)


def compilers():
    found = []
    for name in ("g++", "clang++-19"):
        path = shutil.which(name)
        if path is None:
            print(f"{name}: not found, left out")
        else:
            found.append((name, path))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bora", default=str(SOURCE_ROOT / "build/release/bin/bora"))
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--values", type=int, default=300)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    bora = pathlib.Path(options.bora).resolve()
    if not bora.exists():
        sys.exit(f"{bora} does not exist: run ./dev build release, or name one with --bora")

    is_over = False
    with tempfile.TemporaryDirectory(prefix="bora-cost-") as name:
        directory = pathlib.Path(name)
        make_units(directory, bora, options.values)
        print(f"CPU seconds, least of {options.runs}; {options.values} chunks and values")
        print(f"{'':16}{'empty unit':>12}{'page':>12}{'page alone':>12}")
        for compiler, path in compilers():
            for level, budget in BUDGET.items():
                command = [path, "-std=c++20", level, "-I", str(SOURCE_ROOT / "runtime/include"),
                           "-I", ".", "-o", "unit.o", "-c"]
                empty = least_seconds([*command, "empty.cpp"], directory, options.runs)
                page = least_seconds([*command, "views/page.cpp"], directory, options.runs)
                verdict = ""
                if compiler == "g++":
                    is_over = is_over or page > budget
                    verdict = f"   budget {budget}: " + ("over" if page > budget else "kept")
                print(f"{compiler + ' ' + level:16}{empty:12.3f}{page:12.3f}{page - empty:12.3f}{verdict}")
    return 1 if is_over and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
