#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// A message of a C++ compiler about a place, "page.html:6:14: error: no member …", and the lines
/// around it that belong to it.
struct CompilerMessage {
  enum class Kind { error, warning, note };

  Kind kind = Kind::error;
  std::string file;          ///< as the compiler spells it
  std::uint32_t line = 0;    ///< from 1; 0 if the message has none
  std::uint32_t column = 0;  ///< in bytes, from 1; 0 if the message has none
  std::string text;          ///< without colours, and with plain quotes in place of typographic
                             ///< ones
  /// The lines before it: "In file included from …", "In function …", "required from here".
  std::vector<std::string> context;
};

/// An error or a warning with its notes.
struct CompilerFinding {
  CompilerMessage message;
  std::vector<CompilerMessage> notes;
  std::string raw;  ///< all of its lines, as they were written
};

/// A part of a compiler's output: a finding, or lines that belong to none.
struct CompilerOutputPart {
  bool is_finding = false;
  CompilerFinding finding;
  std::string raw;  ///< other lines
};

/// Splits the standard error of clang or g++ into findings. Nothing is lost: the raw texts of all
/// parts together are `output`.
std::vector<CompilerOutputPart> read_compiler_output(std::string_view output);

/// Returns `text` without terminal sequences ("\x1b[1m").
std::string without_colours(std::string_view text);

}  // namespace bora::compiler
