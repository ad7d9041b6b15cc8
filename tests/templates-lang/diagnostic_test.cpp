#include "templates-lang/diagnostic.h"

#include <memory>

#include "tests/support/catch.h"

namespace bora::lang {
namespace {

Diagnostic finding(Severity severity, std::uint32_t at) {
  Diagnostic d;
  d.code = "T001";
  d.severity = severity;
  d.span = {at, at + 1};
  d.file = "a.html";
  return d;
}

TEST_CASE("sink: an exact repeat is dropped, also from another reading of the file", "[lang]") {
  DiagnosticSink sink;
  Diagnostic d = finding(Severity::error, 3);
  d.source = std::make_shared<const SourceText>("a.html", "abcdef");
  sink.report(d);
  d.source = std::make_shared<const SourceText>("a.html", "abcdef");
  sink.report(d);
  CHECK(sink.diagnostics().size() == 1);
  CHECK(sink.error_count() == 1);
  d.source = std::make_shared<const SourceText>("b.html", "abcdef");
  sink.report(d);
  CHECK(sink.diagnostics().size() == 2);
}

TEST_CASE("sink: a flood is cut off but counted", "[lang]") {
  DiagnosticSink sink;
  for (std::uint32_t i = 0; i < 1000; ++i) sink.report(finding(Severity::error, i));
  CHECK(sink.diagnostics().size() == DiagnosticSink::kMaxDiagnostics);
  CHECK(sink.error_count() == 1000);
}

TEST_CASE("sink: an error is shown however many warnings came before", "[lang]") {
  DiagnosticSink sink;
  for (std::uint32_t i = 0; i < 500; ++i) sink.report(finding(Severity::warning, i));
  CHECK_FALSE(sink.has_errors());
  sink.report(finding(Severity::error, 900));
  CHECK(sink.has_errors());
  CHECK(sink.diagnostics().size() == DiagnosticSink::kMaxDiagnostics);
  CHECK(sink.diagnostics().back().severity == Severity::error);
}

TEST_CASE("nearest name: slips are found, strangers are not", "[lang]") {
  const std::vector<std::string> names{"title", "content", "extends", "if"};
  CHECK(nearest_name("tilte", names) == "title");
  CHECK(nearest_name("extend", names) == "extends");
  CHECK(nearest_name("CONTENT", names) == "content");
  CHECK(nearest_name("contnet", names) == "content");
  CHECK(nearest_name("iff", names) == "if");
  CHECK(nearest_name("sidebar", names).empty());
  CHECK(nearest_name("", names).empty());
  CHECK(nearest_name("title", {}).empty());
}

TEST_CASE("nearest name: the first of equals wins", "[lang]") {
  CHECK(nearest_name("bat", {"cat", "hat"}) == "cat");
}

}  // namespace
}  // namespace bora::lang
