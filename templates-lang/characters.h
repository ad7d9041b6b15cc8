#pragma once

#include "runtime/text/characters.h"

// Character classes by byte, independent of any locale.

namespace bora::lang {

using text::is_digit;
using text::to_lower;

/// White space in C++ and HTML. A no-break space is text.
constexpr bool is_blank(char c) {
  return text::is_space(c);
}

/// A byte of an identifier; all bytes of UTF-8 sequences count as letters.
constexpr bool is_word_byte(char c) {
  return text::is_word(c) || !text::is_ascii(c);
}

}  // namespace bora::lang
