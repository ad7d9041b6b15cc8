// tests/golden/NAME.html beside the C++ that it becomes. To renew the expected files after an
// intended change: BORA_RENEW_GOLDEN=1 build/dev/bin/compiler_codegen_tests "golden*", then read
// the difference like code.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "tests/compiler/codegen/template_unit.h"
#include "tests/support/catch.h"

namespace fs = std::filesystem;
using namespace bora;

namespace {

const fs::path kFolder = "tests/golden";
const std::set<std::string> kIncluded = {"part.html", "card.html", "panel.html", "label.html"};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::map<std::string, std::string> golden_templates() {
  std::map<std::string, std::string> texts;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".html") continue;
    texts[entry.path().filename().string()] = read_file(entry.path());
  }
  return texts;
}

void compare(const fs::path& path, const std::string& text) {
  INFO(path.string());
  if (std::getenv("BORA_RENEW_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  CHECK(read_file(path) == text);
}

}  // namespace

TEST_CASE("golden: templates become the expected C++", "[codegen]") {
  const auto texts = golden_templates();
  REQUIRE(texts.size() > 5);
  testing::UnitTemplates templates(texts, "tests/golden/");
  for (const auto& [name, text] : texts) {
    if (kIncluded.contains(name)) continue;
    const compiler::GeneratedUnit unit = testing::generate(templates, name);
    const std::string stem = fs::path(name).stem().string();
    compare(kFolder / (stem + ".expected.h"), unit.header);
    compare(kFolder / (stem + ".expected.cpp"), unit.source);
    if (unit.blocks_header.find("namespace") == std::string::npos) continue;
    compare(kFolder / (stem + ".blocks.expected.h"), unit.blocks_header);
  }
}

TEST_CASE("golden: generating twice gives the same bytes", "[codegen]") {
  for (int round = 0; round < 2; ++round) {
    testing::UnitTemplates templates(golden_templates(), "tests/golden/");
    const compiler::GeneratedUnit unit = testing::generate(templates, "page.html");
    CHECK(unit.source == read_file(kFolder / "page.expected.cpp"));
  }
}
