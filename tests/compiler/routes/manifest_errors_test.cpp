// tests/manifests/NAME.toml is a bad manifest, NAME.expected.txt the exact report on it.
// BORA_RENEW_GOLDEN=1 rewrites the reports: read their diff like code.

#include <algorithm>
#include <cctype>
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
#include "compiler/routes/manifest.h"
#include "tests/support/catch.h"

namespace bora::compiler {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "tests/manifests";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> bad_manifests() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

/// Included files are in tests/manifests too; those that are no tests are in parts/.
class FolderFiles : public ManifestFiles {
 public:
  lang::SourcePtr load(const std::string& name, const lang::SourceText&,
                       std::string& error) override {
    if (fs::exists(kFolder / name))
      return std::make_shared<const lang::SourceText>(name, read(kFolder / name));
    error = "there is no such file";
    return nullptr;
  }
};

lang::DiagnosticSink findings(const std::string& name) {
  lang::DiagnosticSink sink;
  FolderFiles files;
  const auto source = std::make_shared<const lang::SourceText>(name, read(kFolder / name));
  const auto manifest = read_manifest(source, sink, &files);
  CHECK(manifest.has_value() != sink.has_errors());
  return sink;
}

TEST_CASE("manifest errors: every bad manifest gives its exact report", "[routes]") {
  const bool renews = std::getenv("BORA_RENEW_GOLDEN") != nullptr;
  REQUIRE(bad_manifests().size() >= 35);
  for (const std::string& name : bad_manifests()) {
    CAPTURE(name);
    const std::string report = text_report(findings(name).diagnostics());
    const fs::path expected = (kFolder / name).replace_extension(".expected.txt");
    if (renews) std::ofstream(expected, std::ios::binary) << report;
    CHECK(report != "");
    CHECK(report == read(expected));
  }
}

TEST_CASE("manifest errors: every code has a bad manifest and a line in the catalog", "[routes]") {
  std::set<std::string> reported;
  for (const std::string& name : bad_manifests()) {
    const lang::DiagnosticSink sink = findings(name);
    for (const lang::Diagnostic& d : sink.diagnostics()) reported.insert(d.code);
  }
  const std::string codes = read("compiler/routes/codes.h") + read("runtime/paths/codes.h");
  std::size_t known = 0;
  for (std::size_t at = codes.find("\"R"); at != std::string::npos;
       at = codes.find("\"R", at + 1)) {
    const std::string code = codes.substr(at + 1, 4);
    CAPTURE(code);
    CHECK(reported.contains(code));
    CHECK(find_code(code) != nullptr);
    ++known;
  }
  CHECK(known >= 47);
}

TEST_CASE("manifest errors: a manifest cut off anywhere is refused or right, never a crash",
          "[routes]") {
  for (const std::string& name : bad_manifests()) {
    const std::string text = read(kFolder / name);
    const std::size_t step = std::max<std::size_t>(1, text.size() / 200);
    for (std::size_t size = 0; size < text.size(); size += step) {
      lang::DiagnosticSink sink;
      const auto source = std::make_shared<const lang::SourceText>(name, text.substr(0, size));
      const auto manifest = read_manifest(source, sink);
      CAPTURE(name, size);
      CHECK(manifest.has_value() != sink.has_errors());
      for (const lang::Diagnostic& d : sink.diagnostics()) {
        CHECK(d.span.begin <= d.span.end);
        CHECK(d.span.end <= size);
      }
    }
  }
}

TEST_CASE("manifest errors: a manifest with any byte changed is refused or right", "[routes]") {
  const std::string text = read(kFolder / "redirects.toml");
  std::uint32_t random = 1;
  for (std::size_t i = 0; i < 2000; ++i) {
    std::string changed = text;
    for (int n = 0; n < 2; ++n) {
      random = random * 1664525 + 1013904223;
      changed[(random >> 8) % changed.size()] = "\"'[]{}=.,#\\\n\r \xC3\xA9\0a1-"[random % 20];
    }
    lang::DiagnosticSink sink;
    const auto source = std::make_shared<const lang::SourceText>("changed.toml", changed);
    const auto manifest = read_manifest(source, sink);
    CAPTURE(i);
    CHECK(manifest.has_value() != sink.has_errors());
    for (const lang::Diagnostic& d : sink.diagnostics()) CHECK(d.span.end <= changed.size());
  }
}

}  // namespace
}  // namespace bora::compiler
