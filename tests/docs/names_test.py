#!/usr/bin/env python3
"""Checks that a page of docs/ names each public function of the main headers.

    names_test.py SOURCE_DIR

The headers are read without a compiler: those in the folders FOLDERS of runtime/include/bora, with the
functions in the public parts of their classes or alone in a namespace. Names that are not for users are
left out: the namespaces `detail` and `build`, names that begin with `bora_`, and those in EXEMPT and the
similar sets. One table names every call of a RequestHandler.
"""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".")
FOLDERS = ("core", "http", "net", "render", "web", "websocket", "testing", "auth", "filters", "database", "postgres",
           "redis", "sqlite", "stores", "engines")
# Headers for generated code, or for extending Bora itself.
EXEMPT_HEADERS = {
    "render/context_sink.h", "render/kept.h", "render/loop.h", "render/page_writer.h",
    "render/script_sink.h", "render/sink.h", "web/handler_call.h", "web/route_table.h",
    "web/supported_methods.h", "web/template_names.h", "web/url_spec.h",
}
# Functions that users do not call by name.
EXEMPT = {"begin", "end", "cbegin", "cend", "size", "empty", "data", "error_category",
          "resolver_category", "make_error_code"}
# Members for other classes of the library, or for engines.
EXEMPT_MEMBERS = {"add_parameter", "append_to", "is_zero", "open_cursor", "run_many", "take_now", "to_text"}

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)
FUNCTION = re.compile(r"(?<![\w:~.>])([a-z]\w*)\s*\(")
KEYWORDS = set("if for while switch return sizeof alignof catch decltype noexcept requires static_assert explicit "
               "alignas constexpr defined throw new delete co_await co_return operator assert typeid static_cast "
               "reinterpret_cast const_cast dynamic_cast void bool int char auto double float unsigned".split())


class Reader:
    """Walks through a header and collects the functions of each public class."""

    def __init__(self, text):
        self.text = COMMENT.sub(lambda match: " " if match[0][0] == "/" else '""', text)
        self.text = re.sub(r"^\s*#.*(?:\\\n.*)*$", "", self.text, flags=re.MULTILINE)
        self.found = []

    def read(self):
        self.scope(0, len(self.text), "", True)
        return self.found

    def scope(self, begin, end, owner, is_public):
        """Reads the declarations of a namespace or class between two places."""
        start = at = begin
        while at < end:
            char = self.text[at]
            if char == "(":
                at = self.closing(at, "(", ")")
            elif char == "{":
                close = self.closing(at, "{", "}")
                self.block(self.text[start:at], at + 1, close - 1, owner, is_public)
                at = start = close
            elif char == ";":
                self.declaration(self.text[start:at], owner, is_public)
                at = start = at + 1
            elif label := re.compile(r"\b(public|protected|private)\s*:(?!:)").match(self.text, at):
                is_public = label[1] == "public"
                at = start = label.end()
            else:
                at += 1

    def block(self, head, begin, end, owner, is_public):
        head = head.strip()
        if match := re.search(r"\bnamespace\s+([\w:]+)\s*$", head):
            if not match[1].endswith(("detail", "build")):
                self.scope(begin, end, owner, is_public)
        elif match := re.search(r"\b(class|struct)\s+(?:\[\[.*?\]\]\s*)?([A-Z]\w*)(?![^<>]*>\s*$)[^()]*$", head):
            if is_public:
                self.scope(begin, end, match[2], match[1] == "struct")
        else:
            self.declaration(head, owner, is_public)

    def declaration(self, text, owner, is_public):
        if not is_public or re.search(r"\b(friend|using|typedef|delete|static_assert)\b|= delete", text):
            return
        text = re.sub(r"\[\[.*?\]\]|\brequires\s*\([^()]*\)|\btemplate\s*<", " ", text, flags=re.DOTALL)
        text = text.split("=")[0] if "operator" not in text else ""
        if match := FUNCTION.search(text):
            name = match[1]
            is_ours = name.startswith(("bora_", "await_")) or name.endswith("_") and name != "delete_"
            if name not in KEYWORDS and not is_ours and text[:match.start()].strip():
                self.found.append((owner, name))

    def closing(self, at, opening, close):
        depth = 0
        while at < len(self.text):
            depth += (self.text[at] == opening) - (self.text[at] == close)
            at += 1
            if depth == 0:
                return at
        return at


def public_functions():
    for folder in FOLDERS:
        for header in sorted((ROOT / "runtime/include/bora" / folder).glob("*.h")):
            name = f"{folder}/{header.name}"
            if name not in EXEMPT_HEADERS:
                for owner, function in Reader(header.read_text()).read():
                    yield name, owner, function


def words_of_docs():
    pages = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    return set(re.findall(r"\w+", "\n".join(page.read_text() for page in pages)))


class Names(unittest.TestCase):
    def test_each_public_function_is_named(self):
        words = words_of_docs()
        missing = sorted({f"{header}: {owner + '::' if owner else ''}{function}()"
                          for header, owner, function in public_functions()
                          if function not in words and function not in EXEMPT | EXEMPT_MEMBERS})
        self.assertEqual(missing, [], "no page of docs/ names these:\n" + "\n".join(missing))

    def test_one_table_has_every_call_of_a_handler(self):
        header = (ROOT / "runtime/include/bora/web/request_handler.h").read_text()
        calls = {function for owner, function in Reader(header).read() if owner == "RequestHandler"}
        self.assertGreater(len(calls), 80)
        table = (ROOT / "docs/handlers.md").read_text().split("## Every call")[1]
        named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", table))))
        self.assertEqual(sorted(calls - named), [], "the table 'Every call' of docs/handlers.md lacks these")

    def test_the_reader_finds_functions(self):
        text = """
            namespace bora::web {
            /// not_this();
            class Handler : public Base {
             public:
              explicit Handler(int x) : x_(x) {}
              [[nodiscard]] std::string get(std::string_view name, int n = call()) const { return f(name); }
              template <class T> requires(is<T>) void write(const T& value);
              void gone() = delete;
              int member = other();
             protected:
              void hidden();
             private:
              void secret();
            };
            namespace detail { void inner(); }
            inline std::string free_one(int a = 3) { return {}; }
            }
            """
        self.assertEqual(Reader(text).read(), [("Handler", "get"), ("Handler", "write"), ("", "free_one")])


unittest.main()
