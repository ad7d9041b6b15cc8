#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bora {

/// Compresses a text piece by piece.
class Compressor {
 public:
  /// What a reader can decompress after a piece.
  enum class Flush : unsigned char {
    sync,    ///< everything that came so far
    finish,  ///< it was the last piece
  };

  virtual ~Compressor() = default;
  /// @throws std::bad_alloc
  virtual std::string compress(std::string_view piece, Flush flush) = 0;
};

/// Compresses into one gzip member (RFC 1952).
[[nodiscard]] std::unique_ptr<Compressor> make_gzip_compressor();

/// Compresses into brotli (RFC 7932). The library is looked for when the program runs, so that
/// nobody needs it to build or to start a program. Returns null if there is none.
[[nodiscard]] std::unique_ptr<Compressor> make_brotli_compressor();
[[nodiscard]] bool has_brotli();

}  // namespace bora
