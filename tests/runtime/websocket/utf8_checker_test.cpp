#include "runtime/websocket/utf8_checker.h"

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

#include <bora/core/escape.h>

#include "tests/support/catch.h"

using bora::websocket::Utf8Checker;

namespace {

bool is_valid(std::string_view text, std::size_t step) {
  Utf8Checker checker;
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (!checker.feed(text.substr(at, step))) return false;
  }
  return checker.is_complete();
}

}  // namespace

TEST_CASE("utf8 checker: agrees with the whole-text check, cut anywhere", "[websocket]") {
  std::mt19937 random(20260401);
  const std::string_view bytes(
      "a~\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xed\xee\xef\xf0\xf1\xf4\xf5\xff");
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 24, 'a');
    const std::size_t changes = random() % 8;
    for (std::size_t i = 0; i < changes && !text.empty(); ++i)
      text[random() % text.size()] = bytes[random() % bytes.size()];
    const bool wanted = bora::is_valid_utf8(text);
    for (const std::size_t step : {1, 2, 3, 100}) REQUIRE(is_valid(text, step) == wanted);
  }
}

TEST_CASE("utf8 checker: every character passes, and none that is cut", "[websocket]") {
  for (const std::string_view text :
       {"a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(is_valid(text, 1));
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      Utf8Checker checker;
      CHECK(checker.feed(text.substr(0, cut)));
      CHECK_FALSE(checker.is_complete());
    }
  }
}

TEST_CASE("utf8 checker: fails at the first byte that is wrong", "[websocket]") {
  // The second byte reveals surrogates, overlong forms and what is beyond U+10FFFF.
  for (const std::string_view start : {"\xed\xa0", "\xe0\x9f", "\xf0\x8f", "\xf4\x90"}) {
    Utf8Checker checker;
    CHECK(checker.feed(start.substr(0, 1)));
    CHECK_FALSE(checker.feed(start.substr(1)));
  }
  for (const std::string_view byte : {"\x80", "\xbf", "\xc0", "\xc1", "\xf5", "\xff"}) {
    Utf8Checker checker;
    CHECK_FALSE(checker.feed(byte));
  }
}

TEST_CASE("utf8 checker: the first two bytes of a character in the middle of a text",
          "[websocket]") {
  for (int first = 0x7f; first < 0x100; ++first) {
    for (int second = 0x7f; second < 0xc1; ++second) {
      for (const std::string_view rest : {"", "\x80", "\x80\x80", "\xbf\xbf\xbf"}) {
        std::string text = "twenty letters before";
        text += {static_cast<char>(first), static_cast<char>(second)};
        text.append(rest).append("\xc3\xa9 and after it");
        REQUIRE(bora::websocket::is_utf8(text) == bora::is_valid_utf8(text));
      }
    }
  }
}
