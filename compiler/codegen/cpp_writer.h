#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "templates-lang/source_text.h"

namespace bora::compiler {

/// Returns `text` as a C++ string literal, quotes included: `"a\n"`.
///
/// It keeps every byte: what is not printable ASCII becomes an octal escape of three digits (so
/// that a digit after it is not read as a part of it), and a `?` after a `?` is escaped
/// (trigraphs). A text of several lines, or a long one, becomes adjacent literals, one per line;
/// the second and later lines begin with `indent` blanks.
std::string string_literal(std::string_view text, std::size_t indent = 0);

/// The same in as few characters as possible, for bytes that nobody reads.
std::string data_literal(std::string_view bytes, std::size_t indent);

/// Returns a file name as `#line` needs it, quotes included. Quotes and backslashes are escaped;
/// control characters, which no compiler accepts there, become '?'.
std::string quoted_file_name(std::string_view name);

/// Returns `text` as an identifier: bytes that can't be in one become '_', a leading digit gets a
/// '_' in front, a keyword or a macro a '_' at its end. The result is never empty.
std::string to_identifier(std::string_view text);

/// Writes one C++ file: lines, indentation, and pieces whose errors compilers report in another
/// file.
///
///     writer.open("void f() {");
///     writer.line("g();");
///     writer.mapped("a.html", {7, 12}, "o(", "x.y", {7, 16}, ");");
///     writer.close();
///
/// gives
///
///     void f() {
///       g();
///     #line 7 "a.html"
///              o(x.y );       <- x is in column 12
///     #line 5 "a.cpp"
///     }
class CppWriter {
 public:
  /// Pieces farther right in their line keep their line but not their column: otherwise a page of
  /// one line of a megabyte would become gigabytes of blanks.
  static constexpr std::uint32_t kMaxColumn = 1000;

  /// @param file_name  The name of this file in `#line`, "views/entry.cpp".
  explicit CppWriter(std::string file_name);

  /// Writes a line at the current indentation, or an empty one if `text` is empty. Several lines
  /// are each indented, except those that begin with '#'. Returns to this file's own numbering if
  /// the lines before were mapped.
  void line(std::string_view text = {});
  /// Writes a line ("void f() {"), and indents everything after it by two more.
  void open(std::string_view text);
  /// Indents the lines that follow: an open() whose line was mapped().
  void indent() { indent_ += 2; }
  /// Ends an open(): one step back, then `text`.
  void close(std::string_view text = "}");

  /// Writes C++ from another file: its first byte is reported at `position` of `file`, and its
  /// later lines at the lines that follow there. `before` is written directly in front of it, on a
  /// line of its own (with the same number) if there are too few columns.
  void mapped(std::string_view file, lang::Position position, std::string_view before,
              std::string_view text);
  /// The same, closed by `after`, which is reported at `end`. `after` is written in the line of
  /// `text` where possible: not after a `//` comment, nor if `text` has several lines.
  void mapped(std::string_view file, lang::Position position, std::string_view before,
              std::string_view text, lang::Position end, std::string_view after);

  /// Says that `includer` includes `file` in its line `line`: until leave_file(), text that is
  /// mapped to `file` is reported with "In file included from includer:line". `condition`, the text
  /// after `#if`, is true for compilers that accept this without a warning; the others do not get
  /// it.
  void enter_file(std::string_view condition, std::string_view includer, std::uint32_t line,
                  std::string_view file);
  void leave_file(std::string_view condition, std::string_view includer, std::uint32_t line);

  /// The number of the line that is written next.
  [[nodiscard]] std::uint32_t next_line() const { return next_line_; }

  /// Everything written so far; ends in a newline.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void raw_line(std::string_view text);
  void line_directive(std::string_view file, std::uint32_t line);
  void resume();

  std::string file_name_;
  std::string text_;
  std::size_t indent_ = 0;
  std::uint32_t next_line_ = 1;
  std::optional<std::string> mapped_file_;  ///< the other file whose lines the compiler counts now
};

}  // namespace bora::compiler
