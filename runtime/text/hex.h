#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/text/characters.h"

// Hexadecimal digits, and bytes that are written with them.

namespace bora::text {

inline constexpr char kLowerHex[] = "0123456789abcdef";
inline constexpr char kUpperHex[] = "0123456789ABCDEF";

/// The value of a hexadecimal digit of either case; -1 for any other character.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
constexpr bool is_hex_digit(char c) {
  return hex_value(c) >= 0;
}

/// Appends two digits.
constexpr void append_hex(std::string& out, char byte, const char* digits = kLowerHex) {
  out += digits[static_cast<unsigned char>(byte) >> 4];
  out += digits[static_cast<unsigned char>(byte) & 15];
}

/// Writes in lower case.
inline std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) append_hex(text, byte);
  return text;
}

/// The byte that two digits write; -1 if they are not both digits.
constexpr int hex_byte(char high, char low) {
  const int value = hex_value(high);
  const int rest = hex_value(low);
  return value < 0 || rest < 0 ? -1 : value * 16 + rest;
}

/// @returns  Nothing if a digit is missing, or a character is not a digit.
inline std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const int byte = hex_byte(text[at], text[at + 1]);
    if (byte < 0) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace bora::text
