#!/usr/bin/env python3
"""Checks that no link is dead: each relative link of a Markdown file leads to a file, and to its heading if it names one.

    links_test.py SOURCE_DIR
"""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".").resolve()
LEFT_OUT = {"build", "node_modules", ".git"}
FENCE = re.compile(r"^ {0,3}```.*?^ {0,3}```\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^()\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)


def pages():
    for path in ROOT.rglob("*.md"):
        if not LEFT_OUT & set(path.relative_to(ROOT).parts):
            yield path


def slugs(path):
    """Returns the names that GitHub gives to the headings."""
    text = FENCE.sub("", path.read_text())
    found = {}
    for heading in HEADING.findall(text):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = found.get(slug, -1) + 1
        found[slug] = count
        yield slug if count == 0 else f"{slug}-{count}"


def faults(path):
    text = CODE.sub("``", FENCE.sub("", path.read_text()))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists():
            yield f"{path.relative_to(ROOT)}: {target} leads to no file"
        elif anchor and file.suffix == ".md" and anchor not in set(slugs(file)):
            yield f"{path.relative_to(ROOT)}: {target} leads to no heading"


class LinksTest(unittest.TestCase):
    def test_each_link_leads_somewhere(self):
        self.assertEqual([fault for path in sorted(pages()) for fault in faults(path)], [])

    def test_pages_were_found(self):
        self.assertIn(ROOT / "docs/guide/first-app.md", set(pages()))


if __name__ == "__main__":
    unittest.main()
