#include "compiler/cli/messages_command.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

using bora::testing::contains;
using bora::testing::Program;

namespace {

/// Returns the text after the header.
std::string entries(const std::string& pot) {
  const std::size_t end = pot.find("\n\n");
  return end == std::string::npos ? "" : pot.substr(end + 2);
}

std::string extract(const std::string& text) {
  Program program;
  program.files.add("templates/page.html", text);
  CHECK(program.run({"messages", "--templates", "templates"}) == 0);
  return entries(program.out);
}

}  // namespace

TEST_CASE("messages: singular, plural and context, with their places", "[cli]") {
  CHECK(extract(
            "<p>{{ _(\"Hello\") }}</p>\n{% if _(\"one cat\", \"cats\", n) %}\n{% end %}\n"
            "{% set x = pgettext(\"menu\", \"File\") %}{{ pgettext(\"menu\", \"a\", \"b\", 3) }}\n"
            "{{ locale.translate(\"Bye\") }}") ==
        "#: templates/page.html:1\nmsgid \"Hello\"\nmsgstr \"\"\n\n"
        "#: templates/page.html:2\nmsgid \"one cat\"\nmsgid_plural \"cats\"\nmsgstr[0] \"\"\n"
        "msgstr[1] \"\"\n\n"
        "#: templates/page.html:4\nmsgctxt \"menu\"\nmsgid \"File\"\nmsgstr \"\"\n\n"
        "#: templates/page.html:4\nmsgctxt \"menu\"\nmsgid \"a\"\nmsgid_plural \"b\"\n"
        "msgstr[0] \"\"\nmsgstr[1] \"\"\n\n"
        "#: templates/page.html:5\nmsgid \"Bye\"\nmsgstr \"\"\n");
}

TEST_CASE("messages: literals are decoded and written as gettext does", "[cli]") {
  CHECK(contains(extract(R"({{ _("a \"b\" \\ \t \x41\102 \u00fc é" " and " "more"sv) }})"),
                 R"(msgid "a \"b\" \\ \t AB ü é and more")"));
  CHECK(contains(extract("{{ _(R\"x(raw \"text\" \\n)x\") }}"), R"(msgid "raw \"text\" \\n")"));
  CHECK(contains(extract(R"({{ _("two\nlines\n") }})"), "msgid \"\"\n\"two\\n\"\n\"lines\\n\"\n"));
  CHECK(contains(extract(R"({{ _("\x1b[1m") }})"), R"(msgid "\033[1m")"));
  CHECK(extract(R"({{ _("") }}text _("not this"){# _("nor this") #})").empty());
}

TEST_CASE("messages: what is found twice is one entry, in a fixed order", "[cli]") {
  Program program;
  program.files.add("templates/b.html", "{{ _(\"x\") }}\n{{ _(\"y\", \"ys\", n) }}{{ _(\"x\") }}");
  program.files.add("templates/a.html", "{{ _(\"y\") }}");
  program.files.add("templates/_part.html", "{{ f(_(\"inner\")) }}");
  program.files.add("templates/note.md", "{{ _(\"no template\") }}");
  CHECK(program.run({"messages"}) == 0);
  CHECK(entries(program.out) ==
        "#: templates/_part.html:1\nmsgid \"inner\"\nmsgstr \"\"\n\n"
        "#: templates/a.html:1\n#: templates/b.html:2\nmsgid \"y\"\nmsgid_plural \"ys\"\n"
        "msgstr[0] \"\"\nmsgstr[1] \"\"\n\n"
        "#: templates/b.html:1\n#: templates/b.html:2\nmsgid \"x\"\nmsgstr \"\"\n");
  const std::string first = program.out;
  CHECK(program.run({"messages"}) == 0);
  CHECK(program.out == first);
}

TEST_CASE("messages: what can't be extracted is a warning, two plurals an error", "[cli]") {
  Program program;
  program.files.add("templates/page.html", "{{ _(title) }}{{ translate(title) }}");
  CHECK(program.run({"messages"}) == 0);
  CHECK(contains(program.err, "templates/page.html:1:6: warning: "));
  CHECK(contains(program.err, "[T108]"));
  CHECK(entries(program.out).empty());
  program.files.add("templates/page.html", R"({{ _("a", "b", n) }}{{ _("a", "c", n) }})");
  CHECK(program.run({"messages"}) == 1);
  CHECK(contains(program.err, "[T072]"));
  CHECK(program.out.empty());
}

TEST_CASE("messages: C++ sources are read as well", "[cli]") {
  Program program;
  program.files.add("src/home.cpp",
                    "#include <x>\n// _(\"comment\") isn't one\n"
                    "auto s = locale().translate(\"From C++\"); _(x); o._(\"no\");\n");
  program.files.add("src/notes.txt", "_(\"text\")");
  CHECK(program.run({"messages", "--sources", "src"}) == 0);
  CHECK(entries(program.out) == "#: src/home.cpp:3\nmsgid \"From C++\"\nmsgstr \"\"\n");
  CHECK(program.err.empty());
  CHECK(program.run({"messages", "--sources", "gone.cpp"}) == 3);
}

TEST_CASE("messages: --out writes, --check compares", "[cli]") {
  Program program;
  program.files.add("templates/page.html", "{{ _(\"a\") }}");
  CHECK(program.run({"messages", "--check"}) == 2);
  CHECK(program.run({"messages", "--out", "locale/app.pot", "--check"}) == 1);
  CHECK(program.files.changes.empty());
  CHECK(program.run({"messages", "--out", "locale/app.pot"}) == 0);
  CHECK(program.out == "locale/app.pot: 1 message\n");
  CHECK(program.run({"messages", "--out", "locale/app.pot", "--check"}) == 0);
  program.files.add("templates/page.html", "{{ _(\"b\") }}");
  CHECK(program.run({"messages", "--out", "locale/app.pot", "--check"}) == 1);
  CHECK(program.out == "locale/app.pot is out of date\n");
  Program empty;
  CHECK(empty.run({"messages"}) == 2);
}

TEST_CASE("messages: gettext's own tools read what is written", "[cli]") {
  if (std::system("msgfmt --version >/dev/null 2>&1") != 0) {
    WARN("msgfmt is not installed: nothing checked");
    return;
  }
  Program program;
  program.files.add(
      "templates/page.html",
      "{{ _(\"a \\\"b\\\" \\\\ \\n c\\n\") }}{{ _(\"one\", \"many\", n) }}\n"
      "{{ pgettext(\"menu\", \"one\") }}{{ _(\"ü 漢 \\x1b \\x7f\") }}{{ _(\"\\\\n\") }}");
  REQUIRE(program.run({"messages"}) == 0);
  std::string po = program.out;
  const auto replace = [&](const std::string& from, const std::string& to) {
    po.replace(po.find(from), from.size(), to);
  };
  replace("nplurals=INTEGER; plural=EXPRESSION", "nplurals=2; plural=n != 1");
  replace("Language: ", "Language: de");
  replace("YEAR-MO-DA HO:MI+ZONE", "2025-01-01 00:00+0000");
  replace("#, fuzzy\n", "");
  const std::string file = (std::filesystem::temp_directory_path() /
                            ("bora-messages-" + std::to_string(::getpid()) + ".po"))
                               .string();
  std::ofstream(file) << po;
  const int status =
      std::system(("msgfmt --check-format --check-domain -o /dev/null " + file + " 2>&1").c_str());
  std::remove(file.c_str());
  CHECK(status == 0);
}
