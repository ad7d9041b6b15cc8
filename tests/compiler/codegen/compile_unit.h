#pragma once

// Compiles generated units with real compilers.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "tests/compiler/codegen/template_unit.h"
#include "tests/support/catch.h"

namespace bora::testing {

// This is short, because it is compiled some eighty times.
inline constexpr char kModels[] = R"(#pragma once
struct Text { operator std::string_view() const; };
struct User { std::string_view name; int id; int list[2]; User self() const; };
inline std::string_view operator+(std::string_view a, std::string_view) { return a; }
void nothing();
Text text_of(int);
template <class Text> Text shout(const Text& text) { return text; }
)";

/// A folder that is removed at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "bora-errors-XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  void add(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// Returns what the compiler prints about the unit of "page.html", in English and without colours.
inline std::string compile(const TemporaryFolder& folder, const std::string& compiler,
                           const std::string& options = {}) {
  const std::string command = "cd '" + folder.path() + "' && LC_ALL=C " + compiler +
                              " -std=c++20 -fsyntax-only " + options + " -I. -I" +
                              BORA_TEST_RUNTIME_INCLUDE + " views/page.cpp 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  while (const std::size_t size = fread(buffer, 1, sizeof buffer, pipe))
    output.append(buffer, size);
  pclose(pipe);
  return output;
}

/// Writes the unit of "page.html" and all that it and its messages need.
inline void write_unit(const TemporaryFolder& folder,
                       const std::map<std::string, std::string>& templates) {
  folder.add("models.h", kModels);
  for (const auto& [name, text] : templates) folder.add("templates/" + name, text);
  UnitTemplates source(templates);
  const compiler::GeneratedUnit unit = generate(source, "page.html");
  folder.add("views/page.h", unit.header);
  folder.add("views/page.cpp", unit.source);
  folder.add("views/page.blocks.h", unit.blocks_header);
}

/// CMake puts the compilers' paths here; empty if one was not found.
inline std::string require_compiler(const std::string& path, const std::string& name) {
  if (path.empty()) FAIL(name << " was not found by CMake; it is needed to test error places");
  return path;
}

}  // namespace bora::testing
