#pragma once

// Splits C++ text into tokens: just enough to know where a literal or a comment ends, which words
// are identifiers, and how brackets nest. The C++ compiler does the real reading.

#include <cstdint>
#include <string_view>
#include <vector>

#include "templates-lang/source_text.h"

namespace bora::lang {

struct CppToken {
  enum class Kind {
    identifier,  ///< keywords too: `in`, `auto`, `x`
    number,      ///< with its digit separators and suffix: `1'000ull`
    string,      ///< with its prefix and suffix: `u8"x"sv`
    raw_string,  ///< `R"x(…)x"`
    character,
    comment,      ///< to the end of the line (without it), or `/* … */`
    punctuation,  ///< one operator: `==`, `::`, `->`; brackets and `<`, `>` one by one
    unknown,      ///< a byte that is not C++: `@`, `` ` ``, `#`, `\`
    end
  };
  Kind kind = Kind::end;
  Span span;
  bool is_closed = true;  ///< false for a literal or comment whose end is missing
};

/// Reads the C++ tokens of a part of a file, and skips white space.
///
/// An unclosed string or character ends before its line's end; an unclosed raw string or `/*`
/// reaches to the end of the part.
class CppScanner {
 public:
  CppScanner(std::string_view text, Span part) : text_(text.substr(0, part.end)), at_(part.begin) {}

  CppToken next();

  /// The place where the search for the next token begins; white space may precede the token.
  [[nodiscard]] std::uint32_t position() const { return at_; }
  void set_position(std::uint32_t position) { at_ = position; }

 private:
  [[nodiscard]] char peek(std::uint32_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void skip_blanks();
  void skip_word();
  void skip_number();
  void skip_operator();
  void skip_line_comment();
  bool skip_block_comment();
  bool skip_quoted(char quote);
  bool skip_raw_string();
  CppToken word_or_literal(std::uint32_t begin);
  CppToken quoted(std::uint32_t begin);

  std::string_view text_;
  std::uint32_t at_ = 0;
};

/// Returns all tokens of `part` except comments and the end.
std::vector<CppToken> scan_cpp(std::string_view text, Span part);

/// Returns `part` without the white space and comments around its code; empty, at `part.begin`, if
/// there is no code.
Span trim_cpp(std::string_view text, Span part);

/// Whether `text` is an identifier of C++. Non-ASCII bytes count as letters, and keywords as
/// identifiers.
bool is_identifier(std::string_view text);

/// Whether `word` can't be a name in C++20: a keyword or an alternative spelling of an operator.
bool is_cpp_keyword(std::string_view word);

}  // namespace bora::lang
