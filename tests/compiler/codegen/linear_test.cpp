// No input takes more than linear time: eight times the text may take about eight times the
// processor's time (quadratic time would be sixty-four times as much), and nesting is refused at a
// stated depth, long before the stack ends.

#include <algorithm>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/codegen/template_codegen.h"
#include "templates-lang/checker.h"
#include "templates-lang/lints.h"
#include "tests/support/catch.h"
#include "tests/support/memory_templates.h"

namespace bora::compiler {
namespace {

using Files = std::map<std::string, std::string, std::less<>>;

/// Does everything except for files: from the text to the generated code, or to the findings.
lang::DiagnosticSink compile(const Files& files) {
  testing::MemoryTemplates templates(files);
  lang::DiagnosticSink sink;
  const auto page = lang::resolve_page("page.html", templates, sink);
  lang::check_page(*page, sink);
  lang::Linter linter(sink);
  linter.add(*page);
  linter.finish(lang::Linter::Seen::all_pages);
  if (!sink.has_errors()) (void)generate_template(*page);
  return sink;
}

double cpu_seconds(const std::function<void()>& work) {
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

/// Returns `text` several times, with each '#' replaced by a number: "{% set v0 = 0 %}{% set v1 = 1
/// %}".
std::string numbered(const std::string& text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) {
    for (const char c : text) result += c == '#' ? std::to_string(i) : std::string(1, c);
  }
  return result;
}

struct Growing {
  const char* name;
  std::size_t count;  ///< twice that of the small text, which takes some milliseconds
  std::function<std::string(std::size_t)> text;
};

const std::vector<Growing>& growing_texts() {
  static const std::vector<Growing> texts{
      {"text", 40'000, [](auto n) { return repeated("<p>some words\n", n); }},
      {"blanks", 100'000, [](auto n) { return repeated(" \n\t ", n); }},
      {"tags", 2'000, [](auto n) { return repeated("{{ x }}", n); }},
      {"tags and lines", 2'000, [](auto n) { return repeated("{{ x }}\n", n); }},
      {"one expression", 20'000, [](auto n) { return "{{ x" + repeated(" + x", n) + " }}"; }},
      {"nested brackets", 20'000,
       [](auto n) { return "{{ " + repeated("(", n) + "x" + repeated(")", n) + " }}"; }},
      {"nested calls", 5'000,
       [](auto n) { return "{{ " + repeated("_(", n) + "x" + repeated(")", n) + " }}"; }},
      {"brackets left open", 40'000, [](auto n) { return "{{ " + repeated("[", n); }},
      {"braces", 40'000, [](auto n) { return repeated("{{", n); }},
      {"openers", 40'000, [](auto n) { return repeated("{{ ", n) + repeated("{% ", n); }},
      {"comments left open", 40'000, [](auto n) { return repeated("{# ", n); }},
      {"quotes", 100'000, [](auto n) { return "{{ " + repeated("'", n) + " }}"; }},
      {"raw strings left open", 20'000, [](auto n) { return "{{ " + repeated("R\"x(", n); }},
      {"ifs side by side", 2'000, [](auto n) { return repeated("{% if x %}{% end %}", n); }},
      {"ifs left open", 10'000, [](auto n) { return repeated("{% if x %}", n); }},
      {"branches", 1'000,
       [](auto n) { return "{% if x %}" + repeated("{% elif x == 1 %}", n) + "{% end %}"; }},
      {"ends", 10'000, [](auto n) { return repeated("{% end %}", n); }},
      {"unknown directives", 4'000, [](auto n) { return repeated("{% frob %}", n); }},
      {"variables", 500, [](auto n) { return numbered("{% set v# = # %}{{ v# }}", n); }},
      {"unused variables", 500, [](auto n) { return numbered("{% set v# = # %}", n); }},
      {"parameters", 500, [](auto n) { return numbered("{% param int p# %}{{ p# }}", n); }},
      {"blocks", 1'000, [](auto n) { return numbered("{% block b# %}{% end %}", n); }},
      {"blocks in blocks", 1'000,
       [](auto n) {
         const std::string blocks = numbered("{% block b# %}a{{ x }}", 100);
         return blocks + repeated("text{{ x }}", n) + repeated("{% end %}", 100);
       }},
      {"allowances", 10'000,
       [](auto n) { return "{% param int x %}" + repeated("{# bora: allow T101 #}", n); }},
      {"elements", 2'000,
       [](auto n) { return repeated("<pre><a href=\"{{ x }}\"></pre><textarea></x", n); }},
      {"angles", 100'000, [](auto n) { return repeated("<", n); }},
      {"messages", 2'000, [](auto n) { return repeated("{{ _(\"a\", \"b\", n) }}{{ _(x) }}", n); }},
  };
  return texts;
}

TEST_CASE("linear: eight times the text takes about eight times the time", "[codegen]") {
  constexpr double kMaxFactor = 26;
  for (const Growing& growing : growing_texts()) {
    const Files small{{"page.html", growing.text(growing.count / 2)}};
    const Files large{{"page.html", growing.text(4 * growing.count)}};
    double factor = 0;
    // A busy machine may disturb one measurement, but hardly three.
    for (int attempt = 0; attempt < 3; ++attempt) {
      const double base = cpu_seconds([&] { (void)compile(small); });
      const double grown = cpu_seconds([&] { (void)compile(large); });
      factor = grown / std::max(base, 0.0005);
      if (factor <= kMaxFactor) break;
    }
    CAPTURE(growing.name);
    CHECK(factor <= kMaxFactor);
  }
}

TEST_CASE("linear: nesting is refused at a stated depth, not by the stack", "[codegen]") {
  const auto first_code = [](const Files& files) {
    const lang::DiagnosticSink sink = compile(files);
    return sink.diagnostics().empty() ? std::string() : sink.diagnostics().front().code;
  };
  for (const char* tag : {"{% if x %}", "{% for x in xs %}", "{% while x %}", "{% apply f %}",
                          "{% try %}", "{% call c() %}"}) {
    CAPTURE(tag);
    CHECK(first_code({{"page.html", repeated(tag, 20'000)}}) == "T016");
  }
  Files includes{{"page.html", "{% include \"0.html\" %}"}, {"10000.html", ""}};
  Files bases{{"page.html", "{% extends \"0.html\" %}"}, {"10000.html", ""}};
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = std::to_string(i) + ".html";
    const std::string next = std::to_string(i + 1) + ".html";
    includes[name] = "{% include \"" + next + "\" %}";
    bases[name] = "{% extends \"" + next + "\" %}{% block b %}{% super() %}{% end %}";
  }
  CHECK(first_code(includes) == "T045");
  CHECK(first_code(bases) == "T091");
}

TEST_CASE("linear: what grows by itself is refused", "[codegen]") {
  Files doubling{{"20.html", "x"}};
  for (int i = 0; i < 20; ++i) {
    const std::string next = "{% include \"" + std::to_string(i + 1) + ".html\" %}";
    doubling[i == 0 ? "page.html" : std::to_string(i) + ".html"] = next + next;
  }
  const lang::DiagnosticSink sink = compile(doubling);
  REQUIRE_FALSE(sink.diagnostics().empty());
  CHECK(sink.diagnostics().front().code == "T045");
}

}  // namespace
}  // namespace bora::compiler
