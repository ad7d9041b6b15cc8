#include "templates-lang/cpp_names.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/catch.h"

using namespace bora::lang;

namespace {

// The headers that generated code may include, and those of C.
constexpr char kHeaders[] = R"(#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#include <bora/generated_routes.h>
#include <bora/generated_web.h>
#include <bora/web/ui_module.h>
#include <bora/core/datetime.h>
#include <bora/core/escape.h>
#include <bora/core/locale.h>
#include <bora/core/task.h>
#include <bora/render/context_sink.h>
#include <bora/render/json.h>
#include <bora/render/kept.h>
#include <bora/render/linkify.h>
#include <bora/render/script_sink.h>
#include <cassert>
#include <cctype>
#include <cerrno>
#include <cfenv>
#include <cfloat>
#include <cinttypes>
#include <climits>
#include <clocale>
#include <cmath>
#include <csetjmp>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <cuchar>
#include <cwchar>
#include <cwctype>
)";

// Returns the macros that a compiler defines in these headers, except for names of the
// implementation.
std::string missing_macros(const std::string& compiler, const std::string& standard) {
  const std::string command = "printf '%s' '" + std::string(kHeaders) + "' | " + compiler +
                              " -std=" + standard + " -x c++ -dM -E -I" +
                              BORA_TEST_RUNTIME_INCLUDE + " - 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string missing;
  std::size_t known = 0;
  std::array<char, 4096> line{};
  while (fgets(line.data(), line.size(), pipe) != nullptr) {
    std::istringstream words(line.data());
    std::string define, name;
    words >> define >> name;
    if (define != "#define") continue;
    name = name.substr(0, name.find('('));
    if (name.starts_with('_') || name.starts_with("BORA_")) continue;
    ++known;
    if (!is_cpp_macro(name)) missing += name + ' ';
  }
  REQUIRE(pclose(pipe) == 0);
  CHECK(known > 500);
  return missing;
}

}  // namespace

TEST_CASE("names: words and macros of C++ are no names", "[lang]") {
  for (const char* name : {"class", "and", "co_await", "NULL", "linux", "unix", "EOF", "errno",
                           "INT_MAX", "BUFSIZ", "offsetof", "EAGAIN", "assert", "SYS_read"}) {
    INFO(name);
    CHECK(is_cpp_word(name));
    CHECK(is_unusable_name(name));
  }
  for (const char* name : {"class_", "linux_", "home", "Linux", "index", "SYSTEM", "a_b", "_"}) {
    INFO(name);
    CHECK(!is_unusable_name(name));
  }
}

TEST_CASE("names: some belong to the compiler or to Bora", "[lang]") {
  for (const char* name : {"_Name", "a__b", "__x", "bora_page", "BORA_LINE"}) {
    INFO(name);
    CHECK(is_reserved_for_implementation(name));
  }
  for (const char* name : {"_name", "_", "borax", "a_b"}) {
    INFO(name);
    CHECK(!is_reserved_for_implementation(name));
  }
}

TEST_CASE("names: the list has all macros of g++ and of clang", "[lang][compilers]") {
  for (const std::string compiler : {BORA_TEST_GXX, BORA_TEST_CLANGXX}) {
    if (compiler.empty()) FAIL("g++ and clang++-19 are needed to compare their macros");
    for (const char* standard : {"gnu++20", "c++20"}) {
      INFO(compiler << ' ' << standard << ": add what is missing to templates-lang/cpp_macros.h");
      CHECK(missing_macros(compiler, standard).empty());
    }
  }
}
