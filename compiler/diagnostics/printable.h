#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bora::compiler {

/// One character of a text in a form that is safe for a terminal.
struct Glyph {
  std::string_view raw;   ///< its bytes in the text
  std::string shown;      ///< the text to print: `raw` itself, or "\x1b", "\u{202e}"
  std::size_t width = 1;  ///< the columns of `shown`
};

/// Returns the glyph that begins at `at`, which must be inside `text`. Control characters, invalid
/// bytes and invisible formatting (which can reorder a line) are spelled out; a tab is a control
/// character.
Glyph glyph_at(std::string_view text, std::size_t at);

/// Returns a whole text of such glyphs.
std::string printable(std::string_view text);

}  // namespace bora::compiler
