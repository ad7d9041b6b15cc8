#include "runtime/core/compressor.h"

#include <dlfcn.h>

#include <cstdint>
#include <string>

#include <bora/core/gzip.h>

#include "tests/support/brotli.h"
#include "tests/support/catch.h"

using bora::make_brotli_compressor;
using bora::make_gzip_compressor;
using bora::testing::unpack_brotli;
using Flush = bora::Compressor::Flush;

namespace {

std::string unpack_gzip(std::string_view packed) {
  bora::GzipDecompressor gzip;
  return gzip.decompress(packed) + gzip.flush();
}

std::string noise(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (char& c : text) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return text;
}

}  // namespace

TEST_CASE("gzip: what is compressed comes out again", "[gzip]") {
  for (const std::size_t size : {0U, 1U, 511U, 512U, 100'000U}) {
    for (const std::string& text : {std::string(size, 'a'), noise(size)}) {
      CHECK((unpack_gzip(make_gzip_compressor()->compress(text, Flush::finish)) == text));
    }
  }
}

TEST_CASE("gzip: each piece can be read before the next one comes", "[gzip]") {
  const auto packer = make_gzip_compressor();
  bora::GzipDecompressor unpacker;
  for (const std::string& piece : {std::string("one"), noise(5000), std::string(100'000, 'x')}) {
    CHECK((unpacker.decompress(packer->compress(piece, Flush::sync)) == piece));
  }
  std::string end = unpacker.decompress(packer->compress("end", Flush::finish));
  end += unpacker.flush();
  CHECK(end == "end");
}

TEST_CASE("gzip: a compressor that was given up leaves nothing to the next", "[gzip]") {
  (void)make_gzip_compressor()->compress("half a text", Flush::sync);
  CHECK(unpack_gzip(make_gzip_compressor()->compress("another", Flush::finish)) == "another");
}

TEST_CASE("brotli: what is compressed comes out again, where there is the library", "[brotli]") {
  if (!bora::has_brotli()) {
    CHECK(make_brotli_compressor() == nullptr);
    return;
  }
  for (const std::size_t size : {0U, 1U, 512U, 100'000U, 1'000'000U}) {
    for (const std::string& text : {std::string(size, 'a'), noise(size)}) {
      const std::string packed = make_brotli_compressor()->compress(text, Flush::finish);
      CHECK(packed.size() <= text.size() + text.size() / 100 + 20);
      CHECK((unpack_brotli(packed, size) == text));
    }
  }
  const auto packer = make_brotli_compressor();
  std::string packed = packer->compress("one ", Flush::sync);
  CHECK(!packed.empty());
  packed += packer->compress("", Flush::sync);
  packed += packer->compress("two", Flush::finish);
  CHECK(unpack_brotli(packed, 100) == "one two");
}
