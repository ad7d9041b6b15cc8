// Patterns and paths that nobody writes, but somebody sends.

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "runtime/paths/ambiguity.h"
#include "tests/runtime/paths/made_table.h"
#include "tests/support/catch.h"

using bora::paths::parse_pattern;
using bora::paths::Pattern;
using bora::paths::Problem;
using bora::testing::MadeTable;

namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

std::string first_problem(const std::string& text) {
  std::vector<Problem> problems;
  if (parse_pattern(text, {}, {}, problems)) return "fine";
  return problems.front().message;
}

double milliseconds(const MadeTable& find, const std::string& path) {
  const auto begin = std::chrono::steady_clock::now();
  find(path);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

}  // namespace

TEST_CASE("path pattern: every byte is read or refused, wherever it stands", "[paths]") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    for (const std::string& text :
         {"/" + c, "/a" + c + "b", "/{" + c + "}", "/{x:" + c + "}", "/{x" + c + "}/y",
          "/{x:[" + c + "]}", "/{x:\\" + c + "}", c, "/%" + c + "1", "/{x:a{" + c + "}}"}) {
      std::vector<Problem> problems;
      const auto pattern = parse_pattern(text, {}, {}, problems);
      CAPTURE(byte, text);
      REQUIRE(pattern.has_value() == problems.empty());
      for (const Problem& problem : problems) {
        REQUIRE(problem.begin <= problem.end);
        REQUIRE(problem.end <= text.size());
      }
      if (pattern) MadeTable find({text});
    }
  }
}

TEST_CASE("path pattern: limits are reported", "[paths]") {
  std::string parameters;
  for (int i = 0; i < 17; ++i) parameters += "/{p" + std::to_string(i) + "}";
  CHECK(first_problem(parameters) == "the path has more than 16 parameters");
  CHECK(first_problem(repeated("/x", 1000)) == "the path has more than 64 segments");
  CHECK(first_problem(repeated("/x", 64)) == "fine");
  CHECK(first_problem("/" + std::string(256, 'x')) ==
        "the path has a segment longer than 255 bytes");
  CHECK(first_problem("/{x:a{1000000}}") == "a count goes to 63");
  CHECK(first_problem("/{x:" + std::string(100000, '(') + "}") ==
        "the regular expression is longer than 255 bytes");
  CHECK(first_problem("/" + std::string(100000, '{')) == "'{' is never closed");
  CHECK(first_problem("/{x:[" + std::string(100000, 'a')) == "'{' is never closed");
}

TEST_CASE("path pattern: random bytes are read or refused", "[paths]") {
  std::mt19937 random(11);
  static const std::string likely = "/{}:?abx[](|)*+\\%0123456789.-_int path";
  for (int i = 0; i < 20000; ++i) {
    std::string text = random() % 4 == 0 ? "" : "/";
    for (std::size_t j = random() % 30; j > 0; --j) {
      text += random() % 16 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
    }
    std::vector<Problem> problems;
    const auto pattern = parse_pattern(text, {}, {}, problems);
    CAPTURE(text);
    REQUIRE(pattern.has_value() == problems.empty());
    if (!pattern) continue;
    const MadeTable find({text}, {*pattern});
    find("/a/b/1");
    find(text);
  }
}

// The bound: one path looks at each node of the tree at most once, since one way leads to it and
// its depth says which segment it gets; the tree has at most 64 levels. So the work is at most that
// of all typed children of the table, each with one segment.
TEST_CASE("route table: a path of 64 KB is answered as fast as it is read", "[paths]") {
  std::vector<std::string> texts;
  // Every prefix goes on with a regular expression, `{x}` and a literal, and only the end fails, so
  // the walk goes back in all 2^9 ways.
  for (int set = 0; set < 512; ++set) {
    std::string text;
    for (int level = 0; level < 9; ++level) {
      text += (set >> level & 1) != 0 ? "/{a" + std::to_string(level) + ":[a-z]+}"
                                      : "/{b" + std::to_string(level) + "}";
    }
    texts.push_back(text + "/end");
  }
  const MadeTable find(texts);
  CHECK(find(repeated("/x", 9) + "/end").ends_with("[x]"));
  CHECK(find(repeated("/x", 9) + "/other") == "none");
  const std::string slashes(30000, '/');
  const std::string deep = repeated("/x", 32000);
  const std::string wide = repeated("/" + std::string(7000, 'x'), 9) + "/no";
  for (const std::string& path : {slashes, deep, wide, "/" + std::string(65535, 'x'),
                                  "/" + repeated("%41", 21000), "/" + std::string(65535, '%')}) {
    CHECK(find(path) == "none");
    CHECK(milliseconds(find, path) < 1000);
  }
}

TEST_CASE("route table: reads nothing outside the path", "[paths]") {
  const MadeTable find({"/", "/a", "/{x:int}", "/ab/{y}", "/abcdefgh", "/abcdefghi/{z:path}"});
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"/", "/"},
      {"/a", "/a"},
      {"/1", "/{x:int} [1]"},
      {"/ab/c", "/ab/{y} [c]"},
      {"/abcdefgh", "/abcdefgh"},
      {"/abcdefghi/", "/abcdefghi/{z:path} []"}};
  for (const auto& [path, found] : expected) {
    const std::vector<char> exact(path.begin(), path.end());  // a sanitizer watches both ends
    CHECK(find({exact.data(), exact.size()}) == found);
  }
}

TEST_CASE("conflicts: thousands of routes are compared in a moment", "[paths]") {
  std::vector<Pattern> patterns;
  for (int i = 0; i < 3000; ++i) {
    const std::string number = std::to_string(i);
    patterns.push_back(bora::testing::parsed("/x/{a:[a-z]+}/" + number + "/{b:[0-9]+}"));
    patterns.push_back(bora::testing::parsed("/x/{a:[a-m]+}/n" + number + "/{b:[0-9]+}"));
  }
  std::vector<const Pattern*> pointers;
  for (const Pattern& pattern : patterns) pointers.push_back(&pattern);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(bora::paths::find_conflicts(pointers).empty());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}
