#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "templates-lang/source_text.h"

namespace bora::compiler {

/// `text` as a C++ string literal, quotes included: `"a\n"`.
///
/// Every byte survives: what is not printable ASCII becomes an octal escape (always three digits, so
/// the text behind it can't be drawn into it), `?` behind `?` is escaped (trigraphs). A text of more
/// than one line or more than 100 bytes is split into adjacent literals, each on its own line that
/// begins with `indent` blanks; the first one too stands where the caller's line goes on.
std::string string_literal(std::string_view text, std::size_t indent = 0);

/// A file name as `#line` wants it, quotes included. Quotes and backslashes are escaped; control
/// characters, which no compiler accepts there, become '?'.
std::string quoted_file_name(std::string_view name);

/// Whether `word` is a keyword of C++20 (alternative tokens such as `and` included).
bool is_cpp_keyword(std::string_view word);

/// `text` made an identifier: characters that can't stand in one become '_', one that would begin with
/// a digit gets a '_' in front, a keyword one behind. Never empty.
std::string to_identifier(std::string_view text);

/// Writes one C++ file: lines, indentation, and pieces that compilers report in another file.
///
///     writer.open("void f() {");                       // void f() {
///     writer.line("g();");                             //   g();
///     writer.mapped("a.html", {7, 12}, "o(", "x.y");   // #line 7 "a.html"
///                                                      //          o(x.y         <- x at column 12
///     writer.mapped("a.html", {7, 16}, "", ");");      // #line 7 "a.html"
///                                                      //                );
///     writer.close();                                  // #line 9 "a.cpp"
///                                                      // }
///
/// The first line() behind mapped pieces returns to this file's own numbering by itself.
class CppWriter {
 public:
  /// @param file_name  This file as `#line` names it, "views/entry.cpp".
  explicit CppWriter(std::string file_name);

  /// One line at the current indentation; empty: an empty line. `text` may hold several lines, which
  /// are all indented. Lines that begin with '#' are not indented.
  void line(std::string_view text = {});
  /// A line ("void f() {", "public:") behind which everything is indented by two more.
  void open(std::string_view text);
  /// Ends an open(): one step back, then `text`.
  void close(std::string_view text = "}");

  /// C++ from another file: `text` is emitted so that its first byte is reported at `position` of
  /// `file`, and later lines of it at the lines behind. `before` is put directly in front of `text`; on
  /// a line of its own (with the same number) if the columns in front of `position` are too few for it.
  void mapped(std::string_view file, lang::Position position, std::string_view before,
              std::string_view text);

  /// The number of the line that is written next.
  [[nodiscard]] std::uint32_t next_line() const { return next_line_; }

  /// Everything written so far, ending in a newline.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void raw_line(std::string_view text);
  void leave_mapping();

  std::string file_name_;
  std::string text_;
  std::size_t indent_ = 0;
  std::uint32_t next_line_ = 1;
  bool is_mapped_ = false;  ///< The compiler counts in another file just now.
};

}  // namespace bora::compiler
