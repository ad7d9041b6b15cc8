#pragma once

// What the fuzz targets share: claims that must be true for every input. A false one ends the
// program like a crash, so that libFuzzer notices it.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"

namespace bora::fuzz {

/// Prints `claim` and aborts unless it holds.
void require(bool holds, const char* claim);

/// Requires that a span is inside its text.
void require_inside(const lang::SourcePtr& source, lang::Span span);

/// Requires that every finding has a message, a place that exists, and a code of a known kind.
void require_sound(const lang::DiagnosticSink& sink);

/// Requires that brackets outside of literals and comments match, as in any C++ that could compile.
void require_balanced(std::string_view cpp);

/// The input's bytes as text.
inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

using Files = std::map<std::string, std::string, std::less<>>;

/// Splits an input into files: a line "==== base.html" begins a file of that name. The text before
/// the first such line is "page.html".
Files split_files(std::string_view input);

}  // namespace bora::fuzz
