#pragma once

#include "templates-lang/html_context.h"

// The insides of attribute values and raw elements: JavaScript, JSON, style sheets, URLs.

namespace bora::lang {

/// Takes the next character in the language `context.language`; does nothing for other languages. A
/// ':' that would make a value a scheme is returned as a problem.
std::optional<TextProblem> feed(HTMLContext& context, char c);

/// Begins a value or a raw element in `language`.
void begin_language(HTMLContext& context, HTMLContext::Language language);
/// Forgets the state inside the value.
void end_language(HTMLContext& context);

/// Returns the meaning of a '/' in code, with regard to the name before it.
HTMLContext::Slash slash_meaning(const HTMLContext& context);

/// Returns how a value is written at this place of the language.
Placement language_placement(const HTMLContext& context);
/// Moves the context over such a value.
void after_language_output(HTMLContext& context);

/// Joins two contexts that differ inside one language; returns false if they can't be joined.
bool join_language(HTMLContext& a, HTMLContext b);

}  // namespace bora::lang
