#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/text/characters.h"

// The grammar that the fields of HTTP share (RFC 9110, 5.6).

namespace bora::text {

namespace detail {

constexpr std::array<bool, 256> make_token_characters() {
  std::array<bool, 256> table{};
  for (int i = 0x21; i < 0x7f; ++i) {
    const char c = static_cast<char>(i);
    table[static_cast<std::size_t>(i)] =
        is_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  }
  return table;
}
inline constexpr std::array<bool, 256> kTokenCharacters = make_token_characters();

}  // namespace detail

/// RFC 9110, 5.6.2: a character of the names of methods, fields and parameters.
constexpr bool is_token_character(char c) {
  return detail::kTokenCharacters[static_cast<unsigned char>(c)];
}
constexpr bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!is_token_character(c)) return false;
  }
  return !text.empty();
}

/// Takes a token from the beginning of `text`; empty if it does not begin with one.
constexpr std::string_view take_token(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_token_character(text[size])) ++size;
  const std::string_view token = text.substr(0, size);
  text.remove_prefix(size);
  return token;
}

/// Takes a quoted string from the beginning of `text` (RFC 9110, 5.6.4).
///
/// @returns  Its meaning; nothing if there is none, or it has no end.
inline std::optional<std::string> take_quoted_string(std::string_view& text) {
  if (!text.starts_with('"')) return std::nullopt;
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '\\' && ++i == text.size()) break;
    value += text[i];
  }
  return std::nullopt;
}

/// The place of `separator` outside of quoted strings, or the end.
constexpr std::size_t find_separator(std::string_view text, char separator) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      is_quoted = !is_quoted;
    } else if (text[i] == separator && !is_quoted) {
      return i;
    }
  }
  return text.size();
}

/// Takes the text before `separator` from `rest`, without the blanks around it; quoted strings are
/// not split.
constexpr std::string_view take_member(std::string_view& rest, char separator) {
  const std::size_t end = find_separator(rest, separator);
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim_blanks(taken);
}

}  // namespace bora::text
