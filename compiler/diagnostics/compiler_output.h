#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// One line of a C++ compiler that says something of a place, "page.html:6:14: error: no member …",
/// and the lines around it that belong to it.
struct CompilerMessage {
  enum class Kind { error, warning, note };

  Kind kind = Kind::error;
  std::string file;          ///< As the compiler spells it.
  std::uint32_t line = 0;    ///< From 1; 0: the message names none.
  std::uint32_t column = 0;  ///< In bytes, from 1; 0: the message names none.
  std::string text;          ///< Without colours, typographic quotes made plain ones.
  /// The lines in front: "In file included from …", "In function …", "required from here".
  std::vector<std::string> context;
};

/// An error or a warning with its notes.
struct CompilerFinding {
  CompilerMessage message;
  std::vector<CompilerMessage> notes;
  std::string raw;  ///< All of its lines, as they were written.
};

/// A part of what a compiler wrote: a finding, or lines that belong to none.
struct CompilerOutputPart {
  bool is_finding = false;
  CompilerFinding finding;
  std::string raw;  ///< Of other lines.
};

/// What clang or g++ wrote to standard error, cut into findings. Nothing is lost: the raw texts of
/// all parts are `output`.
std::vector<CompilerOutputPart> read_compiler_output(std::string_view output);

/// `text` without terminal sequences ("\x1b[1m").
std::string without_colours(std::string_view text);

}  // namespace bora::compiler
