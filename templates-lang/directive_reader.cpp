#include "templates-lang/directive_reader.h"

#include <utility>

#include "templates-lang/characters.h"
#include "templates-lang/codes.h"

namespace bora::lang {
namespace {

std::string_view first_word(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_word_byte(text[size])) ++size;
  return text.substr(0, size);
}

}  // namespace

Tag DirectiveReader::read(const Token& token) {
  const Directive directive = find_directive(text(token.name));
  if (directive == Directive::else_ && first_word(text(token.content)) == "if") {
    return read_else_if(token);
  }
  if (directive != Directive::unknown) return {token, directive};
  return token.name.size() == 0 ? read_without_word(token) : read_unknown(token);
}

Tag DirectiveReader::read_else_if(const Token& token) {
  Tag elif{token, Directive::elif};
  elif.token.content.begin += 2;
  report(codes::kUnknownDirective, {token.name.begin, elif.token.content.begin},
         "unknown directive 'else if'", "write '{% elif CONDITION %}'");
  return elif;
}

Tag DirectiveReader::read_unknown(const Token& token) {
  const std::string_view word = text(token.name);
  DirectiveGuess guess = guess_directive(word);
  Tag tag{token, guess.directive};
  tag.token.is_damaged = true;
  if (guess.directive == Directive::unknown) {
    if (word.starts_with("end") && excuses_stray_end()) return tag;
    ++unknown_words_;
  } else if (opens_body(guess.directive)) {
    ++guessed_openers_;
  }
  report(codes::kUnknownDirective, token.name, "unknown directive " + quoted(word),
         std::move(guess.help));
  return tag;
}

// Reads a tag that is empty, or Jinja's `{%- if x -%}`, or something else.
Tag DirectiveReader::read_without_word(Token token) {
  const std::string_view content = text(token.content);
  const bool was_reported = token.is_damaged;
  token.is_damaged = true;
  if (content.empty()) {
    if (!was_reported) {
      report(codes::kEmptyTag, token.span, "there is no directive in this tag",
             "write '{%!' for the two characters as text");
    }
    return {token, Directive::unknown};
  }
  const bool is_trim = content.front() == '-';
  if (!was_reported) {
    report(codes::kUnknownDirective, {token.content.begin, token.content.begin + 1},
           "a directive begins with a word",
           is_trim ? "'{%-' is not known; see '{% whitespace %}'" : "");
  }
  if (!is_trim) return {token, Directive::unknown};
  const std::size_t word = content.find_first_not_of(" \t", 1);
  if (word == std::string_view::npos) return {token, Directive::unknown};
  return {token, find_directive(first_word(content.substr(word)))};
}

bool DirectiveReader::excuses_stray_end() {
  if (unknown_words_ == 0) return false;
  --unknown_words_;
  return true;
}

bool DirectiveReader::excuses_missing_end() {
  if (guessed_openers_ == 0) return false;
  --guessed_openers_;
  return true;
}

void DirectiveReader::report(const char* code, Span span, std::string message, std::string help) {
  sink_.report(error_at(code, source_, span, std::move(message), std::move(help)));
}

}  // namespace bora::lang
