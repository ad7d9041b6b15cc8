#include "compiler/diagnostics/json_report.h"

#include <memory>
#include <string>

#include "tests/support/catch.h"

namespace bora::compiler {
namespace {

using lang::Diagnostic;
using lang::Severity;
using lang::SourceText;

TEST_CASE("json: an empty array for no findings", "[diagnostics]") {
  CHECK(json_report({}) == "[]\n");
}

TEST_CASE("json: all parts of a finding", "[diagnostics]") {
  Diagnostic d;
  d.code = "T012";
  d.severity = Severity::warning;
  d.source = std::make_shared<const SourceText>("views/a.html", "ab\ncd\n");
  d.span = {1, 4};
  d.message = "closes nothing";
  d.help = "leave it out";
  d.notes.push_back({d.source, {3, 5}, "here"});
  d.notes.push_back({nullptr, {}, "searched"});
  CHECK(
      json_report({d}) ==
      "[\n"
      R"({"code":"T012","severity":"warning","file":"views/a.html","line":1,"column":2,)"
      R"("end_line":2,"end_column":2,"message":"closes nothing","help":"leave it out","notes":[)"
      R"({"file":"views/a.html","line":2,"column":1,"end_line":2,"end_column":3,"message":"here"},)"
      R"({"file":null,"line":null,"column":null,"end_line":null,"end_column":null,)"
      R"("message":"searched"}]})"
      "\n]\n");
}

TEST_CASE("json: findings without a source name their file if they have one", "[diagnostics]") {
  Diagnostic d;
  d.code = "T040";
  d.message = "missing";
  d.file = "a.html";
  const std::string place = R"("line":null,"column":null,"end_line":null,"end_column":null,)";
  const std::string rest = R"("message":"missing","help":"","notes":[]})";
  const std::string named = R"({"code":"T040","severity":"error","file":"a.html",)" + place + rest;
  CHECK(json_report({d}) == "[\n" + named + "\n]\n");
  Diagnostic nameless = d;
  nameless.file.clear();
  CHECK(json_report({d, nameless}) == "[\n" + named + ",\n" +
                                          R"({"code":"T040","severity":"error","file":null,)" +
                                          place + rest + "\n]\n");
}

TEST_CASE("json: strings are escaped and always valid", "[diagnostics]") {
  Diagnostic d;
  d.code = "T001";
  d.message = std::string("\"\\\n\t\x1b\x7f\0\xC3\xA9\xFF/", 11);
  const std::string report = json_report({d});
  CHECK(report.find(R"("message":"\"\\\n\u0009\u001b\u007f\u0000)"
                    "\xC3\xA9"
                    R"(\ufffd/")") != std::string::npos);
}

}  // namespace
}  // namespace bora::compiler
