#pragma once

// Small programs for real compilers, whatever compiler built the tests. CMake says where they are
// (bora_test_compilers()).

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/catch.h"

namespace bora::test {

struct Ran {
  int status = -1;  ///< 0 after success.
  std::string output;
};

/// Runs a shell command, and returns what it printed on both outputs.
inline Ran run_command(const std::string& command) {
  FILE* const pipe = ::popen(("LC_ALL=C " + command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  Ran ran;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) {
    ran.output.append(buffer, size);
  }
  ran.status = ::pclose(pipe);
  return ran;
}

/// Whether a g++ loses temporaries in coroutines; newer ones have no such tests.
inline bool is_gxx_before_13(const std::string& compiler) {
  return std::atoi(run_command(compiler + " -dumpversion").output.c_str()) < 13;
}

/// A folder that is removed with this object.
class ProgramFolder {
 public:
  ProgramFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "bora-forms-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~ProgramFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ProgramFolder(const ProgramFolder&) = delete;
  ProgramFolder& operator=(const ProgramFolder&) = delete;

  /// Compiles (and does not link) `source`.
  [[nodiscard]] Ran check(const std::string& compiler, const std::string& source) const {
    const std::string file = (path_ / "form.cpp").string();
    std::ofstream(file) << source;
    return run_command(compiler + " -std=c++20 -Wall -Wextra -fsyntax-only -I" +
                       BORA_TEST_RUNTIME_INCLUDE + " " + file);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Checks that g++ before 13 refuses `source` with one sentence, and that clang takes it.
inline void check_refused(const std::string& source, const std::string& sentence) {
  const ProgramFolder folder;
  INFO(source);
  const Ran with_clang = folder.check(BORA_TEST_CLANGXX, source);
  INFO(with_clang.output);
  CHECK(with_clang.status == 0);
  if (!is_gxx_before_13(BORA_TEST_GXX)) return;
  const Ran with_gxx = folder.check(BORA_TEST_GXX, source);
  INFO(with_gxx.output);
  CHECK(with_gxx.status != 0);
  CHECK(with_gxx.output.find(sentence) != std::string::npos);
  std::size_t errors = 0;
  for (std::size_t at = 0; (at = with_gxx.output.find("error: ", at)) != std::string::npos; ++at) {
    ++errors;
  }
  CHECK(errors == 1);
}

/// Checks that both compilers take `source`.
inline void check_accepted(const std::string& source) {
  const ProgramFolder folder;
  INFO(source);
  for (const char* compiler : {BORA_TEST_CLANGXX, BORA_TEST_GXX}) {
    const Ran ran = folder.check(compiler, source);
    INFO(ran.output);
    CHECK(ran.status == 0);
  }
}

}  // namespace bora::test
