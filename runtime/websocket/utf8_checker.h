#pragma once

#include <cstdint>
#include <string_view>

namespace bora::websocket {

/// Checks text that arrives in pieces, and reports the first byte that can't be part of any UTF-8
/// (RFC 3629): neither overlong forms, nor surrogates, nor anything beyond U+10FFFF.
class Utf8Checker {
 public:
  /// @returns  False when `piece` has a byte that makes the text invalid, whatever follows.
  bool feed(std::string_view piece);
  /// Whether the text may end here: no character is cut.
  [[nodiscard]] bool is_complete() const { return missing_ == 0; }
  void reset() { missing_ = 0; }

 private:
  std::uint8_t missing_ = 0;  ///< the number of bytes that the present character still needs
  std::uint8_t low_ = 0x80;   ///< the bounds of the next one of them
  std::uint8_t high_ = 0xbf;
};

/// Whether the whole text is UTF-8.
inline bool is_utf8(std::string_view text) {
  Utf8Checker checker;
  return checker.feed(text) && checker.is_complete();
}

}  // namespace bora::websocket
