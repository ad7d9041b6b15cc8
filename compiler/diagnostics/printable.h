#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bora::compiler {

/// One character of a text as a terminal may see it.
struct Glyph {
  std::string_view raw;   ///< Its bytes in the text.
  std::string shown;      ///< What to print: `raw` itself, or "\x1b", "\u{202e}".
  std::size_t width = 1;  ///< Columns of `shown`.
};

/// The glyph that begins at `at`, which must lie inside `text`. Control characters, invalid bytes
/// and invisible formatting (which can reorder a line) are spelled out; a tab is one of them.
Glyph glyph_at(std::string_view text, std::size_t at);

/// A whole text of such glyphs.
std::string printable(std::string_view text);

}  // namespace bora::compiler
