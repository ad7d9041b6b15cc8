"""Tests the checker itself: it finds wrong includes, and accepts right ones."""

import pathlib
import unittest

from check_includes import findings_in, findings_in_test


def findings(path, text):
    return findings_in(pathlib.PurePosixPath(path), text)


class CheckIncludesTest(unittest.TestCase):
    def test_downward_include_is_fine(self):
        self.assertEqual(findings("runtime/web/a.cpp", "#include <bora/http/http_headers.h>\n"), [])
        self.assertEqual(findings("compiler/cli/a.cpp", '#include "templates-lang/ast.h"\n'), [])

    def test_upward_include_is_found_with_its_line(self):
        found = findings("runtime/core/a.cpp", "\n#include <bora/net/error.h>\n")
        self.assertEqual(len(found), 1)
        self.assertIn("a.cpp:2:", found[0])

    def test_compiler_never_sees_the_runtime(self):
        self.assertEqual(len(findings("compiler/codegen/a.cpp", "#include <bora/core/task.h>\n")), 1)
        self.assertEqual(len(findings("compiler/codegen/a.cpp", '#include "runtime/http/x.h"\n')), 1)

    def test_third_party_in_a_public_header_is_found(self):
        for name in ("asio.hpp", "asio/io_context.hpp", "openssl/ssl.h", "llhttp.h", "zlib.h", "fmt/format.h"):
            found = findings("runtime/include/bora/net/a.h", f"#include <{name}>\n")
            self.assertEqual(len(found), 1, name)

    def test_third_party_in_a_source_is_fine(self):
        self.assertEqual(findings("runtime/net/a.cpp", "#include <asio/io_context.hpp>\n"), [])

    def test_tests_get_catch_by_one_header(self):
        text = "\n#include <catch2/catch.hpp>\n"
        found = findings_in_test(pathlib.PurePosixPath("tests/a/b_test.cpp"), text)
        self.assertEqual(found, ["tests/a/b_test.cpp:2: catch2/catch.hpp comes by tests/support/catch.h"])
        self.assertEqual(findings_in_test(pathlib.PurePosixPath("tests/support/catch.h"), text), [])

    def test_names_of_the_runtime_have_one_place(self):
        for text in ('out.line("::bora::web::Thing x;");', 'out.line("constexpr bora_web::Route r;");'):
            self.assertEqual(len(findings("compiler/codegen/a.cpp", text)), 1)
            self.assertEqual(findings("compiler/codegen/runtime_names.h", text), [])
        for text in ('say("must derive from bora::web::RequestHandler");', "// ::bora::web", 'line("bora_web_x");'):
            self.assertEqual(findings("compiler/codegen/a.cpp", text), [])


if __name__ == "__main__":
    unittest.main()
