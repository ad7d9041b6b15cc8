// tests/errors/NAME.html is a bad template, NAME.expected.txt the exact report on it. Files in
// tests/errors/parts are what they extend and include. BORA_RENEW_GOLDEN=1 rewrites the reports:
// read their diff like code.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/diagnostics/catalog.h"
#include "compiler/diagnostics/text_report.h"
#include "templates-lang/checker.h"
#include "templates-lang/inheritance.h"
#include "templates-lang/lints.h"
#include "tests/support/catch.h"

namespace bora::lang {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "tests/errors";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_template(const fs::path& path) {
  return path.extension() == ".html" || path.extension() == ".js";
}

/// The files of tests/errors, with names relative to that folder.
class ErrorTemplates : public TemplateSource {
 public:
  Loaded load(std::string_view name) override {
    if (name.starts_with(kChain)) return chain_link(name);
    const fs::path path = kFolder / name;
    if (!fs::is_regular_file(path)) return {};
    return {Status::ok, std::make_shared<const SourceText>(std::string(name), read(path)), {}};
  }

  // An endless chain of bases: 1.html extends 2.html, and so on.
  static constexpr std::string_view kChain = "parts/chain/";
  static Loaded chain_link(std::string_view name) {
    const int number = std::stoi(std::string(name.substr(kChain.size())));
    std::string text = "{% extends \"" + std::to_string(number + 1) + ".html\" %}";
    return {Status::ok, std::make_shared<const SourceText>(std::string(name), text), {}};
  }

  std::vector<std::string> names() override {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
      if (is_template(entry.path())) names.push_back(entry.path().lexically_relative(kFolder));
    }
    std::ranges::sort(names);
    return names;
  }
};

std::vector<Diagnostic> findings(const std::string& name) {
  ErrorTemplates templates;
  DiagnosticSink sink;
  const auto page = resolve_page(name, templates, sink);
  if (page) check_page(*page, sink);
  const std::vector<std::string> assets{"app.css", "img/logo.svg"};
  Linter linter(
      sink,
      {{"static",
        [&](const std::string& path) { return std::ranges::find(assets, path) != assets.end(); },
        [&] { return assets; }}});
  if (page) linter.add(*page);
  linter.finish(Linter::Seen::all_pages);
  return sink.diagnostics();
}

std::vector<std::string> bad_templates() {
  std::vector<std::string> names = ErrorTemplates().names();
  std::erase_if(names, [](const std::string& name) { return name.starts_with("parts/"); });
  return names;
}

TEST_CASE("errors: every bad template gives its exact report", "[lang]") {
  const bool renews = std::getenv("BORA_RENEW_GOLDEN") != nullptr;
  REQUIRE(bad_templates().size() >= 45);
  for (const std::string& name : bad_templates()) {
    CAPTURE(name);
    const std::string report = compiler::text_report(findings(name));
    const fs::path expected = (kFolder / name).replace_extension(".expected.txt");
    if (renews) std::ofstream(expected, std::ios::binary) << report;
    CHECK(report != "");
    CHECK(report == read(expected));
  }
}

TEST_CASE("errors: every code has a bad template and a line in the catalog", "[lang]") {
  std::set<std::string> reported;
  for (const std::string& name : bad_templates()) {
    for (const Diagnostic& d : findings(name)) reported.insert(d.code);
  }
  // Only a broken disk or a link out of the folder gives this code; inheritance_test has it.
  reported.insert("T041");

  const std::string codes = read("templates-lang/codes.h");
  std::size_t known = 0;
  for (std::size_t at = codes.find("\"T"); at != std::string::npos;
       at = codes.find("\"T", at + 1)) {
    const std::string code = codes.substr(at + 1, 4);
    CAPTURE(code);
    CHECK(reported.contains(code));
    CHECK(compiler::find_code(code) != nullptr);
    ++known;
  }
  CHECK(known > 45);
}

TEST_CASE("errors: codes are spelled in codes.h only", "[lang]") {
  for (const auto& entry : fs::directory_iterator("templates-lang")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read(entry.path());
    for (std::size_t at = text.find("\"T"); at != std::string::npos;
         at = text.find("\"T", at + 1)) {
      CAPTURE(entry.path(), text.substr(at, 8));
      CHECK_FALSE(std::isdigit(static_cast<unsigned char>(text[at + 2])));
    }
  }
}

}  // namespace
}  // namespace bora::lang
