#include "compiler/diagnostics/catalog.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "tests/support/catch.h"

namespace bora::compiler {
namespace {

namespace fs = std::filesystem;

TEST_CASE("catalog: sorted, without repeats, each with a summary of one line", "[diagnostics]") {
  std::string_view previous;
  for (const CatalogEntry& entry : catalog()) {
    CAPTURE(entry.code);
    CHECK(previous < entry.code);
    CHECK(entry.code.size() == 4);
    CHECK(std::string_view("TRCED").find(entry.code.front()) != std::string_view::npos);
    CHECK_FALSE(entry.summary.empty());
    CHECK(entry.summary.find('\n') == std::string_view::npos);
    CHECK_FALSE(entry.summary.ends_with('.'));
    previous = entry.code;
  }
}

TEST_CASE("catalog: codes are found, others are not", "[diagnostics]") {
  REQUIRE(find_code("T012") != nullptr);
  CHECK(find_code("T012")->summary == "an {% end %} closes nothing");
  CHECK(find_code("T000") == nullptr);
  CHECK(find_code("") == nullptr);
  CHECK(find_code("Z999") == nullptr);
}

TEST_CASE("catalog: every code that the sources spell is listed", "[diagnostics]") {
  const std::regex code("\"([TRCE][0-9]{3})\"");
  int seen = 0;
  for (const char* folder : {"runtime/paths", "templates-lang", "compiler", "scaffold"}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const fs::path& path = entry.path();
      if (path.extension() != ".cpp" && path.extension() != ".h") continue;
      std::ifstream file(path);
      for (std::string line; std::getline(file, line);) {
        std::smatch match;
        if (line.find("//") != std::string::npos || !std::regex_search(line, match, code)) continue;
        CAPTURE(path, line);
        CHECK(find_code(match[1].str()) != nullptr);
        ++seen;
      }
    }
  }
  CHECK(seen > 50);
}

}  // namespace
}  // namespace bora::compiler
