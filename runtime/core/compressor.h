#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bora {

/// Compresses a text piece by piece.
class Compressor {
 public:
  /// What can be known behind a piece.
  enum class Flush : unsigned char {
    sync,    ///< All that came so far can be decompressed.
    finish,  ///< It was the last piece.
  };

  virtual ~Compressor() = default;
  /// @throws std::bad_alloc
  virtual std::string compress(std::string_view piece, Flush flush) = 0;
};

/// Into one gzip member (RFC 1952).
[[nodiscard]] std::unique_ptr<Compressor> make_gzip_compressor();

/// Into brotli (RFC 7932). The library is looked for when the program runs, so that nobody needs it
/// to build or to start one. Null: there is none.
[[nodiscard]] std::unique_ptr<Compressor> make_brotli_compressor();
[[nodiscard]] bool has_brotli();

}  // namespace bora
