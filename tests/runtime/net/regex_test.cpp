#include <bora/net/regex.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "runtime/net/regex_automaton.h"
#include "tests/support/catch.h"

using bora::net::Regex;
using bora::net::RegexSearch;

namespace {

/// Where the first match ends; checks that single bytes and the whole text give the same result.
std::size_t end_of(std::string_view pattern, std::string_view text) {
  RegexSearch at_once{Regex(pattern)};
  RegexSearch in_pieces{Regex(pattern)};
  const std::size_t end = at_once.feed(text);
  std::size_t piecewise = RegexSearch::kNone;
  for (std::size_t size = 0; size <= text.size() && piecewise == RegexSearch::kNone; ++size)
    piecewise = in_pieces.feed(text.substr(0, size));
  CHECK(piecewise == end);
  return end;
}

std::string refusal(std::string_view pattern) {
  try {
    const Regex regex(pattern);
  } catch (const std::invalid_argument& failure) {
    return failure.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("regex: finds where the first match ends", "[net]") {
  CHECK(end_of("b", "aab") == 3);
  CHECK(end_of("\r?\n\r?\n", "head: 1\r\n\r\nbody") == 11);
  CHECK(end_of("\r?\n\r?\n", "head: 1\n\nbody") == 9);
  CHECK(end_of("ab|cd", "acbd cd") == 7);
  CHECK(end_of("(ab)+c", "abab abc") == 8);
  CHECK(end_of("(?:ab)*c", "c") == 1);
  CHECK(end_of("a.c", "a\nc abc") == 7);
  CHECK(end_of("[0-9]{3}-", "12-123-") == 7);
  CHECK(end_of("x[a-c]{2,3}y", "xay xabcay xabcy") == 16);
  CHECK(end_of("x[a-c]{2,}y", "xay xabcay") == 10);
  CHECK(end_of("[^,]*;", "a,b;") == 4);
  CHECK(end_of(R"(\d+\s\w\x41\.)", "12 zA.") == 6);
  CHECK(end_of("[]x]z", "]z") == 2);
  CHECK(end_of("[a-]z", "-z") == 2);
  CHECK(end_of("aab", "aaab") == 4);
  CHECK(end_of("(a|ab)(c|bcd)e", "abcde") == 5);
  CHECK(end_of("^abc", "abc") == 3);
  CHECK(end_of("^abc", "xabc") == RegexSearch::kNone);
  CHECK(end_of("abc", "ababab") == RegexSearch::kNone);
  CHECK(end_of(std::string_view("\\0\xff", 3), std::string_view("a\0\xff", 3)) == 3);
}

TEST_CASE("regex: ends with the first byte that completes a match", "[net]") {
  CHECK(end_of("a+", "aaa") == 1);
  CHECK(end_of("a+?", "aaa") == 1);
  CHECK(end_of("ab*", "abbb") == 1);
}

TEST_CASE("regex: what it can't do is refused with its place", "[net]") {
  CHECK(refusal("a)b") == "regular expression \"a)b\", byte 1: ')' closes nothing");
  for (const std::string_view pattern :
       {"",      "a*",    "()",     "a|",     "(a",        "[a",      "[z-a]", "a**",
        "+a",    "a{2",   "a{3,2}", "a{,2}",  "a$",        "a^",      "(?=a)", "(?P<n>a)",
        R"(\1)", R"(\b)", "\\",     R"(\x4)", R"([\d-z])", "a{99999}"}) {
    INFO(pattern);
    CHECK(refusal(pattern) != "accepted");
  }
}

TEST_CASE("regex: hostile patterns and bytes cost little", "[net]") {
  CHECK(refusal("(((((a{50}){50}){50}){50}){50})b") != "accepted");
  CHECK(refusal("((((((){1000}){1000}){1000}){1000}){1000})b") != "accepted");
  CHECK(refusal(std::string(100'000, '(')) != "accepted");
  CHECK(end_of("(a*)*(a|aa)*b", std::string(2'000, 'a')) == RegexSearch::kNone);
}
