#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "runtime/text/fields.h"
#include "runtime/text/hex.h"

// Character classes of RFC 9110 and RFC 3986 as one table: a bit for each class.

namespace bora::http {

using text::hex_value;
using text::is_digit;
using text::to_lower;

namespace detail {

enum CharacterClass : std::uint8_t {
  kToken = 1,       ///< RFC 9110, 5.6.2.
  kPathByte = 2,    ///< May stand in a request target's path.
  kQueryByte = 4,   ///< May stand in its query.
  kHostByte = 8,    ///< RFC 3986, 3.2.2: a registered name or an IPv4 address, without '%'.
  kFieldByte = 16,  ///< RFC 9110, 5.5: in a field's value: visible characters, obs-text, SP and
                    ///< HTAB.
};

constexpr bool is_one_of(char c, const char* set) {
  for (; *set != '\0'; ++set) {
    if (*set == c) return true;
  }
  return false;
}

constexpr std::array<std::uint8_t, 256> make_character_classes() {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (i == '\t' || (i >= 0x20 && i != 0x7f)) table[i] |= kFieldByte;
  }
  for (int i = 0x21; i < 0x7f; ++i) {
    const char c = static_cast<char>(i);
    const bool plain = text::is_alphanumeric(c);
    unsigned bits = 0;
    if (text::is_token_character(c)) bits |= kToken;
    // RFC 3986 also forbids \ ^ ` { } | [ ]: browsers send them unescaped in queries, and all but
    // the backslash (which some systems take for a slash) in paths.
    if (!is_one_of(c, "\"<>#")) bits |= kQueryByte;
    if (!is_one_of(c, "\"<>#\\?")) bits |= kPathByte;
    // RFC 3986 allows a comma too, but no host has one, and lists of hosts are an attack.
    if (plain || is_one_of(c, "-._~!$&'()*+;=")) bits |= kHostByte;
    table[static_cast<std::size_t>(i)] |= static_cast<std::uint8_t>(bits);
  }
  return table;
}

inline constexpr std::array<std::uint8_t, 256> kCharacterClasses = make_character_classes();

}  // namespace detail

constexpr bool has_class(char c, detail::CharacterClass wanted) {
  return (detail::kCharacterClasses[static_cast<unsigned char>(c)] & wanted) != 0;
}

constexpr bool is_token_character(char c) {
  return has_class(c, detail::kToken);
}

namespace detail {

inline std::uint64_t load_word(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

constexpr std::uint64_t repeated(std::uint8_t byte) {
  return std::uint64_t{0x0101010101010101} * byte;
}

// Whether one of the eight bytes is below 0x20, or 0x7f.
constexpr bool word_has_control(std::uint64_t word) {
  const std::uint64_t del = word ^ repeated(0x7f);
  const std::uint64_t hits = ((word - repeated(0x20)) & ~word) | ((del - repeated(0x01)) & ~del);
  return (hits & repeated(0x80)) != 0;
}

}  // namespace detail

/// Whether there is a byte below 0x20, including HTAB, or 0x7f.
inline bool has_control_character(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (text.size() >= 8) {
    for (; end - at > 8; at += 8) {
      if (detail::word_has_control(detail::load_word(at))) return true;
    }
    return detail::word_has_control(detail::load_word(end - 8));
  }
  for (; at != end; ++at) {
    if (static_cast<unsigned char>(*at) < 0x20 || *at == 0x7f) return true;
  }
  return false;
}

}  // namespace bora::http
