#include "runtime/core/gzip_compressor.h"

#include <string>

#include <bora/core/gzip.h>

#include "tests/support/catch.h"

using bora::GzipCompressor;
using bora::GzipDecompressor;
using Flush = GzipCompressor::Flush;

namespace {

std::string unpacked(std::string_view packed) {
  GzipDecompressor gzip;
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
      GzipCompressor gzip;
      CHECK(unpacked(gzip.compress(text, Flush::finish)) == text);
    }
  }
}

TEST_CASE("gzip: each piece can be read before the next one comes", "[gzip]") {
  GzipCompressor packer;
  GzipDecompressor unpacker;
  for (const std::string& piece : {std::string("one"), noise(5000), std::string(100'000, 'x')}) {
    CHECK(unpacker.decompress(packer.compress(piece, Flush::sync)) == piece);
  }
  CHECK(unpacker.decompress(packer.compress("end", Flush::finish)) + unpacker.flush() == "end");
}

TEST_CASE("gzip: a compressor that was given up leaves nothing to the next", "[gzip]") {
  {
    (void)GzipCompressor().compress("half a text", Flush::sync);
  }
  GzipCompressor gzip;
  CHECK(unpacked(gzip.compress("another", Flush::finish)) == "another");
}
