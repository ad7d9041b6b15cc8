#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <bora/http/error.h>

#include "runtime/core/inflater.h"

namespace bora::http {

/// Decodes the gzip coding of a request's body, in pieces of bounded size.
///
///     decoder.add(bytes);
///     while (wanted && !(piece = decoder.next(error)).empty()) use(piece);
///     decoder.keep_rest();
class BodyDecoder {
 public:
  /// @param piece_size  The longest piece.
  explicit BodyDecoder(std::size_t piece_size);

  /// Adds bytes of the coded body; they must stay valid until keep_rest().
  void add(std::string_view bytes);

  /// The next piece, valid until the next call; empty when more input is needed. `error` is set
  /// when the body is not gzip, or longer than `max_size` when decoded.
  std::string_view next(std::uint64_t max_size, Error& error);

  /// Copies the bytes that next() has not yet used.
  void keep_rest();

  /// Whether next() may give more without further input.
  [[nodiscard]] bool has_rest() const { return !input_.empty() || is_full_; }

  /// Whether the body may end here.
  [[nodiscard]] bool is_at_end() const { return inflater_.is_between_members(); }

 private:
  Inflater inflater_;
  std::string piece_;
  std::string kept_;
  std::string_view input_;
  std::uint64_t total_ = 0;
  bool is_full_ = false;  ///< the last piece had no room for more
};

}  // namespace bora::http
