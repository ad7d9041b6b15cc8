#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bora/http/error.h>

namespace bora::http {

/// Decodes the chunked coding of a request's body (RFC 9112, 7.1).
///
/// It is strict: only CRLF ends a line, and no trailer is folded. Extensions and trailers are
/// checked and dropped: a trailer must never look like a header.
class ChunkDecoder {
 public:
  /// @param max_extras  The most bytes of all extensions and trailers of the body together.
  void begin(std::size_t max_extras) {
    *this = ChunkDecoder();
    extras_left_ = max_extras;
  }

  /// Takes bytes up to the end of one piece of data, of the body or of `bytes`.
  ///
  /// @param data  Set to the piece: a part of `bytes`, or empty.
  /// @returns     The number of bytes that were taken.
  std::size_t feed(std::string_view bytes, std::string_view& data, Error& error);

  /// The bytes of data that the present chunk still promises.
  [[nodiscard]] std::uint64_t promised() const { return state_ == State::data ? left_ : 0; }

  /// Whether the last chunk and the trailers were read.
  [[nodiscard]] bool is_complete() const { return state_ == State::complete; }

 private:
  enum class State : std::uint8_t {
    size_start,
    size,
    name_start,
    name,
    name_end,
    value_start,
    value,
    quoted,
    quoted_pair,
    quoted_end,
    value_end,  ///< Blanks after a size or a value: only another extension may follow.
    size_lf,
    data,
    data_cr,
    data_lf,
    line_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    end_lf,
    complete,
  };

  Error take(char c);
  Error take_extension(char c);
  Error take_separator(char c, State blank);
  Error take_extra(State next);
  Error begin_data();

  State state_ = State::size_start;
  std::uint8_t digits_ = 0;
  std::uint64_t left_ = 0;
  std::size_t extras_left_ = 0;
};

}  // namespace bora::http
