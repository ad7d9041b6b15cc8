#pragma once

#include "templates-lang/html_context.h"

// What stands inside of attribute values and raw elements: JavaScript, JSON, style sheets, URLs.

namespace bora::lang {

/// Takes the next character of what `context.language` is; of other languages nothing. A ':' that
/// would make a value a scheme is returned as a problem.
std::optional<TextProblem> feed(HTMLContext& context, char c);

/// Begins a value or a raw element in `language`.
void begin_language(HTMLContext& context, HTMLContext::Language language);
/// Forgets all that was inside.
void end_language(HTMLContext& context);

/// What a '/' in code would mean, the name in front of it considered.
HTMLContext::Slash slash_meaning(const HTMLContext& context);

/// How a value is written where `context` is in its language.
Placement language_placement(const HTMLContext& context);
/// The context behind it.
void after_language_output(HTMLContext& context);

/// Two contexts that differ inside of one language; false if they can't be brought together.
bool join_language(HTMLContext& a, HTMLContext b);

}  // namespace bora::lang
