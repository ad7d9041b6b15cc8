#include "compiler/diagnostics/printable.h"

#include <algorithm>

#include <fmt/format.h>

#include "templates-lang/utf8.h"

namespace bora::compiler {
namespace {

struct Range {
  char32_t first, last;
};

// Zero-width and direction-changing characters: a reader can't see them, and they can make a line
// look like another one.
constexpr Range kInvisible[] = {{0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x180E, 0x180E},
                                {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
                                {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};

// Marks that are shown on the letter before them. These are the common blocks; each other mark
// counts as a column, which only moves a caret.
constexpr Range kCombining[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},
                                {0x064B, 0x065F}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A},
                                {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                                {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};

// East Asian wide and full-width letters, and emoji.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},  {0x23E9, 0x23EC}, {0x2614, 0x2615},   {0x26A1, 0x26A1},
    {0x2705, 0x2705},   {0x274C, 0x274C},  {0x2E80, 0x303E}, {0x3041, 0x33FF},   {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},  {0xA960, 0xA97F}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
    {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};

template <std::size_t Size>
bool is_in(const Range (&ranges)[Size], char32_t code) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return code >= range.first && code <= range.last; });
}

}  // namespace

Glyph glyph_at(std::string_view text, std::size_t at) {
  const lang::Utf8Char c = lang::decode_utf8(text, at);
  const std::string_view raw = text.substr(at, c.size);
  const auto spelled = [&](std::string shown) {
    const std::size_t width = shown.size();
    return Glyph{raw, std::move(shown), width};
  };
  const auto code = static_cast<std::uint32_t>(c.code);
  if (!c.is_valid || code < 0x20 || code == 0x7F) return spelled(fmt::format("\\x{:02x}", code));
  const bool is_c1 = code >= 0x80 && code < 0xA0;
  if (is_c1 || is_in(kInvisible, c.code)) return spelled(fmt::format("\\u{{{:x}}}", code));
  const std::size_t width = is_in(kCombining, c.code) ? 0 : is_in(kWide, c.code) ? 2 : 1;
  return {raw, std::string(raw), width};
}

std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    Glyph glyph = glyph_at(text, at);
    result += glyph.shown;
    at += glyph.raw.size();
  }
  return result;
}

}  // namespace bora::compiler
