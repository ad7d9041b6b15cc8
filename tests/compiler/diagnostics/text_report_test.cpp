#include "compiler/diagnostics/text_report.h"

#include <memory>
#include <string>

#include "tests/support/catch.h"

namespace bora::compiler {
namespace {

using lang::Diagnostic;
using lang::Note;
using lang::Severity;
using lang::SourceText;

Diagnostic finding(const std::string& text, std::uint32_t begin, std::uint32_t end) {
  Diagnostic d;
  d.code = "T012";
  d.source = std::make_shared<const SourceText>("views/story.html", text);
  d.span = {begin, end};
  d.message = "'{% end %}' closes nothing";
  return d;
}

/// The two lines under the message.
std::string excerpt(const std::string& text, std::uint32_t begin, std::uint32_t end,
                    std::size_t max_width = 100) {
  const std::string report = text_report(finding(text, begin, end), {false, max_width});
  return report.substr(report.find('\n') + 1);
}

TEST_CASE("report: place, message, code, line and caret", "[diagnostics]") {
  CHECK(text_report(finding(std::string(11, '\n') + "   {% end %}\n", 14, 23)) ==
        "views/story.html:12:4: error: '{% end %}' closes nothing [T012]\n"
        "  12 |    {% end %}\n"
        "     |    ^~~~~~~~~\n");
}

TEST_CASE("report: warnings, notes with and without a place, help", "[diagnostics]") {
  Diagnostic d = finding("ab\ncd\n", 3, 4);
  d.severity = Severity::warning;
  d.help = "leave it out";
  d.notes.push_back({d.source, {0, 2}, "the other one"});
  d.notes.push_back({nullptr, {}, "searched in 'views'"});
  CHECK(text_report(d) ==
        "views/story.html:2:1: warning: '{% end %}' closes nothing [T012]\n"
        "   2 | cd\n"
        "     | ^\n"
        "views/story.html:1:1: note: the other one\n"
        "   1 | ab\n"
        "     | ^~\n"
        "     = note: searched in 'views'\n"
        "     = help: leave it out\n");
}

TEST_CASE("report: findings without a source", "[diagnostics]") {
  Diagnostic d;
  d.code = "E001";
  d.message = "can't read it";
  CHECK(text_report(d) == "error: can't read it [E001]\n");
  d.file = "views/a.html";
  CHECK(text_report(d) == "views/a.html: error: can't read it [E001]\n");
}

TEST_CASE("report: several findings follow one another", "[diagnostics]") {
  const Diagnostic d = finding("x", 0, 1);
  CHECK(text_report(std::vector<Diagnostic>{d, d}) == text_report(d) + text_report(d));
  CHECK(text_report(std::vector<Diagnostic>{}) == "");
}

TEST_CASE("report: an empty span is one caret, also behind the line", "[diagnostics]") {
  CHECK(excerpt("ab", 1, 1) == "   1 | ab\n     |  ^\n");
  CHECK(excerpt("ab\n", 2, 2) == "   1 | ab\n     |   ^\n");
  CHECK(excerpt("", 0, 0) == "   1 |\n     | ^\n");
}

TEST_CASE("report: of several lines the first is marked", "[diagnostics]") {
  CHECK(excerpt("ab\ncd", 1, 5) == "   1 | ab\n     |  ^\n");
}

TEST_CASE("report: carets stand under what is shown", "[diagnostics]") {
  CHECK(excerpt("\tx\ty", 3, 4) == "   1 |     x   y\n     |         ^\n");
  CHECK(excerpt("\xC3\xA9x", 2, 3) == "   1 | \xC3\xA9x\n     |  ^\n");
  CHECK(excerpt("e\xCC\x81x", 3, 4) == "   1 | e\xCC\x81x\n     |  ^\n");
  CHECK(excerpt("\xE6\x97\xA5x", 3, 4) == "   1 | \xE6\x97\xA5x\n     |   ^\n");
  CHECK(excerpt("\xE6\x97\xA5x", 0, 4) == "   1 | \xE6\x97\xA5x\n     | ^~~\n");
}

TEST_CASE("report: nothing reaches the terminal raw", "[diagnostics]") {
  CHECK(excerpt("\x1b[31m;", 5, 6) == "   1 | \\x1b[31m;\n     |         ^\n");
  CHECK(excerpt("\xFF;", 1, 2) == "   1 | \\xff;\n     |     ^\n");
  CHECK(excerpt("\xE2\x80\xAE;", 3, 4) == "   1 | \\u{202e};\n     |         ^\n");
  CHECK(excerpt("\xC2\x9B;", 2, 3) == "   1 | \\u{9b};\n     |       ^\n");
  Diagnostic d = finding("x", 0, 1);
  d.source = std::make_shared<const SourceText>("a\x1b.html", "x");
  d.message = "odd \x07 \n name";
  d.help = "no \x7f";
  CHECK(text_report(d) ==
        "a\\x1b.html:1:1: error: odd \\x07 \\x0a name [T012]\n"
        "   1 | x\n"
        "     | ^\n"
        "     = help: no \\x7f\n");
}

TEST_CASE("report: a long line is shown around the caret", "[diagnostics]") {
  const std::string dots(300, '.');
  CHECK(excerpt("x" + dots, 0, 1, 20) == "   1 | x" + std::string(19, '.') + "…\n     | ^\n");
  CHECK(excerpt(dots + "x" + dots, 300, 301, 20) == "   1 | …" + std::string(13, '.') + "x" +
                                                        std::string(5, '.') + "…\n     | " +
                                                        std::string(14, ' ') + "^\n");
  CHECK(excerpt(dots + "x", 300, 301, 20) ==
        "   1 | …" + std::string(13, '.') + "x\n     | " + std::string(14, ' ') + "^\n");
  const std::string huge(5'000'000, 'x');
  CHECK(excerpt(huge, 4'000'000, 4'000'001).size() < 400);
}

TEST_CASE("report: wide line numbers widen the gutter", "[diagnostics]") {
  CHECK(excerpt(std::string(12345, '\n') + "x", 12345, 12346) == "12346 | x\n      | ^\n");
}

TEST_CASE("report: colours only where asked for", "[diagnostics]") {
  const Diagnostic d = finding("x", 0, 1);
  CHECK(text_report(d).find('\x1b') == std::string::npos);
  const std::string coloured = text_report(d, {true, 100});
  CHECK(coloured.find("\x1b[1;31merror: \x1b[0m") != std::string::npos);
  std::string plain;
  for (std::size_t at = 0; at < coloured.size(); ++at) {
    if (coloured[at] == '\x1b') at = coloured.find('m', at) + 1;
    if (at < coloured.size() && coloured[at] == '\x1b') {
      --at;
      continue;
    }
    if (at < coloured.size()) plain += coloured[at];
  }
  CHECK(plain == text_report(d));
}

}  // namespace
}  // namespace bora::compiler
