#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/codegen/template_codegen.h"
#include "templates-lang/checker.h"
#include "templates-lang/inheritance.h"
#include "tests/support/catch.h"

namespace bora::testing {

/// Templates in memory, by name: {{"page.html", "text"}, …}. They are reported below `folder`:
/// "templates/page.html".
class UnitTemplates : public lang::TemplateSource {
 public:
  explicit UnitTemplates(std::map<std::string, std::string> texts,
                         std::string folder = "templates/")
      : texts_(std::move(texts)), folder_(std::move(folder)) {}

  Loaded load(std::string_view name) override {
    const auto found = texts_.find(std::string(name));
    if (found == texts_.end()) return {Status::not_found, nullptr, {}};
    return {
        Status::ok, std::make_shared<lang::SourceText>(folder_ + found->first, found->second), {}};
  }
  std::vector<std::string> names() override {
    std::vector<std::string> names;
    for (const auto& [name, text] : texts_) names.push_back(name);
    return names;
  }

 private:
  std::map<std::string, std::string> texts_;
  std::string folder_;
};

/// Returns the C++ of the page `name`, which must have no errors.
inline compiler::GeneratedUnit generate(UnitTemplates& templates, std::string_view name) {
  lang::DiagnosticSink sink;
  const auto page = lang::resolve_page(name, templates, sink);
  REQUIRE(page != nullptr);
  lang::check_page(*page, sink);
  for (const lang::Diagnostic& diagnostic : sink.diagnostics()) UNSCOPED_INFO(diagnostic.message);
  REQUIRE(!sink.has_errors());
  return compiler::generate_template(*page);
}

inline compiler::GeneratedUnit generate(std::string_view text) {
  UnitTemplates templates({{"page.html", std::string(text)}});
  return generate(templates, "page.html");
}

}  // namespace bora::testing
