#!/usr/bin/env python3
"""docs/from-tornado.md names every public class, method and function of tornado.web.

    from_tornado_test.py SOURCE_DIR

Asks the Tornado of the Python that runs it; without one there is nothing to compare, and it passes.
"""

import inspect
import pathlib
import re
import sys

try:
    import tornado.web
except ImportError:
    print("there is no Tornado to compare with")
    sys.exit(0)

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")


def public_names():
    for name, value in vars(tornado.web).items():
        if name.startswith("_") or getattr(value, "__module__", None) != "tornado.web":
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
    print(f"all {len(set(public_names()))} names of tornado.web have their place")


main()
