#!/usr/bin/env python3
"""Checks that the table of limits in docs/deploy.md agrees with the code: each number, time and switch of
HTTPServerOptions and FormLimits has a row with its default, and there are no other rows.

    limits_test.py SOURCE_DIR
"""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".")
HEADERS = ROOT / "runtime/include/bora/http"
MEMBER = re.compile(
    r"^  (?P<type>std::size_t|std::uint32_t|int|std::chrono::seconds) (?P<name>\w+)"
    r"(?: = (?P<value>[^;]+)|\{(?P<braced>\d*)\});", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|", re.MULTILINE)


def body_of(header, struct):
    text = (HEADERS / header).read_text()
    begin = text.index(f"struct {struct} {{")
    return text[begin:text.index("\n};", begin)]


def text_of(kind, value):
    if value == 0:
        return "none"
    if kind == "std::chrono::seconds":
        return f"{value} s"
    for unit, name in ((1024 * 1024, "MiB"), (1024, "KiB")):
        if kind == "std::size_t" and value % unit == 0 or value % unit == 0 and value > 2 * unit:
            return f"{value // unit} {name}"
    return f"{value:,}"


def defaults():
    found = {}
    for header, struct in (("http_server.h", "HTTPServerOptions"),
                           ("http_server_request.h", "FormLimits")):
        for member in MEMBER.finditer(body_of(header, struct)):
            factors = (member["value"] or member["braced"] or "0").split("*")
            value = 1
            for factor in factors:
                value *= int(factor)
            found[member["name"]] = text_of(member["type"], value)
    return found


class LimitsTest(unittest.TestCase):
    def test_the_table_is_the_code(self):
        page = (ROOT / "docs/deploy.md").read_text()
        section = page[page.index("\n## Limits\n"):]
        table = section[:section.index("\n## ", 4)]
        self.assertEqual(dict(ROW.findall(table)), defaults())

    def test_the_code_was_found(self):
        found = defaults()
        self.assertEqual(found["max_body_size"], "10 MiB")
        self.assertEqual(found["drain_timeout"], "30 s")
        self.assertEqual(found["max_parts"], "100")


class SettingsTest(unittest.TestCase):
    def test_every_setting_has_a_row_and_every_row_a_setting(self):
        text = (ROOT / "runtime/include/bora/web/application.h").read_text()
        begin = text.index("struct Settings {")
        members = re.findall(r"^  (?!using)\w[\w:<>*&, ()]*? \*?(\w+)(?: = [^;]+|\{[^;]*\});",
                             text[begin:text.index("\n};", begin)], re.MULTILINE)
        page = (ROOT / "docs/settings.md").read_text()
        rows = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
        self.assertGreater(len(members), 25)
        self.assertEqual(sorted(members), sorted(rows))


if __name__ == "__main__":
    unittest.main(verbosity=2)
