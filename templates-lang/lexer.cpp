#include "templates-lang/lexer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "templates-lang/characters.h"
#include "templates-lang/codes.h"
#include "templates-lang/tag_scanner.h"
#include "templates-lang/utf8.h"

namespace bora::lang {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::uint32_t offset(std::size_t at) {
  return static_cast<std::uint32_t>(at);
}

class Lexer {
 public:
  Lexer(const SourcePtr& source, DiagnosticSink& sink)
      : source_(source), text_(source->text()), sink_(sink) {}

  std::vector<Token> run();

 private:
  // A tag that is never closed, or a raw string in one, makes the scanner read to the end of the
  // file. After this number of them the rest counts as text, because a hostile file would take
  // quadratic time.
  static constexpr std::size_t kMaxUnclosedTags = 8;
  static constexpr std::size_t kMaxDamagedTags = DiagnosticSink::kMaxDiagnostics;

  [[nodiscard]] bool gives_up() const {
    return unclosed_tags_ >= kMaxUnclosedTags || damaged_tags_ >= kMaxDamagedTags;
  }

  bool check_bytes();
  std::size_t find_tag(std::size_t from) const;
  void lex_tag();
  void lex_comment(Span open);
  void lex_expression(Span open);
  void lex_directive(Span open);
  void finish_tag(Token token, const TagScanner::Result& result, std::uint32_t content);
  std::uint32_t skip_file_operand(std::string_view directive, std::uint32_t from) const;
  std::uint32_t skip_blanks(std::uint32_t from) const;
  Span trim_blanks(Span span) const;
  void add_text(std::size_t end);

  const SourcePtr& source_;
  std::string_view text_;
  DiagnosticSink& sink_;
  std::vector<Token> tokens_;
  std::uint32_t at_ = 0;
  std::size_t unclosed_tags_ = 0;
  std::size_t damaged_tags_ = 0;
};

std::vector<Token> Lexer::run() {
  if (text_.starts_with(kByteOrderMark)) at_ = offset(kByteOrderMark.size());
  if (check_bytes()) {
    while (at_ < text_.size() && !gives_up()) {
      const std::size_t tag = find_tag(at_);
      add_text(tag);
      if (tag < text_.size()) lex_tag();
    }
    add_text(text_.size());
  }
  tokens_.push_back(
      {Token::Kind::end, {offset(text_.size()), offset(text_.size())}, {}, {}, false});
  return std::move(tokens_);
}

// Reports only the first wrong byte of each kind, since there may be thousands. Returns false for
// UTF-16 and for NUL bytes, which are no text at all; a file with a stray Latin-1 letter is read.
bool Lexer::check_bytes() {
  const bool is_utf16 = text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF");
  const std::size_t invalid = find_invalid_utf8(text_);
  const std::size_t nul = text_.find('\0');
  if (is_utf16 || invalid < nul) {
    sink_.report(error_at(
        codes::kInvalidUtf8, source_, {offset(invalid), offset(invalid + 1)},
        "this byte is not valid UTF-8",
        is_utf16 ? "the file looks like UTF-16; save it as UTF-8" : "save the file as UTF-8"));
  }
  if (is_utf16 || nul == std::string_view::npos) return !is_utf16;
  sink_.report(error_at(codes::kNulByte, source_, {offset(nul), offset(nul + 1)},
                        "a template can't hold a NUL byte", "is this a binary file?"));
  return false;
}

// Returns the next pair of braces that opens a tag. In a row of '{', it is the last two.
std::size_t Lexer::find_tag(std::size_t from) const {
  for (std::size_t at = text_.find('{', from); at != std::string_view::npos;
       at = text_.find('{', at + 1)) {
    const char second = at + 1 < text_.size() ? text_[at + 1] : '\0';
    const bool is_row = second == '{' && at + 2 < text_.size() && text_[at + 2] == '{';
    if ((second == '{' && !is_row) || second == '%' || second == '#') return at;
  }
  return text_.size();
}

void Lexer::lex_tag() {
  const Span open{at_, at_ + 2};
  const bool is_escaped = open.end < text_.size() && text_[open.end] == '!';
  if (is_escaped) {
    add_text(open.end);
    at_ = open.end + 1;
  } else if (text_[at_ + 1] == '#') {
    lex_comment(open);
  } else if (text_[at_ + 1] == '{') {
    lex_expression(open);
  } else {
    lex_directive(open);
  }
}

void Lexer::lex_comment(Span open) {
  const std::size_t close = text_.find("#}", open.end);
  if (close != std::string_view::npos) {
    at_ = offset(close + 2);
    return;
  }
  sink_.report(error_at(codes::kCommentNotClosed, source_, open, "'{#' is never closed",
                        "end the comment with '#}', or write '{#!' for the two characters"));
  ++unclosed_tags_;
  at_ = offset(std::min(text_.find('\n', open.end), text_.size()));
}

void Lexer::lex_expression(Span open) {
  TagScanner scanner(source_, sink_, open, open.end);
  finish_tag({Token::Kind::expression, open, {}, {}, false}, scanner.scan(), open.end);
}

void Lexer::lex_directive(Span open) {
  const std::uint32_t begin = skip_blanks(open.end);
  std::uint32_t end = begin;
  while (end < text_.size() && is_word_byte(text_[end])) ++end;
  const Token token{Token::Kind::directive, open, {begin, end}, {}, false};
  const std::string_view name = source_->text(token.name);

  // These tags have no C++: {% comment don't %}, {% end of the user's list %}.
  if (name == "comment" || name == "end") {
    const std::size_t close = text_.find("%}", end);
    if (close != std::string_view::npos) {
      if (name == "end") finish_tag(token, {offset(close), offset(close + 2), true, false}, end);
      at_ = offset(close + 2);
      return;
    }
  }
  TagScanner scanner(source_, sink_, open, skip_file_operand(name, end));
  finish_tag(token, scanner.scan(), end);
}

void Lexer::finish_tag(Token token, const TagScanner::Result& result, std::uint32_t content) {
  token.span.end = result.end;
  token.content = trim_blanks({content, std::max(content, result.content_end)});
  token.is_damaged = result.is_damaged;
  if (!result.is_closed) ++unclosed_tags_;
  if (result.is_damaged) ++damaged_tags_;
  tokens_.push_back(token);
  at_ = result.end;
}

// Skips the name of a file, which is no C++: `//` in it opens no comment, and its quotes are
// optional.
std::uint32_t Lexer::skip_file_operand(std::string_view directive, std::uint32_t from) const {
  const bool is_file = directive == "extends" || directive == "include";
  const bool is_header = directive == "import" || directive == "from";
  const std::uint32_t begin = skip_blanks(from);
  if ((!is_file && !is_header) || begin >= text_.size()) return from;

  const char first = text_[begin];
  const bool is_quoted = first == '"' || first == '\'';
  if (is_quoted || (is_header && first == '<')) {
    const char last = is_quoted ? first : '>';
    const std::string_view ends = is_quoted ? first == '"' ? "\"\n" : "'\n" : ">\n%";
    const std::size_t close = text_.find_first_of(ends, begin + 1);
    const bool is_closed = close != std::string_view::npos && text_[close] == last;
    return is_closed ? offset(close + 1) : from;
  }
  std::uint32_t end = from;
  if (is_file) {
    end = begin;
    while (end < text_.size() && !is_blank(text_[end]) && text_.substr(end, 2) != "%}") ++end;
  }
  return end;
}

std::uint32_t Lexer::skip_blanks(std::uint32_t from) const {
  while (from < text_.size() && is_blank(text_[from])) ++from;
  return from;
}

Span Lexer::trim_blanks(Span span) const {
  while (span.begin < span.end && is_blank(text_[span.begin])) ++span.begin;
  while (span.begin < span.end && is_blank(text_[span.end - 1])) --span.end;
  return span;
}

void Lexer::add_text(std::size_t end) {
  if (end > at_) tokens_.push_back({Token::Kind::text, {at_, offset(end)}, {}, {}, false});
  at_ = offset(end);
}

}  // namespace

std::vector<Token> lex(const SourcePtr& source, DiagnosticSink& sink) {
  return Lexer(source, sink).run();
}

}  // namespace bora::lang
