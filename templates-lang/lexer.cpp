#include "templates-lang/lexer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "templates-lang/characters.h"
#include "templates-lang/codes.h"
#include "templates-lang/cpp_scanner.h"
#include "templates-lang/utf8.h"

namespace bora::lang {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::uint32_t offset(std::size_t at) {
  return static_cast<std::uint32_t>(at);
}

bool is_opening(char c) {
  return c == '(' || c == '[' || c == '{';
}
bool is_closing(char c) {
  return c == ')' || c == ']' || c == '}';
}
char closing_of(char c) {
  return c == '(' ? ')' : c == '[' ? ']' : '}';
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

/// Finds the end of one `{{ … }}` or `{% … %}`, and reports at most one slip inside it: behind it
/// brackets and literals can't be trusted any more, and the first closer ends the tag.
class TagScanner {
 public:
  struct Result {
    std::uint32_t content_end = 0;
    std::uint32_t end = 0;  ///< Behind the closer; where lexing goes on.
    bool is_closed = true;
    bool is_damaged = false;
  };

  /// @param content  Where C++ begins: behind the braces and a directive's name or file.
  TagScanner(const SourcePtr& source, DiagnosticSink& sink, Span open, std::uint32_t content)
      : source_(source),
        text_(source->text()),
        sink_(sink),
        open_(open),
        is_expression_(source->text(open) == "{{"),
        closer_(is_expression_ ? "}}" : "%}"),
        here_(content),
        scanner_(source->text(), {content, offset(source->text().size())}) {}

  Result scan();

 private:
  bool at(std::string_view what) const { return text_.substr(here_, what.size()) == what; }
  bool is_over() const { return here_ >= text_.size() || at("{%"); }
  bool closes_here() const;
  bool has_other_closer() const { return at("%}") || (at("}}") && brackets_.empty()); }
  bool has_lost_a_brace() const;
  void take(const CppToken& token);
  void take_comment(const CppToken& token);
  void take_bracket(std::uint32_t where);

  Result close(std::uint32_t content_end) {
    return {content_end, content_end + 2, true, is_damaged_};
  }
  // After a report; where that laid the blame on an earlier string, the tag ends earlier, too.
  Result close_damaged(std::uint32_t content_end) {
    return swallower_ ? give_up() : close(content_end);
  }
  Result leave_open();
  Result give_up();

  Diagnostic error(const char* code, Span span, std::string message, std::string help = {}) const;
  void note_bracket(Diagnostic& diagnostic, const char* what) const;
  void report(Diagnostic diagnostic);
  void report_unclosed_literal(const CppToken& token);
  void report_unclosed_bracket(std::uint32_t where);
  void report_wrong_closer();

  const SourcePtr& source_;
  std::string_view text_;
  DiagnosticSink& sink_;
  Span open_;
  bool is_expression_;
  std::string_view closer_;
  std::uint32_t here_;
  CppScanner scanner_;
  std::vector<std::uint32_t> brackets_;  // Offsets of those that are open.
  std::uint32_t last_closed_ = 0;        // The bracket that was closed last…
  std::uint32_t last_closed_at_ = 0;     // …and where.
  std::optional<CppToken> swallower_;    // The first string that holds a closer of this tag.
  bool is_damaged_ = false;
};

TagScanner::Result TagScanner::scan() {
  while (!is_damaged_) {
    here_ = scanner_.position();
    while (here_ < text_.size() && is_blank(text_[here_])) ++here_;
    scanner_.set_position(here_);
    if (is_over()) return leave_open();
    if (closes_here()) {
      if (brackets_.empty()) return close(here_);
      report_unclosed_bracket(brackets_.back());
      return close_damaged(here_);
    }
    if (has_other_closer()) {
      report_wrong_closer();
      return close_damaged(here_);
    }
    if (has_lost_a_brace()) {
      report_unclosed_bracket(last_closed_);
      return close_damaged(last_closed_at_);
    }
    take(scanner_.next());
  }
  return give_up();
}

// A `}}` may be the ends of two brackets; `%}` is never C++.
bool TagScanner::closes_here() const {
  const bool may_be_brackets = is_expression_ && !brackets_.empty();
  return at(closer_) && !(may_be_brackets && text_[brackets_.back()] == '{');
}

// `{{ T{1 }}`: the bracket has taken the first brace of the closer. If another closer follows in
// the line, the brace is one too many instead.
bool TagScanner::has_lost_a_brace() const {
  if (!is_expression_ || !at("}") || !brackets_.empty() || last_closed_at_ + 1 != here_)
    return false;
  const std::string_view rest = source_->text({here_ + 1, offset(text_.size())});
  const std::string_view line = rest.substr(0, rest.find('\n'));
  return line.substr(0, line.find("{{")).find("}}") == std::string_view::npos;
}

void TagScanner::take(const CppToken& token) {
  const char c = text_[token.span.begin];
  if (!token.is_closed) {
    report_unclosed_literal(token);
  } else if (token.kind == CppToken::Kind::comment) {
    take_comment(token);
  } else if (token.kind == CppToken::Kind::string || token.kind == CppToken::Kind::character) {
    const bool holds_closer = source_->text(token.span).find(closer_) != std::string_view::npos;
    if (holds_closer && !swallower_) swallower_ = token;
  } else if (token.span.size() == 1 && (is_opening(c) || is_closing(c))) {
    take_bracket(token.span.begin);
  }
}

// Outside brackets a line comment ends at the closer, if one is in its line.
void TagScanner::take_comment(const CppToken& token) {
  const std::string_view comment = source_->text(token.span);
  const std::size_t closer = comment.find(closer_);
  if (!brackets_.empty() || !comment.starts_with("//") || closer == std::string_view::npos) return;
  scanner_.set_position(token.span.begin + offset(closer));
}

void TagScanner::take_bracket(std::uint32_t where) {
  const std::string_view bracket = text_.substr(where, 1);
  if (is_opening(bracket[0])) {
    brackets_.push_back(where);
    return;
  }
  if (!brackets_.empty() && closing_of(text_[brackets_.back()]) == bracket[0]) {
    last_closed_ = brackets_.back();
    last_closed_at_ = where;
    brackets_.pop_back();
    return;
  }
  Diagnostic found = error(codes::kBracketClosesNothing, {where, where + 1},
                           quoted(bracket) + " closes nothing in this tag");
  if (!brackets_.empty()) {
    found.message =
        quoted(bracket) + " does not close " + quoted(text_.substr(brackets_.back(), 1));
    note_bracket(found, " opened here");
  }
  report(std::move(found));
}

// The tag runs into the next directive or the end of the file. What stands behind its first line is
// rather text than C++.
TagScanner::Result TagScanner::leave_open() {
  if (!is_damaged_) {
    Diagnostic found =
        error(codes::kTagNotClosed, open_, quoted(source_->text(open_)) + " is never closed",
              "end the tag with " + quoted(closer_));
    if (!brackets_.empty()) note_bracket(found, " is not closed either");
    report(std::move(found));
    if (swallower_) return give_up();
  }
  const std::size_t line_end = std::min(text_.find('\n', open_.end), text_.size());
  const std::uint32_t end = std::max(open_.end, std::min(here_, offset(line_end)));
  return {end, end, false, true};
}

TagScanner::Result TagScanner::give_up() {
  for (here_ = scanner_.position(); !is_over(); ++here_) {
    if (at("%}") || (is_expression_ && at("}}"))) return close(here_);
  }
  return leave_open();
}

Diagnostic TagScanner::error(const char* code, Span span, std::string message,
                             std::string help) const {
  return {code, Severity::error, source_, span, std::move(message), std::move(help), {}, {}};
}

void TagScanner::note_bracket(Diagnostic& diagnostic, const char* what) const {
  const Span bracket{brackets_.back(), brackets_.back() + 1};
  diagnostic.notes.push_back({source_, bracket, quoted(source_->text(bracket)) + what});
}

// In a tag that is broken, a string with a closer in it is the likely culprit: `{{ f("x) }}">` goes
// on to the next quote. Then everything behind its opening was read wrongly.
void TagScanner::report(Diagnostic diagnostic) {
  is_damaged_ = true;
  if (!swallower_) return sink_.report(std::move(diagnostic));
  const Span span = swallower_->span;
  const std::uint32_t quote = offset(source_->text(span).find_first_of("\"'"));
  sink_.report(error(codes::kLiteralNotClosed, {span.begin, span.begin + quote + 1},
                     "the string that begins here runs over " + quoted(closer_),
                     "is its closing quote missing?"));
  scanner_.set_position(span.begin + quote + 1);
}

// How much of what follows belongs to the literal nobody knows: looking for the closer goes on
// right behind its opening.
void TagScanner::report_unclosed_literal(const CppToken& token) {
  const bool is_comment = token.kind == CppToken::Kind::comment;
  const char* what = is_comment                                 ? "comment"
                     : token.kind == CppToken::Kind::raw_string ? "raw string"
                     : token.kind == CppToken::Kind::character  ? "character literal"
                                                                : "string";
  const std::string_view text = source_->text(token.span);
  const std::uint32_t opening = is_comment ? 2 : offset(text.find_first_of("\"'") + 1);
  const Span span{token.span.begin, token.span.begin + opening};
  report(error(codes::kLiteralNotClosed, span,
               "the " + std::string(what) + " that begins here is never closed",
               is_comment ? "end it with '*/'" : ""));
  if (!swallower_) scanner_.set_position(span.end);
}

void TagScanner::report_unclosed_bracket(std::uint32_t where) {
  const std::string_view bracket = text_.substr(where, 1);
  const std::string closing(1, closing_of(bracket[0]));
  report(error(codes::kBracketNotClosed, {where, where + 1},
               quoted(bracket) + " is never closed in this tag",
               "add " + quoted(closing) + " before " + quoted(closer_)));
}

void TagScanner::report_wrong_closer() {
  report(error(codes::kWrongCloser, {here_, here_ + 2},
               quoted(source_->text(open_)) + " is closed by " + quoted(text_.substr(here_, 2)),
               "write " + quoted(closer_)));
}

class Lexer {
 public:
  Lexer(const SourcePtr& source, DiagnosticSink& sink)
      : source_(source), text_(source->text()), sink_(sink) {}

  std::vector<Token> run();

 private:
  // A tag that is never closed makes the scanner read to the end of the file. After so many of them
  // the rest is taken for text, or a hostile file would cost quadratic time.
  static constexpr int kMaxUnclosedTags = 8;

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
  int unclosed_tags_ = 0;
};

std::vector<Token> Lexer::run() {
  if (text_.starts_with(kByteOrderMark)) at_ = offset(kByteOrderMark.size());
  if (check_bytes()) {
    while (at_ < text_.size() && unclosed_tags_ < kMaxUnclosedTags) {
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

// Reports the first byte of each kind only: where one is wrong, thousands are. A file with NUL
// bytes is no text at all; one with a stray Latin-1 letter is worth reading on.
bool Lexer::check_bytes() {
  const bool is_utf16 = text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF");
  const std::size_t invalid = find_invalid_utf8(text_);
  const std::size_t nul = text_.find('\0');
  if (is_utf16 || invalid < nul) {
    sink_.report(
        {codes::kInvalidUtf8,
         Severity::error,
         source_,
         {offset(invalid), offset(invalid + 1)},
         "this byte is not valid UTF-8",
         is_utf16 ? "the file looks like UTF-16; save it as UTF-8" : "save the file as UTF-8",
         {},
         {}});
  }
  if (is_utf16 || nul == std::string_view::npos) return !is_utf16;
  sink_.report({codes::kNulByte,
                Severity::error,
                source_,
                {offset(nul), offset(nul + 1)},
                "a template can't hold a NUL byte",
                "is this a binary file?",
                {},
                {}});
  return false;
}

// The next brace pair that opens a tag; of a row of '{' the last two.
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
  sink_.report({codes::kCommentNotClosed,
                Severity::error,
                source_,
                open,
                "'{#' is never closed",
                "end the comment with '#}', or write '{#!' for the two characters",
                {},
                {}});
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

  const std::size_t close = text_.find("%}", end);
  if (name == "comment" && close != std::string_view::npos) {
    at_ = offset(close + 2);
    return;
  }
  // What follows `end` is a remark as often as C++: {% end of the user's list %}.
  if (name == "end" && close != std::string_view::npos) {
    finish_tag(token, {offset(close), offset(close + 2), true, false}, end);
    return;
  }
  TagScanner scanner(source_, sink_, open, skip_file_operand(name, end));
  finish_tag(token, scanner.scan(), end);
}

void Lexer::finish_tag(Token token, const TagScanner::Result& result, std::uint32_t content) {
  token.span.end = result.end;
  token.content = trim_blanks({content, std::max(content, result.content_end)});
  token.is_damaged = result.is_damaged;
  if (!result.is_closed) ++unclosed_tags_;
  tokens_.push_back(token);
  at_ = result.end;
}

// A file's name is no C++: `//` in it opens no comment, and its quotes are optional.
std::uint32_t Lexer::skip_file_operand(std::string_view directive, std::uint32_t from) const {
  const bool is_file = directive == "extends" || directive == "include";
  const bool is_header = directive == "import" || directive == "from";
  const std::uint32_t begin = skip_blanks(from);
  if ((!is_file && !is_header) || begin >= text_.size()) return from;

  const char first = text_[begin];
  const bool is_quoted = first == '"' || first == '\'';
  if (is_quoted || (is_header && first == '<')) {
    const char last = is_quoted ? first : '>';
    const std::size_t close = text_.find_first_of(std::string{last, '\n'}, begin + 1);
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
