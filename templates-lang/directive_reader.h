#pragma once

#include <string>
#include <string_view>

#include "templates-lang/diagnostic.h"
#include "templates-lang/directives.h"
#include "templates-lang/token.h"

namespace bora::lang {

/// A directive token and its meaning, or the meaning that was probably intended.
struct Tag {
  Token token;
  Directive directive = Directive::unknown;
};

/// Recognises directives by their first word. It reports unknown ones, and remembers them: nobody
/// can tell whether an `{% end %}` belongs to an unknown word, so ends may be missing or left over
/// without being mistakes themselves.
class DirectiveReader {
 public:
  DirectiveReader(const SourcePtr& source, DiagnosticSink& sink) : source_(source), sink_(sink) {}

  /// A reported word is read as the directive that was probably meant, and its token is damaged:
  /// its operand is not worth a second message.
  Tag read(const Token& token);

  /// Whether a stray `{% end %}` may belong to an unknown word. Each such word excuses one.
  bool excuses_stray_end();

  /// Whether a branch outside all directives may belong to an unknown word.
  [[nodiscard]] bool excuses_stray_branch() const { return unknown_words_ > 0; }

  /// Whether a missing `{% end %}` may be due to a misspelt word. Each such word excuses one.
  bool excuses_missing_end();

 private:
  Tag read_else_if(const Token& token);
  Tag read_unknown(const Token& token);
  Tag read_without_word(Token token);

  [[nodiscard]] std::string_view text(Span span) const { return source_->text(span); }
  void report(const char* code, Span span, std::string message, std::string help);

  const SourcePtr& source_;
  DiagnosticSink& sink_;
  int unknown_words_ = 0;
  int guessed_openers_ = 0;
};

}  // namespace bora::lang
