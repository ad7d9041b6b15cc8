#include "templates-lang/tag_scanner.h"

#include <algorithm>
#include <utility>

#include "templates-lang/characters.h"
#include "templates-lang/codes.h"

namespace bora::lang {
namespace {

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

}  // namespace

TagScanner::TagScanner(const SourcePtr& source, DiagnosticSink& sink, Span open,
                       std::uint32_t content)
    : source_(source),
      text_(source->text()),
      sink_(sink),
      open_(open),
      is_expression_(source->text(open) == "{{"),
      closer_(is_expression_ ? "}}" : "%}"),
      here_(content),
      scanner_(source->text(), {content, offset(source->text().size())}) {}

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
      report_wrong_closer(2);
      return close_damaged(here_);
    }
    if (at("}") && brackets_.empty() && !has_closer_in_line()) {
      if (is_expression_ && last_closed_at_ + 1 == here_) {  // in {{ T{1 }}, the bracket has taken
                                                             // the first brace
        report_unclosed_bracket(last_closed_);
        return close_damaged(last_closed_at_);
      }
      report_wrong_closer(1);
      return close_damaged(here_);
    }
    if (at("//") && brackets_.empty()) {
      skip_line_comment();
    } else {
      take(scanner_.next());
    }
  }
  return give_up();
}

// A `}}` may be the ends of two brackets; `%}` is never C++.
bool TagScanner::closes_here() const {
  const bool may_be_brackets = is_expression_ && !brackets_.empty();
  return at(closer_) && !(may_be_brackets && text_[brackets_.back()] == '{');
}

// Whether a surplus brace is the only mistake, because a closer of this tag follows in its line.
bool TagScanner::has_closer_in_line() const {
  constexpr std::size_t kFarEnough = 500;  // a page may be one line of megabytes
  const std::string_view rest = text_.substr(here_ + 1, kFarEnough);
  const std::string_view line = rest.substr(0, rest.find('\n'));
  const std::size_t next_tag = std::min(line.find("{{"), line.find("{%"));
  return line.substr(0, next_tag).find(closer_) != std::string_view::npos;
}

void TagScanner::take(const CppToken& token) {
  const char c = text_[token.span.begin];
  if (!token.is_closed) {
    report_unclosed_literal(token);
  } else if (token.kind == CppToken::Kind::string || token.kind == CppToken::Kind::character) {
    const bool holds_closer = source_->text(token.span).find(closer_) != std::string_view::npos;
    if (holds_closer && !swallower_) swallower_ = token;
  } else if (token.span.size() == 1 && (is_opening(c) || is_closing(c))) {
    take_bracket(token.span.begin);
  }
}

// Outside brackets, a line comment ends at the closer if there is one in its line.
void TagScanner::skip_line_comment() {
  while (here_ < text_.size() && !at(closer_)) {
    const bool is_continued = text_[here_ - 1] == '\\' || text_.substr(here_ - 2, 2) == "\\\r";
    if (text_[here_] == '\n' && !is_continued) break;
    ++here_;
  }
  scanner_.set_position(here_);
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

// Ends a tag that runs into the next directive or the end of the file. Its first line counts as
// C++, the rest as text.
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
  return error_at(code, source_, span, std::move(message), std::move(help));
}

void TagScanner::note_bracket(Diagnostic& diagnostic, const char* what) const {
  const Span bracket{brackets_.back(), brackets_.back() + 1};
  diagnostic.notes.push_back({source_, bracket, quoted(source_->text(bracket)) + what});
}

// In a broken tag, a string that contains a closer is the likely mistake: in `{{ f("x) }}">`, it
// goes on to the next quote. Then everything after its opening quote was read wrongly.
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

// It is not known how much belongs to the literal, so the search for the closer goes on directly
// after its opening.
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

void TagScanner::report_wrong_closer(std::uint32_t size) {
  report(error(codes::kWrongCloser, {here_, here_ + size},
               quoted(source_->text(open_)) + " is closed by " + quoted(text_.substr(here_, size)),
               "write " + quoted(closer_)));
  closer_size_ = size;
}

}  // namespace bora::lang
