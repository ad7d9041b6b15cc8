#pragma once

#include <vector>

#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"
#include "templates-lang/token.h"

namespace bora::lang {

/// Splits a template into text and tags, and reports bytes that are no UTF-8 text and tags that do
/// not end.
///
/// - `{{ … }}`, `{% … %}` and `{# … #}` are tags, `{{!`, `{%!` and `{#!` mean their first two
///   characters; any other brace is text. Of three or more braces, the innermost two count:
///   `{{{ x }}}`.
/// - The end of a tag is found by the rules of C++: a closer inside a string, a character, a raw
///   string, a comment or brackets does not count. A `//` comment ends at its line's end or,
///   outside brackets, at the closer, so `{{ x // why }}` is complete.
/// - `{% comment … %}` ends at the first `%}`, whatever is before it.
/// - A byte order mark is skipped. CR LF stays in the text; the white-space modes `single` and
///   `oneline` turn it into a line end or a blank, like any white space.
///
/// @returns  The tokens in order; the last one is Kind::end.
std::vector<Token> lex(const SourcePtr& source, DiagnosticSink& sink);

}  // namespace bora::lang
