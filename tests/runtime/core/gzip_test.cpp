#include <bora/core/gzip.h>

#include <string>

#include "tests/support/catch.h"
#include "tests/support/gzip.h"

using bora::GzipDecompressor;
using bora::GzipError;
using bora::test::gzip;

namespace {

std::string unzip(std::string_view bytes) {
  GzipDecompressor decompressor;
  std::string text = decompressor.decompress(bytes);
  return text + decompressor.flush();
}

/// Some 200,000 bytes in which little repeats.
std::string long_text() {
  std::string text;
  for (unsigned i = 0, n = 1; i < 30'000; ++i) text += std::to_string(n = n * 1103515245 + 12345);
  return text;
}

}  // namespace

TEST_CASE("GzipDecompressor: UTL-03: whole, and in pieces of any size", "[core]") {
  CHECK(unzip(gzip("Hello")) == "Hello");
  CHECK(unzip(gzip("")).empty());
  CHECK(unzip("").empty());
  const std::string text = long_text();
  const std::string bytes = gzip(text);
  CHECK(unzip(bytes) == text);
  for (const std::size_t step : {1U, 7U, 1000U}) {
    GzipDecompressor decompressor;
    std::string result;
    for (std::size_t at = 0; at < bytes.size(); at += step)
      result += decompressor.decompress(std::string_view(bytes).substr(at, step));
    result += decompressor.flush();
    CHECK(result == text);
  }
}

TEST_CASE("GzipDecompressor: UTL-03: never more at once than asked for", "[core]") {
  const std::string bytes = gzip(std::string(1'000'000, 'x'));
  REQUIRE(bytes.size() < 2000);
  for (const std::size_t limit : {1000U, 65'536U, 1'000'000U, 2'000'000U}) {
    GzipDecompressor decompressor;
    std::size_t total = 0;
    std::string text = decompressor.decompress(bytes, limit);
    while (!text.empty()) {
      REQUIRE(text.size() <= limit);
      total += text.size();
      text = decompressor.decompress(decompressor.unconsumed_tail(), limit);
    }
    CHECK(total == 1'000'000);
    CHECK(decompressor.flush().empty());
  }
}

TEST_CASE("GzipDecompressor: members in a row are one text", "[core]") {
  const std::string bytes = gzip("one,") + gzip("") + gzip("two");
  CHECK(unzip(bytes) == "one,two");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    GzipDecompressor decompressor;
    std::string text = decompressor.decompress(std::string_view(bytes).substr(0, cut));
    text += decompressor.decompress(std::string_view(bytes).substr(cut));
    CHECK(text + decompressor.flush() == "one,two");
  }
}

TEST_CASE("GzipDecompressor: what is damaged, cut or not gzip is an error", "[core]") {
  const std::string bytes = gzip("Hello, hello, hello");
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS(unzip(std::string_view(bytes).substr(0, size)), GzipError);
  }
  for (const char* garbage : {"x", "\n", "garbage", "\x1f", "\x1f\x8b"}) {
    CAPTURE(garbage);
    CHECK_THROWS_AS(unzip(bytes + garbage), GzipError);
  }
  CHECK_THROWS_AS(unzip(bytes + std::string(3, '\0')), GzipError);
  CHECK_THROWS_AS(unzip("Hello"), GzipError);
  CHECK_THROWS_AS(unzip("\x78\x9c\x4b\x04"), GzipError);  // zlib's own format
  std::string flipped = bytes;
  flipped[flipped.size() - 5] = static_cast<char>(flipped[flipped.size() - 5] ^ 1);  // the checksum
  CHECK_THROWS_AS(unzip(flipped), GzipError);
}
