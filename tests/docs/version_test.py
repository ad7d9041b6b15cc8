#!/usr/bin/env python3
"""Checks that every place that repeats the version agrees with runtime/include/bora/version.h.

    version_test.py SOURCE_DIR
"""

import json
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".")


class VersionTest(unittest.TestCase):
    def setUp(self):
        text = (ROOT / "runtime/include/bora/version.h").read_text()
        self.version = re.search(r'version = "(\d+\.\d+\.\d+)"', text)[1]
        self.minor = self.version.rpartition(".")[0]
        numbers = re.search(r"version_info\{(\d+), (\d+), (\d+)\}", text)
        self.assertEqual(".".join(numbers.groups()), self.version)

    def test_projects_ask_for_this_version(self):
        asked = {}
        for folder in ("docs", "packaging", "samples", "scaffold", "tests/consumer", "tests/docs"):
            for path in (ROOT / folder).rglob("*"):
                if path.suffix in (".md", ".txt") and path.is_file():
                    for found in re.findall(r"find_package\(Bora (\d[\d.]*)", path.read_text()):
                        asked[str(path.relative_to(ROOT))] = found
        self.assertIn("scaffold/skeletons/site/CMakeLists.txt", asked)
        self.assertEqual({path: found for path, found in asked.items() if found != self.minor}, {})

    def test_the_changelog_begins_with_it(self):
        text = (ROOT / "CHANGELOG.md").read_text()
        self.assertEqual(re.search(r"^## (\S+)", text, re.MULTILINE)[1], self.version)

    def test_packages_carry_it(self):
        port = json.loads((ROOT / "packaging/vcpkg/ports/bora/vcpkg.json").read_text())
        self.assertEqual(port["version-semver"], self.version)

    def test_recipes_are_programs_that_can_be_read(self):
        for path in (ROOT / "packaging").rglob("*.py"):
            compile(path.read_text(), str(path), "exec")


if __name__ == "__main__":
    unittest.main()
