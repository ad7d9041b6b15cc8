#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bora::lang {

/// One character of a UTF-8 text, or one byte that belongs to none.
struct Utf8Char {
  char32_t code = 0;
  std::uint32_t size = 1;
  bool is_valid = false;
};

/// Decodes the character at `at`, which must lie inside `text`. Overlong forms, surrogates and
/// values above U+10FFFF are invalid.
Utf8Char decode_utf8(std::string_view text, std::size_t at);

/// The offset of the first byte at or after `from` that is not valid UTF-8, or `npos`.
std::size_t find_invalid_utf8(std::string_view text, std::size_t from = 0);

}  // namespace bora::lang
