#!/usr/bin/env python3
"""What 500 pages on one layout cost: generated text, code, time.

    bench/templates/many_pages.py [--bora build/release/bin/bora] [--pages 500] [--cxx clang++-19 ...] [--jobs 2]

Each page extends one layout of 4 KB (40 links and a footer) and adds a heading, a table of its own
and a form: some 3 KB with 12 values. Prints the bytes of generated C++, the time of `bora compile`,
and for each compiler the CPU time of all units and the size of their code, in three ways: each page
alone, each page after a precompiled <bora/generated.h>, and 8 pages in a unit (what bora_add_app() does).
"""

import argparse
import concurrent.futures
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

SOURCE_ROOT = pathlib.Path(__file__).resolve().parents[2]

LAYOUT = """{{% import <string> %}}
{{% param std::string title %}}
{{% param std::string user_name %}}
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{{{ title }}}}</title></head>
<body>
<nav><ul>
{links}</ul></nav>
<p class="user">{{{{ user_name }}}}</p>
<main>{{% block content %}}{{% end %}}</main>
<footer>{footer}</footer>
</body>
</html>
"""

PAGE = """{{% extends "layout.html" %}}
{{% import "models.h" %}}
{{% param std::vector<Row> rows %}}
{{% param Row chosen %}}
{{% block content %}}
<h1>{{{{ title }}}}: part {number}</h1>
<table class="rows rows-{number}">
<thead><tr><th>Number</th><th>Name</th><th>Remark</th></tr></thead>
{{% for row in rows %}}
<tr><td>{{{{ row.number }}}}</td><td>{{{{ row.name }}}}</td><td>{{{{ row.remark }}}}</td></tr>
{{% else %}}
<tr><td colspan="3">There is nothing in part {number}.</td></tr>
{{% end %}}
</table>
{{% if chosen.number > 0 %}}
<section><h2>{{{{ chosen.name }}}}</h2><p>{{{{ chosen.remark }}}}</p></section>
{{% end %}}
{text}
<form method="post"><input type="hidden" name="number" value="{{{{ chosen.number }}}}">
<input name="name" value="{{{{ chosen.name }}}}"><textarea name="remark">{{{{ chosen.remark }}}}</textarea></form>
{{% end %}}
"""

MODELS = """#pragma once
#include <string>
#include <vector>
struct Row { int number; std::string name; std::string remark; };
"""


def write_project(folder, pages):
    links = "".join(f'  <li><a class="link" href="/sections/{i}/overview">Section number {i}</a></li>\n' for i in range(40))
    templates = folder / "templates"
    templates.mkdir()
    (templates / "layout.html").write_text(LAYOUT.format(links=links, footer="Open every day. " * 40))
    for number in range(pages):
        text = "".join(f"<p>Paragraph {i} of part {number}, which says something of its own.</p>\n" for i in range(25))
        (templates / f"page{number}.html").write_text(PAGE.format(number=number, text=text))
    (folder / "models.h").write_text(MODELS)
    (folder / "pages.list").write_text("".join(f"page{number}.html\n" for number in range(pages)))


def generate(folder, bora):
    began = time.monotonic()
    subprocess.run([bora, "compile", "--root", "templates", "--pages", "pages.list", "--out", ".", "--stamp", "stamp",
                    "--depfile", "pages.d"], cwd=folder, check=True)
    return time.monotonic() - began


def precompile(folder, command):
    """The options that make a unit begin with the precompiled header. Its own time counts, too."""
    header = folder / "prefix.h"
    page = (folder / "views" / "page0.h").read_text()
    contract = next(line for line in page.splitlines() if line.startswith("#define BORA_GENERATED_CONTRACT"))
    header.write_text(f"{contract}\n#include <bora/generated.h>\n")
    is_clang = "clang" in command[0]
    output = folder / ("prefix.h.pch" if is_clang else "prefix.h.gch")
    subprocess.run([*command, "-x", "c++-header", str(header), "-o", str(output)], cwd=folder, check=True)
    return ["-include-pch", str(output)] if is_clang else ["-include", str(header)]


def gather(folder, units, count):
    """Units that include `count` pages each."""
    gathered = []
    for first in range(0, len(units), count):
        path = folder / "views" / f"gathered_{first // count}.cc"
        path.write_text("".join(f'#include "{unit.relative_to(folder)}"\n' for unit in units[first:first + count]))
        gathered.append(path)
    return gathered


def compile_all(folder, command, jobs, way):
    """CPU and wall seconds of all units."""
    for left in (folder / "views").glob("*.o"):
        left.unlink()
    units = sorted((folder / "views").glob("*.cpp"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    if way == "precompiled":
        command = [*command, *precompile(folder, command)]
    elif way == "gathered":
        units = gather(folder, units, 8)

    def one(unit):
        subprocess.run([*command, "-c", str(unit), "-o", str(unit.with_suffix(".o"))], cwd=folder, check=True,
                       env={**os.environ, "CCACHE_DISABLE": "1"})

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, units))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, time.monotonic() - began


def code_size(folder):
    """Bytes of code and constants in all units, and of the object files."""
    objects = [str(path) for path in (folder / "views").glob("*.o")]
    sizes = subprocess.run(["size", *objects], text=True, check=True, stdout=subprocess.PIPE).stdout.splitlines()[1:]
    return sum(int(line.split()[0]) for line in sizes), sum(os.path.getsize(path) for path in objects)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bora", default=str(SOURCE_ROOT / "build/release/bin/bora"))
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--cxx", nargs="+", default=["clang++-19", "g++"])
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    bora = shutil.which(options.bora)
    if bora is None:
        sys.exit(f"{options.bora} does not exist: run ./dev build release, or name one with --bora")
    with tempfile.TemporaryDirectory(prefix="bora-pages-") as name:
        folder = pathlib.Path(name)
        write_project(folder, options.pages)
        seconds = generate(folder, pathlib.Path(bora).resolve())
        generated = sum(path.stat().st_size for path in (folder / "views").iterdir())
        print(f"{options.pages} pages: generated in {seconds:.2f} s, {generated / 1e6:.1f} MB of C++")
        for compiler in options.cxx:
            for level, way in (("-O0", "alone"), ("-O0", "precompiled"), ("-O0", "gathered"), ("-O2", "alone"),
                               ("-O2", "gathered")):
                command = [compiler, "-std=c++20", level, "-I", str(SOURCE_ROOT / "runtime/include"), "-I", "."]
                cpu, wall = compile_all(folder, command, options.jobs, way)
                code, objects = code_size(folder)
                print(f"{compiler + ' ' + level:15} {way:12} {cpu:6.1f} s CPU, {wall:6.1f} s with {options.jobs} jobs, "
                      f"{code / 1e6:.2f} MB of code and constants, {objects / 1e6:.1f} MB of objects", flush=True)


if __name__ == "__main__":
    main()
