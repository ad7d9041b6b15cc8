#include "compiler/codegen/cpp_writer.h"

#include <string>

#include "tests/support/catch.h"

using namespace bora::compiler;

TEST_CASE("string_literal: printable text stays readable", "[codegen]") {
  CHECK(string_literal("") == "\"\"");
  CHECK(string_literal("plain <b>text</b>") == "\"plain <b>text</b>\"");
  CHECK(string_literal("a\tb\n") == "\"a\\tb\\n\"");
  CHECK(string_literal("\"\\") == "\"\\\"\\\\\"");
}

TEST_CASE("string_literal: other bytes become escapes that draw in nothing", "[codegen]") {
  CHECK(string_literal("\x01"
                       "23") == "\"\\00123\"");
  CHECK(string_literal("\xff"
                       "7") == "\"\\3777\"");
  CHECK(string_literal(std::string_view("\0"
                                        "0",
                                        2)) == "\"\\0000\"");
  CHECK(string_literal("\xc3\xa9") == "\"\\303\\251\"");
  CHECK(string_literal("\r\x7f") == "\"\\015\\177\"");
}

TEST_CASE("string_literal: no trigraph can arise", "[codegen]") {
  CHECK(string_literal("?\?=") == "\"?\\?=\"");
  CHECK(string_literal("???") == "\"?\\?\\?\"");
  CHECK(string_literal("a?b") == "\"a?b\"");
}

TEST_CASE("string_literal: one line of text is one line of C++", "[codegen]") {
  CHECK(string_literal("a\nb\n", 2) == "\"a\\n\"\n  \"b\\n\"");
  const std::string literal = string_literal(std::string(250, 'x'));
  CHECK(std::count(literal.begin(), literal.end(), '\n') == 2);
  CHECK(std::count(literal.begin(), literal.end(), 'x') == 250);
}

TEST_CASE("quoted_file_name: quotes, backslashes and control characters", "[codegen]") {
  CHECK(quoted_file_name("a/b.html") == "\"a/b.html\"");
  CHECK(quoted_file_name("a\"b\\c.html") == "\"a\\\"b\\\\c.html\"");
  CHECK(quoted_file_name("a\nb.html") == "\"a?b.html\"");
  CHECK(quoted_file_name("\xc3\xa9.html") == "\"\xc3\xa9.html\"");
}

TEST_CASE("to_identifier: whatever it is given, an identifier comes out", "[codegen]") {
  CHECK(to_identifier("entry") == "entry");
  CHECK(to_identifier("blog-entry.old") == "blog_entry_old");
  CHECK(to_identifier("404") == "_404");
  CHECK(to_identifier("class") == "class_");
  CHECK(to_identifier("and") == "and_");
  CHECK(to_identifier("\xc3\xa9t\xc3\xa9") == "_t_");
  CHECK(to_identifier("") == "_");
}

TEST_CASE("cpp_writer: indents, and leaves directives at the margin", "[codegen]") {
  CppWriter writer("a.cpp");
  writer.open("void f() {");
  writer.line("g();\n\nh();");
  writer.line("#if X");
  writer.close();
  CHECK(writer.text() == "void f() {\n  g();\n\n  h();\n#if X\n}\n");
  CHECK(writer.next_line() == 7);
}

TEST_CASE("cpp_writer: a mapped piece stands in its column, and numbering returns", "[codegen]") {
  CppWriter writer("a.cpp");
  writer.open("{");
  writer.mapped("a.html", {7, 6}, "o(", "x.y", {7, 11}, ");");
  writer.line("g();");
  writer.close();
  CHECK(writer.text() ==
        "{\n"
        "#line 7 \"a.html\"\n"
        "   o(x.y  );\n"
        "#line 5 \"a.cpp\"\n"
        "  g();\n"
        "}\n");
}

TEST_CASE("cpp_writer: what does not fit in front goes on a line of its own", "[codegen]") {
  CppWriter writer("a.cpp");
  writer.mapped("a.html", {7, 3}, "while (", "x");
  CHECK(writer.text() == "#line 7 \"a.html\"\nwhile (\n#line 7\n  x\n");
}

TEST_CASE("cpp_writer: a directive is not torn from its operand", "[codegen]") {
  CppWriter writer("a.cpp");
  writer.mapped("a.html", {1, 5}, "#include ", "<x>");
  CHECK(writer.text() == "#line 1 \"a.html\"\n#include <x>\n");
}

TEST_CASE("cpp_writer: behind a comment or several lines, the end has a line of its own",
          "[codegen]") {
  CppWriter comment("a.cpp");
  comment.mapped("a.html", {1, 3}, "o(", "x // y", {1, 10}, ");");
  CHECK(comment.text() == "#line 1 \"a.html\"\no(x // y\n#line 1\n         );\n");

  CppWriter lines("a.cpp");
  lines.mapped("a.html", {1, 3}, "o(", "x +\r\n  y", {3, 2}, ");");
  CHECK(lines.text() == "#line 1 \"a.html\"\no(x +\n  y\n#line 3\n );\n");
}

TEST_CASE("cpp_writer: a backslash at the end can't draw the next line in", "[codegen]") {
  CppWriter writer("a.cpp");
  writer.mapped("a.html", {1, 1}, "", "x \\");
  writer.line("y");
  CHECK(writer.text() == "#line 1 \"a.html\"\nx \\/**/\n#line 4 \"a.cpp\"\ny\n");
}

TEST_CASE("cpp_writer: a lone CR counts no line", "[codegen]") {
  CppWriter writer("a.cpp");
  writer.mapped("a.html", {1, 1}, "", "a\rb\r");
  CHECK(writer.text() == "#line 1 \"a.html\"\na b \n");
}

TEST_CASE("cpp_writer: far to the right the line is kept and the column given up", "[codegen]") {
  CppWriter writer("a.cpp");
  writer.mapped("a.html", {1, 1000000}, "o(", "x", {1, 1000010}, ");");
  CHECK(writer.text() == "#line 1 \"a.html\"\no(\n#line 1\nx);\n");
}

TEST_CASE("cpp_writer: file names are repeated only when they change", "[codegen]") {
  CppWriter writer("a.cpp");
  writer.mapped("a.html", {1, 1}, "", "a");
  writer.mapped("a.html", {2, 1}, "", "b");
  writer.mapped("b.html", {3, 1}, "", "c");
  CHECK(writer.text() == "#line 1 \"a.html\"\na\n#line 2\nb\n#line 3 \"b.html\"\nc\n");
}

TEST_CASE("cpp_writer: entering and leaving a file names it again behind", "[codegen]") {
  CppWriter writer("a.cpp");
  writer.enter_file("M", "a.html", 4, "b.html");
  writer.mapped("b.html", {1, 1}, "", "x");
  writer.leave_file("M", "a.html", 4);
  writer.line("y");
  CHECK(writer.text() ==
        "#if M\n#line 4 \"a.html\"\n# 1 \"b.html\" 1\n#endif\n"
        "#line 1 \"b.html\"\nx\n"
        "#if M\n# 4 \"a.html\" 2\n#endif\n"
        "#line 11 \"a.cpp\"\ny\n");
}
