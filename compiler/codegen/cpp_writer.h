#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "templates-lang/source_text.h"

namespace bora::compiler {

/// `text` as a C++ string literal, quotes included: `"a\n"`.
///
/// Every byte survives: what is not printable ASCII becomes an octal escape of three digits (so
/// that a digit behind it is not drawn into it), and `?` behind `?` is escaped (trigraphs). A text
/// of several lines, or a long one, becomes adjacent literals, one a line; the second and later
/// lines begin with `indent` blanks.
std::string string_literal(std::string_view text, std::size_t indent = 0);

/// The same for bytes that nobody reads, in few characters.
std::string data_literal(std::string_view bytes, std::size_t indent);

/// A file name as `#line` wants it, quotes included. Quotes and backslashes are escaped; control
/// characters, which no compiler accepts there, become '?'.
std::string quoted_file_name(std::string_view name);

/// `text` made an identifier: bytes that can't stand in one become '_', a leading digit gets a '_'
/// in front, a keyword or a macro one behind. Never empty.
std::string to_identifier(std::string_view text);

/// Writes one C++ file: lines, indentation, and pieces that compilers report in another file.
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
  /// Pieces that stand farther right in their line keep their line but not their column: a page of
  /// one line of a megabyte must not become gigabytes of blanks.
  static constexpr std::uint32_t kMaxColumn = 1000;

  /// @param file_name  This file as `#line` names it, "views/entry.cpp".
  explicit CppWriter(std::string file_name);

  /// One line at the current indentation; an empty one if `text` is empty. Several lines are each
  /// indented, those that begin with '#' are not. Returns to this file's own numbering if the lines
  /// before were mapped.
  void line(std::string_view text = {});
  /// A line ("void f() {") behind which everything is indented by two more.
  void open(std::string_view text);
  /// Indents what follows: an open() whose line was mapped().
  void indent() { indent_ += 2; }
  /// Ends an open(): one step back, then `text`.
  void close(std::string_view text = "}");

  /// C++ from another file: the first byte of `text` is reported at `position` of `file`, and its
  /// later lines at the lines that follow there. `before` goes directly in front of it, on a line
  /// of its own (with the same number) if there are too few columns.
  void mapped(std::string_view file, lang::Position position, std::string_view before,
              std::string_view text);
  /// The same, closed by `after`, which is reported at `end`. It shares the line of `text` where it
  /// can: not behind a `//` comment, nor when `text` has several lines.
  void mapped(std::string_view file, lang::Position position, std::string_view before,
              std::string_view text, lang::Position end, std::string_view after);

  /// `includer` includes `file` in its line `line`: what is mapped to `file` until leave_file() is
  /// reported with "In file included from includer:line". Only where the compiler accepts it
  /// silently: `condition` is what stands behind `#if`.
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
  std::optional<std::string> mapped_file_;  ///< The other file in which the compiler counts now.
};

}  // namespace bora::compiler
