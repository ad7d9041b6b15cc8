#!/usr/bin/env python3
"""Checks that docs/from-tornado.md names every public class, method and function of Tornado's main modules.

    from_tornado_test.py SOURCE_DIR

It uses the Tornado of the Python that runs it. Without Tornado there is nothing to compare, and it passes.
"""

import importlib
import inspect
import pathlib
import re
import sys

MODULES = ("web", "ioloop", "gen", "iostream", "httpclient", "websocket", "auth")
try:
    for module in MODULES:
        importlib.import_module(f"tornado.{module}")
except ImportError:
    print("there is no Tornado to compare with")
    sys.exit(0)

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")


def public_names():
    for module in MODULES:
        for name, value in vars(sys.modules[f"tornado.{module}"]).items():
            if name.startswith("_") or getattr(value, "__module__", None) != f"tornado.{module}":
                continue
            yield name
            if inspect.isclass(value):
                yield from (member for member in vars(value) if not member.startswith("_"))


def main():
    page = (ROOT / "docs/from-tornado.md").read_text()
    rows = "\n".join(line for line in page.splitlines() if line.startswith("|"))
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", rows))))
    missing = sorted(set(public_names()) - told)
    if missing:
        sys.exit(f"docs/from-tornado.md does not name: {', '.join(missing)}")
    # What the page calls the same is in a header of Bora.
    headers = "".join(path.read_text() for path in (ROOT / "runtime/include/bora").rglob("*.h"))
    present = set(re.findall(r"\w+", headers))
    for row in rows.splitlines():
        tornado, bora = re.split(r"(?<!\\)\|", row.strip("|"))[:2]
        if bora.strip().startswith("the same"):
            same = set(re.findall(r"\b[A-Za-z_]\w{2,}", " ".join(re.findall(r"`([^`\n]+)`", tornado))))
            if same - present:
                sys.exit(f"docs/from-tornado.md: not the same, for no header has it: {', '.join(sorted(same - present))}")
    print(f"all {len(set(public_names()))} names have their place")


main()
