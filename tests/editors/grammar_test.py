"""Checks the TextMate grammar: it is valid JSON, its patterns compile, its includes exist, and it has every
directive of the language. (Editors use Oniguruma; the patterns mean the same in Python's re.)"""

import json
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRAMMAR = json.loads((ROOT / "docs/editors/bora.tmLanguage.json").read_text())


def values(node, wanted):
    """Returns all values of the keys `wanted`, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in wanted and isinstance(value, str):
                yield value
            yield from values(value, wanted)
    elif isinstance(node, list):
        for value in node:
            yield from values(value, wanted)


def begin(rule):
    return re.compile(GRAMMAR["repository"][rule]["begin"])


class GrammarTest(unittest.TestCase):
    def test_patterns_compile(self):
        patterns = list(values(GRAMMAR, ("match", "begin", "end")))
        self.assertGreater(len(patterns), 15)
        for pattern in patterns:
            re.compile(pattern)

    def test_includes_exist(self):
        for include in values(GRAMMAR, ("include",)):
            if include.startswith("#"):
                self.assertIn(include[1:], GRAMMAR["repository"])

    def test_every_directive_is_coloured(self):
        source = (ROOT / "templates-lang/directives.cpp").read_text()
        spellings = source[source.index("kSpellings"):].split(";")[0]
        names = set(re.findall(r'"([a-z]+)"', spellings))
        self.assertGreater(len(names), 20)
        for name in names:
            text = "{% " + name + " x %}"
            rule = "comment-directive" if name == "comment" else "directive"
            found = begin(rule).match(text)
            self.assertTrue(found and name in found.groups(), name)

    def test_what_is_a_tag(self):
        expression, directive, comment = (begin(r) for r in ("expression", "directive", "comment"))
        self.assertEqual(expression.search("a {{{ x }}").start(), 3)
        self.assertIsNone(expression.search("{{! text"))
        self.assertIsNone(directive.search("{%! text"))
        self.assertIsNone(comment.search("{#! text"))
        self.assertIsNone(directive.match("{% iffy %}").group(2))
        escape = re.compile(GRAMMAR["repository"]["escape"]["match"])
        for text in ("{{!", "{%!", "{#!"):
            self.assertTrue(escape.match(text))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
