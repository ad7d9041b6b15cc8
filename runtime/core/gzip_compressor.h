#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bora {

/// Compresses a text piece by piece into one gzip member (RFC 1952).
class GzipCompressor {
 public:
  /// What is known at once behind a piece.
  enum class Flush : unsigned char {
    sync,    ///< All that came so far can be decompressed.
    finish,  ///< It was the last piece.
  };

  GzipCompressor();
  ~GzipCompressor();
  GzipCompressor(const GzipCompressor&) = delete;
  GzipCompressor& operator=(const GzipCompressor&) = delete;

  /// @throws std::bad_alloc
  std::string compress(std::string_view piece, Flush flush);

 private:
  struct Stream;
  class Pool;
  std::unique_ptr<Stream> stream_;
};

}  // namespace bora
