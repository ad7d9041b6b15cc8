// For any bytes, there is no crash and no hang, and every reported place is inside its file.

#include <array>
#include <memory>
#include <random>
#include <string>

#include "compiler/diagnostics/json_report.h"
#include "compiler/diagnostics/text_report.h"
#include "templates-lang/ast_dump.h"
#include "templates-lang/checker.h"
#include "templates-lang/inheritance.h"
#include "tests/support/catch.h"
#include "tests/support/memory_templates.h"

namespace bora::lang {
namespace {

constexpr auto kPieces = std::to_array<std::string_view>({"{{",
                                                          "}}",
                                                          "{%",
                                                          "%}",
                                                          "{#",
                                                          "#}",
                                                          "!",
                                                          " ",
                                                          "\n",
                                                          "\r\n",
                                                          "\t",
                                                          "text",
                                                          "\"",
                                                          "'",
                                                          "(",
                                                          ")",
                                                          "[",
                                                          "]",
                                                          "{",
                                                          "}",
                                                          "//",
                                                          "/*",
                                                          "*/",
                                                          "R\"x(",
                                                          ")x\"",
                                                          "\\",
                                                          "=",
                                                          ",",
                                                          ";",
                                                          "<",
                                                          ">",
                                                          "::",
                                                          "in",
                                                          "x",
                                                          "y",
                                                          "1'0",
                                                          "if",
                                                          "elif",
                                                          "else",
                                                          "end",
                                                          "endif",
                                                          "for",
                                                          "while",
                                                          "break",
                                                          "try",
                                                          "except",
                                                          "finally",
                                                          "block",
                                                          "extends",
                                                          "include",
                                                          "with",
                                                          "param",
                                                          "int",
                                                          "set",
                                                          "import",
                                                          "from",
                                                          "as",
                                                          "*",
                                                          "raw",
                                                          "apply",
                                                          "module",
                                                          "super()",
                                                          "call",
                                                          "slot",
                                                          "flush",
                                                          "comment",
                                                          "whitespace",
                                                          "single",
                                                          "autoescape",
                                                          "None",
                                                          "a.html",
                                                          "\"b.html\"",
                                                          "../",
                                                          "<pre>",
                                                          "</textarea",
                                                          "\xC3\xA9",
                                                          "\xFF",
                                                          "\xEF\xBB\xBF",
                                                          "{% if x %}",
                                                          "{% end %}",
                                                          "{% else %}",
                                                          "{{ x }}",
                                                          "{% block a %}",
                                                          "{% include \"b.html\" %}",
                                                          "{% extends \"c.html\" %}"});

class RandomTemplate {
 public:
  explicit RandomTemplate(unsigned seed) : random_(seed) {}

  std::string next() {
    std::string text;
    const std::size_t pieces = random_() % 40;
    for (std::size_t i = 0; i < pieces; ++i) text += kPieces[random_() % kPieces.size()];
    return text;
  }

 private:
  std::mt19937 random_;
};

void check_place(const SourcePtr& source, Span span) {
  if (!source) return;
  CHECK(span.begin <= span.end);
  CHECK(span.end <= source->text().size());
}

TEST_CASE("robustness: random pieces of templates", "[lang]") {
  RandomTemplate random(20240607);
  for (int round = 0; round < 4000; ++round) {
    const std::string page = random.next();
    const std::string included = random.next();
    CAPTURE(round, page, included);
    testing::MemoryTemplates templates(
        {{"a.html", page}, {"b.html", included}, {"c.html", random.next()}});
    DiagnosticSink sink;
    const auto resolved = resolve_page("a.html", templates, sink);
    REQUIRE(resolved != nullptr);
    check_page(*resolved, sink);
    for (const auto& file : resolved->files) (void)dump(*file);
    for (const Diagnostic& d : sink.diagnostics()) {
      check_place(d.source, d.span);
      for (const Note& note : d.notes) check_place(note.source, note.span);
      CHECK_FALSE(d.message.empty());
    }
    CHECK(compiler::text_report(sink.diagnostics()).empty() == sink.diagnostics().empty());
    CHECK_FALSE(compiler::json_report(sink.diagnostics()).empty());
  }
}

}  // namespace
}  // namespace bora::lang
