#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bora::text {

/// Appends a valid code point: at most 10FFFF, and no surrogate.
inline void append_utf8(std::string& text, char32_t code) {
  const auto add = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xc0 | code >> 6);
    add(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    add(0xe0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3f));
    add(0x80 | (code & 0x3f));
  } else {
    add(0xf0 | (code >> 18 & 0x07));
    add(0x80 | (code >> 12 & 0x3f));
    add(0x80 | (code >> 6 & 0x3f));
    add(0x80 | (code & 0x3f));
  }
}

/// Whether the byte continues a character.
constexpr bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// The rules that the first byte of a character of several bytes sets for the others (RFC 3629, 4).
struct UTF8Lead {
  std::uint8_t size = 0;      ///< of the whole character; 0 if no character begins with this byte
  unsigned char low = 0x80;   ///< the bounds of the second byte
  unsigned char high = 0xbf;  ///< any later one is a continuation
};

constexpr UTF8Lead utf8_lead(unsigned char first) {
  if (first < 0x80) return {1};
  if (first >= 0xc2 && first <= 0xdf) return {2};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};  // no surrogates
  if (first >= 0xe1 && first <= 0xef) return {3};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};  // nothing beyond U+10FFFF
  if (first >= 0xf1 && first <= 0xf3) return {4};
  return {};
}

/// The size of the well-formed UTF-8 sequence that `text` begins with, or 0. `text` is not empty.
constexpr std::size_t utf8_size(std::string_view text) {
  const UTF8Lead lead = utf8_lead(static_cast<unsigned char>(text[0]));
  if (lead.size < 2) return lead.size;
  if (text.size() < lead.size) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  if (second < lead.low || second > lead.high) return 0;
  for (std::size_t i = 2; i < lead.size; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  return lead.size;
}

/// One character of a UTF-8 text, or one byte that belongs to none.
struct UTF8Character {
  char32_t code = 0;
  std::uint32_t size = 1;
  bool is_valid = false;
};

/// The character at `at`, which lies inside `text`. Overlong forms, surrogates and values above
/// U+10FFFF are invalid; the result is then the first byte alone, with its value.
constexpr UTF8Character decode_utf8(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t size = utf8_size(text.substr(at));
  if (size <= 1) return {first, 1, size == 1};
  char32_t code = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
  }
  return {code, static_cast<std::uint32_t>(size), true};
}

/// `text` cut to at most `max_bytes`, before a character that would not fit.
constexpr std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t size = max_bytes;
  while (size > 0 && is_continuation(text[size])) --size;
  return text.substr(0, size);
}

}  // namespace bora::text
