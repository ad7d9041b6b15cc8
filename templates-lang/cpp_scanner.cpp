#include "templates-lang/cpp_scanner.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "templates-lang/characters.h"

namespace bora::lang {
namespace {

// Sorted, for the binary search.
constexpr auto kKeywords =
    std::to_array<std::string_view>({"alignas",       "alignof",     "and",
                                     "and_eq",        "asm",         "auto",
                                     "bitand",        "bitor",       "bool",
                                     "break",         "case",        "catch",
                                     "char",          "char16_t",    "char32_t",
                                     "char8_t",       "class",       "co_await",
                                     "co_return",     "co_yield",    "compl",
                                     "concept",       "const",       "const_cast",
                                     "consteval",     "constexpr",   "constinit",
                                     "continue",      "decltype",    "default",
                                     "delete",        "do",          "double",
                                     "dynamic_cast",  "else",        "enum",
                                     "explicit",      "export",      "extern",
                                     "false",         "float",       "for",
                                     "friend",        "goto",        "if",
                                     "inline",        "int",         "long",
                                     "mutable",       "namespace",   "new",
                                     "noexcept",      "not",         "not_eq",
                                     "nullptr",       "operator",    "or",
                                     "or_eq",         "private",     "protected",
                                     "public",        "register",    "reinterpret_cast",
                                     "requires",      "return",      "short",
                                     "signed",        "sizeof",      "static",
                                     "static_assert", "static_cast", "struct",
                                     "switch",        "template",    "this",
                                     "thread_local",  "throw",       "true",
                                     "try",           "typedef",     "typeid",
                                     "typename",      "union",       "unsigned",
                                     "using",         "virtual",     "void",
                                     "volatile",      "wchar_t",     "while",
                                     "xor",           "xor_eq"});
static_assert(std::ranges::is_sorted(kKeywords));

// An operator comes before those that are its beginning. '<' and '>' are tokens of their own unless
// they are part of a comparison or an assignment, since `vector<vector<int>>` closes two lists.
constexpr auto kOperators = std::to_array<std::string_view>(
    {"<=>", "<<=", ">>=", "->*", "...", "::", "->", "==", "!=", "<=", ">=", "+=",
     "-=",  "*=",  "/=",  "%=",  "^=",  "&=", "|=", "++", "--", "&&", "||", ".*"});

constexpr std::string_view kPunctuation = "+-*/%^&|~!=<>?:;,.()[]{}";

bool is_raw_prefix(std::string_view word) {
  return word == "R" || word == "u8R" || word == "uR" || word == "UR" || word == "LR";
}

bool is_literal_prefix(std::string_view word) {
  return word == "u8" || word == "u" || word == "U" || word == "L";
}

}  // namespace

CppToken CppScanner::next() {
  skip_blanks();
  const std::uint32_t begin = at_;
  auto token = [&](CppToken::Kind kind, bool is_closed = true) {
    return CppToken{kind, {begin, at_}, is_closed};
  };
  if (at_ >= text_.size()) return token(CppToken::Kind::end);

  const char c = peek();
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
    skip_number();
    return token(CppToken::Kind::number);
  }
  if (is_word_byte(c)) return word_or_literal(begin);
  if (c == '"' || c == '\'') return quoted(begin);
  if (c == '/' && peek(1) == '/') {
    skip_line_comment();
    return token(CppToken::Kind::comment);
  }
  if (c == '/' && peek(1) == '*') {
    const bool is_closed = skip_block_comment();
    return token(CppToken::Kind::comment, is_closed);
  }
  if (kPunctuation.find(c) != std::string_view::npos) {
    skip_operator();
    return token(CppToken::Kind::punctuation);
  }
  ++at_;
  return token(CppToken::Kind::unknown);
}

CppToken CppScanner::word_or_literal(std::uint32_t begin) {
  skip_word();
  const std::string_view word = text_.substr(begin, at_ - begin);
  if (peek() == '"' && is_raw_prefix(word)) {
    const bool is_closed = skip_raw_string();
    return {CppToken::Kind::raw_string, {begin, at_}, is_closed};
  }
  if ((peek() == '"' || peek() == '\'') && is_literal_prefix(word)) return quoted(begin);
  return {CppToken::Kind::identifier, {begin, at_}, true};
}

CppToken CppScanner::quoted(std::uint32_t begin) {
  const auto kind = peek() == '"' ? CppToken::Kind::string : CppToken::Kind::character;
  const bool is_closed = skip_quoted(peek());
  return {kind, {begin, at_}, is_closed};
}

void CppScanner::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

void CppScanner::skip_word() {
  while (at_ < text_.size() && is_word_byte(text_[at_])) ++at_;
}

// Skips a preprocessing number, which is one token for the compiler, so that the quote in 1'000
// opens no character.
void CppScanner::skip_number() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const bool is_exponent = c == 'e' || c == 'E' || c == 'p' || c == 'P';
    if (is_exponent && (peek(1) == '+' || peek(1) == '-')) {
      at_ += 2;
    } else if (is_word_byte(c) || c == '.') {
      ++at_;
    } else if (c == '\'' && is_word_byte(peek(1))) {
      at_ += 2;
    } else {
      return;
    }
  }
}

void CppScanner::skip_operator() {
  constexpr std::string_view kAlwaysSingle = "()[]{},;?~";
  if (kAlwaysSingle.find(peek()) == std::string_view::npos) {
    for (std::string_view op : kOperators) {
      if (text_.substr(at_, op.size()) != op) continue;
      at_ += static_cast<std::uint32_t>(op.size());
      return;
    }
  }
  ++at_;
}

// A backslash at the line's end makes the next line part of the comment.
void CppScanner::skip_line_comment() {
  while (at_ < text_.size() && text_[at_] != '\n') {
    if (text_[at_] == '\\' && peek(1) == '\r' && peek(2) == '\n') at_ += 2;
    if (text_[at_] == '\\' && peek(1) == '\n') ++at_;
    ++at_;
  }
  at_ = std::min(at_, static_cast<std::uint32_t>(text_.size()));
}

bool CppScanner::skip_block_comment() {
  const std::size_t close = text_.find("*/", at_ + 2);
  const bool is_closed = close != std::string_view::npos;
  at_ = static_cast<std::uint32_t>(is_closed ? close + 2 : text_.size());
  return is_closed;
}

bool CppScanner::skip_quoted(char quote) {
  ++at_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n' || (c == '\r' && peek(1) == '\n')) return false;
    ++at_;
    if (c == quote) {
      skip_word();  // "12"s, 'x'_c
      return true;
    }
    if (c == '\\' && at_ < text_.size()) at_ += peek() == '\r' && peek(1) == '\n' ? 2 : 1;
  }
  return false;
}

bool CppScanner::skip_raw_string() {
  constexpr std::size_t kMaxDelimiter = 16;  // [lex.string]
  const std::size_t delimiter_begin = at_ + 1;
  const std::size_t open = text_.find_first_of("() \\\t\v\f\n\r", delimiter_begin);
  at_ = static_cast<std::uint32_t>(std::min(delimiter_begin, text_.size()));
  if (open == std::string_view::npos || text_[open] != '(') return false;
  if (open - delimiter_begin > kMaxDelimiter) return false;

  const std::string_view delimiter = text_.substr(delimiter_begin, open - delimiter_begin);
  const std::string closer = ")" + std::string(delimiter) + "\"";
  const std::size_t close = text_.find(closer, open);
  const bool is_closed = close != std::string_view::npos;
  at_ = static_cast<std::uint32_t>(is_closed ? close + closer.size() : text_.size());
  if (is_closed) skip_word();
  return is_closed;
}

std::vector<CppToken> scan_cpp(std::string_view text, Span part) {
  std::vector<CppToken> tokens;
  CppScanner scanner(text, part);
  for (CppToken t = scanner.next(); t.kind != CppToken::Kind::end; t = scanner.next()) {
    if (t.kind != CppToken::Kind::comment) tokens.push_back(t);
  }
  return tokens;
}

Span trim_cpp(std::string_view text, Span part) {
  Span trimmed{part.begin, part.begin};
  bool is_empty = true;
  CppScanner scanner(text, part);
  for (CppToken t = scanner.next(); t.kind != CppToken::Kind::end; t = scanner.next()) {
    if (t.kind == CppToken::Kind::comment) continue;
    if (is_empty) trimmed.begin = t.span.begin;
    trimmed.end = t.span.end;
    is_empty = false;
  }
  return trimmed;
}

bool is_identifier(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, is_word_byte);
}

bool is_cpp_keyword(std::string_view word) {
  return std::ranges::binary_search(kKeywords, word);
}

}  // namespace bora::lang
