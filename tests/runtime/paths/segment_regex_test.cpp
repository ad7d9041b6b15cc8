#include "runtime/paths/segment_regex.h"

#include <cstdlib>
#include <random>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

using bora::paths::Automaton;
using bora::paths::compile_regex;
using bora::paths::Problem;

namespace {

Automaton compiled(std::string_view regex) {
  std::vector<Problem> problems;
  const auto automaton = compile_regex(regex, problems);
  INFO(regex << ": " << (problems.empty() ? "" : problems.front().message));
  REQUIRE(automaton.has_value());
  return *automaton;
}

bool takes(const Automaton& automaton, std::string_view segment) {
  return bora::paths::takes(reinterpret_cast<const unsigned char*>(automaton.bytes().data()),
                            segment);
}
bool takes(std::string_view regex, std::string_view segment) {
  return takes(compiled(regex), segment);
}

std::string code_of(std::string_view regex) {
  std::vector<Problem> problems;
  if (compile_regex(regex, problems)) return "fine";
  REQUIRE(problems.size() == 1);
  return std::string(problems[0].code);
}

}  // namespace

TEST_CASE("segment regex: takes a segment as a whole", "[paths]") {
  CHECK(takes("[A-Z]{3}", "ABC"));
  CHECK_FALSE(takes("[A-Z]{3}", "ABCD"));
  CHECK_FALSE(takes("[A-Z]{3}", "AB"));
  CHECK_FALSE(takes("[A-Z]{3}", "ABc"));
  CHECK(takes("a|bc", "a"));
  CHECK(takes("a|bc", "bc"));
  CHECK_FALSE(takes("a|bc", "ac"));
  CHECK(takes("(?:ab)+c?", "ababc"));
  CHECK_FALSE(takes("(?:ab)+c?", "abac"));
  CHECK(takes("x{2,}", "xxxxx"));
  CHECK_FALSE(takes("x{2,}", "x"));
  CHECK(takes("x{0,2}y", "y"));
  CHECK_FALSE(takes("x{0,2}y", "xxxy"));
  CHECK(takes("\\d{4}-\\d{2}", "2026-11"));
  CHECK(takes("[\\w.-]+", "a_b.c-D9"));
  CHECK(takes("\\.\\{\\}\\[\\]\\(\\)\\*\\+\\?\\|\\\\\\^\\$", ".{}[]()*+?|\\^$"));
}

TEST_CASE("segment regex: bytes are percent-decoded, and a slash is never taken", "[paths]") {
  CHECK(takes("[a-z ]+", "a%20b"));
  CHECK(takes("[a-z]+", "%61b"));
  CHECK_FALSE(takes("[^x]+", "%78"));
  CHECK_FALSE(takes(".+", "a%2Fb"));
  CHECK_FALSE(takes("[^x]+", "a%2fb"));
  CHECK_FALSE(takes("[!-~]+", "a%2Fb"));
  CHECK_FALSE(takes("\\D+", "a%2Fb"));
  CHECK_FALSE(takes("\\W+", "%2F"));
  for (const char* malformed : {"%", "%2", "%zz", "a%", "a%4", "%%"}) {
    CAPTURE(malformed);
    CHECK_FALSE(takes(".+", malformed));
  }
  CHECK(takes("(ä|ö)+", "%C3%A4%c3%b6"));
  CHECK(takes("ä+", "ää"));
  CHECK_FALSE(takes("ä+", "%C3"));
  CHECK(takes(".{2}", "%C3%A4"));  // counts count bytes
}

TEST_CASE("segment regex: what is refused", "[paths]") {
  for (const char* regex :
       {"(",   ")",   "[",   "]",   "{",   "}",     "a{", "a{2",  "a{2,1}",  "a{,2}",
        "*",   "+a",  "?",   "a**", "a+*", "[z-a]", "[]", "[^]",  "[\\d-a]", "[[:x:]]",
        "a/b", "[/]", "\\/", "\\",  "(a",  "a)",    "\n", "[\n]", "a\x7f"}) {
    CAPTURE(regex);
    CHECK(code_of(regex) == "R070");
  }
  for (const char* regex :
       {"\\1",      "(a)\\2",  "\\k<x>", "(?=a)",  "(?!a)", "(?<=a)b", "(?<!a)b", "a+?",
        "a*?",      "a??",     "a{2}?",  "^a",     "a$",    "\\ba",    "\\Aa",    "a\\z",
        "(?P<x>a)", "(?<x>a)", "(?i)a",  "(?#c)a", "(?>a)", "\\p{L}",  "\\PL",    "\\x41",
        "\\u0041",  "\\n",     "\\e",    "[ä]",    "[a-ä]", "\\ä"}) {
    CAPTURE(regex);
    CHECK(code_of(regex) == "R071");
  }
  CHECK(code_of("a{64}") == "R072");
  CHECK(code_of("a{1000000}") == "R072");
  CHECK(code_of("a{99999999999999999999999}") == "R072");
  CHECK(code_of("(((a{63}){63}){63}){63}") == "R072");
  CHECK(code_of("((a{0,63}b?){0,63}c?){1,63}") == "R072");
  CHECK(code_of("(a|b)*a(a|b){7}") == "R072");
  CHECK(code_of(std::string(256, 'a')) == "R072");
  CHECK(code_of(std::string(40, '(') + "a" + std::string(40, ')')) == "R072");
  for (const char* regex : {"", "a*", "a?", "(a|)", "(a{0,2})", "[^\\d\\D]", "a{0}", "()"}) {
    CAPTURE(regex);
    CHECK(code_of(regex) == "R073");
  }
}

TEST_CASE("segment regex: automata are small, up to 64 states", "[paths]") {
  CHECK(compiled("a{63}").state_count() == 64);
  CHECK(compiled("(a|b|c|d)+").state_count() == 2);
  CHECK(compiled("(foo|fob|fo[xyz])").state_count() == 4);
  CHECK(compiled("[0-9a-f]{40}").state_count() == 41);
}

TEST_CASE("segment regex: what two of them take in common is known", "[paths]") {
  const auto overlap = [](const char* a, const char* b) {
    const bool forth = bora::paths::overlap(compiled(a), compiled(b));
    CHECK(forth == bora::paths::overlap(compiled(b), compiled(a)));
    return forth;
  };
  CHECK(overlap("[a-z]+", "\\w{3}"));
  CHECK_FALSE(overlap("[a-z]+", "[A-Z]+"));
  CHECK_FALSE(overlap("\\d{3}", "\\d{4}"));
  CHECK(overlap("\\d{3,}", "\\d{1,3}"));
  CHECK_FALSE(overlap("a.*", "b.*"));
  CHECK(overlap("a.*", ".*b"));
  const auto includes = [](const char* outer, const char* inner) {
    return bora::paths::includes(compiled(outer), compiled(inner));
  };
  CHECK(includes("\\w+", "[a-z]{2}"));
  CHECK_FALSE(includes("[a-z]{2}", "\\w+"));
  CHECK(includes("(a|b)+", "(ab)+"));
  CHECK(includes("x+", "x+"));
}

namespace {

/// A random expression of the subset, written so that std::regex reads it in the same way.
std::string random_regex(std::mt19937& random, int depth) {
  const auto below = [&random](std::size_t end) { return random() % end; };
  static const std::vector<std::string> atoms = {"a",      "b",      "c",   "[ab]", "[^a]", "[a-c]",
                                                 "\\d",    "\\w",    ".",   "-",    "\\.",  "1",
                                                 "[0-2x]", "[^\\d]", "\\W", "\\s",  "\\D"};
  static const std::vector<std::string> counts = {"",  "",    "",      "?",   "*",
                                                  "+", "{2}", "{1,3}", "{2,}"};
  // No star over a star: std::regex, which goes back and tries again, would not come to an end.
  static const std::vector<std::string> group_counts = {"", "", "?", "{2}", "{1,3}"};
  std::string text;
  for (std::size_t i = below(3) + 1; i > 0; --i) {
    if (depth > 0 && below(3) == 0) {
      const std::string left = random_regex(random, depth - 1);
      const std::string right = random_regex(random, depth - 1);
      text += '(' + left + '|' + right + ')' + group_counts[below(group_counts.size())];
    } else {
      const std::string& atom = atoms[below(atoms.size())];
      text += atom + counts[below(counts.size())];
    }
  }
  return text;
}

std::string random_text(std::mt19937& random) {
  static const std::string bytes = "aabbcc12x-._ A";
  std::string text;
  for (std::size_t i = random() % 7 + 1; i > 0; --i) text += bytes[random() % bytes.size()];
  return text;
}

}  // namespace

TEST_CASE("segment regex: takes what std::regex takes", "[paths]") {
  const char* given = std::getenv("BORA_DIFFERENTIAL_SEED");
  const auto seed =
      given == nullptr ? 20261122U : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  INFO("BORA_DIFFERENTIAL_SEED=" << seed);
  std::mt19937 random(seed);
  std::size_t count = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string text = random_regex(random, 2);
    std::vector<Problem> problems;
    const auto automaton = compile_regex(text, problems);
    if (!automaton) {
      CAPTURE(text);
      REQUIRE((problems[0].code == "R072" || problems[0].code == "R073"));
      continue;
    }
    const std::regex other(text);
    for (int j = 0; j < 20; ++j) {
      const std::string segment = random_text(random);
      CAPTURE(text, segment);
      REQUIRE(takes(*automaton, segment) == std::regex_match(segment, other));
      ++count;
    }
  }
  CHECK(count > 2000);
}

TEST_CASE("segment regex: any bytes at all are compiled or refused", "[paths]") {
  std::mt19937 random(5);
  static const std::string likely = "ab[](){}|?*+.\\^$-,0123dwsDWS:=!<>P";
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::size_t j = random() % 24; j > 0; --j) {
      text += random() % 8 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
    }
    std::vector<Problem> problems;
    const auto automaton = compile_regex(text, problems);
    CAPTURE(text);
    REQUIRE(automaton.has_value() == problems.empty());
    if (!automaton) {
      REQUIRE(problems[0].end <= std::max<std::size_t>(text.size(), problems[0].begin + 1));
      continue;
    }
    REQUIRE(automaton->state_count() <= Automaton::kMaxStates);
    for (int j = 0; j < 4; ++j) takes(*automaton, random_text(random));
  }
}
