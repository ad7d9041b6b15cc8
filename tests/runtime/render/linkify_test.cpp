#include <bora/render/linkify.h>

#include <chrono>
#include <string>

#include "tests/support/catch.h"

// tests/conformance/templates compares what becomes a link with Tornado's own function.

using bora::render::linkify;

namespace {

std::string linked(std::string_view text, const bora::render::LinkifyOptions& options = {}) {
  return std::string(linkify(text, options).text());
}

std::string repeated(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

}  // namespace

TEST_CASE("linkify: what is not permitted stays text, escaped (ESC-08)", "[render]") {
  CHECK(linked("javascript://x\"<b>") == "javascript://x&quot;&lt;b&gt;");
  CHECK(
      linked("http://a.b/\"onmouseover=\"x") ==
      "<a href=\"http://a.b/&quot;onmouseover=&quot;x\">http://a.b/&quot;onmouseover=&quot;x</a>");
  CHECK(linked("http://a.b", {.permitted_protocols = {}}) == "http://a.b");
}

TEST_CASE("linkify: bytes that are no UTF-8 pass", "[render]") {
  CHECK(linked("http://a.b/\xff\xe2\x82 x") ==
        "<a href=\"http://a.b/\xff\xe2\x82\">http://a.b/\xff\xe2\x82</a> x");
  CHECK(linked("\xf0\x9f") == "\xf0\x9f");
}

TEST_CASE("linkify: linear time, whatever the text", "[render]") {
  const auto start = std::chrono::steady_clock::now();
  for (const std::string_view piece : {"a:/b(", "www.", "-www.", "http://", "a-", "(",
                                       "http://a(((", "&amp;", "http://a&", "a:/!!!!!!!!!!"}) {
    CHECK(linked(repeated(piece, 100'000)).size() >= 100'000);
    CHECK(linked("http://x" + repeated(piece, 100'000), {.shorten = true}).size() >= 30);
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}
