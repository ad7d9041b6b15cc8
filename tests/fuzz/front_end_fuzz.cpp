// A page with its bases and includes, all of any bytes. It is read, resolved, checked, linted,
// reported and, if nothing is wrong, generated. Generated code has matching brackets whatever the
// templates contain, and is the same each time.

#include <memory>
#include <string>
#include <vector>

#include "compiler/codegen/template_codegen.h"
#include "compiler/diagnostics/json_report.h"
#include "compiler/diagnostics/text_report.h"
#include "templates-lang/checker.h"
#include "templates-lang/lints.h"
#include "tests/fuzz/invariants.h"
#include "tests/support/memory_templates.h"

namespace bora::fuzz {
namespace {

/// Returns all results in one text.
std::string run(const Files& files) {
  testing::MemoryTemplates templates(files);
  lang::DiagnosticSink sink;
  const auto page = lang::resolve_page("page.html", templates, sink);
  require(page != nullptr, "a file that is there is resolved");
  lang::check_page(*page, sink);
  lang::Linter linter(sink, {{"static", [](const std::string& path) { return path == "app.css"; },
                              [] { return std::vector<std::string>{"app.css"}; }}});
  linter.add(*page);
  linter.finish(lang::Linter::Seen::all_pages);
  require_sound(sink);
  std::string result = compiler::text_report(sink.diagnostics());
  require(result.empty() == sink.diagnostics().empty(), "findings are reported");
  require(result.find('\x1b') == std::string::npos, "a report holds no escape sequences");
  result += compiler::json_report(sink.diagnostics());
  if (sink.has_errors()) return result;
  const compiler::GeneratedUnit unit = compiler::generate_template(*page, "gen/");
  require_balanced(unit.header);
  require_balanced(unit.source);
  return result + unit.header + unit.source;
}

}  // namespace
}  // namespace bora::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  const fuzz::Files files = fuzz::split_files(fuzz::as_text(data, size));
  if (files.contains("page.html"))
    fuzz::require(fuzz::run(files) == fuzz::run(files), "the same output each time");
  return 0;
}
