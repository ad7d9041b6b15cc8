#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "runtime/text/hex.h"

// Percent-encoding (RFC 3986, 2.1).

namespace bora::text {

/// Letters, digits, '-', '.', '_' and '~' mean the same whether they are encoded or not.
constexpr bool is_unreserved(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// A character that may stand in a path segment as it is.
constexpr bool is_path_character(char c) {
  return is_unreserved(c) || std::string_view("!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

/// The byte that the '%' at `at` and two digits after it encode; -1 if they are not there.
constexpr int escaped_byte(std::string_view text, std::size_t at) {
  return at + 2 < text.size() ? hex_byte(text[at + 1], text[at + 2]) : -1;
}
/// Whether two hexadecimal digits follow the '%' at `at`.
constexpr bool is_escape(std::string_view text, std::size_t at) {
  return escaped_byte(text, at) >= 0;
}

constexpr void append_escaped(std::string& out, char byte) {
  out += '%';
  append_hex(out, byte, kUpperHex);
}

}  // namespace bora::text
