#pragma once

#include <optional>
#include <string_view>

#include "templates-lang/source_text.h"

// Finds temporary objects that would be destroyed although the expression's value may still refer
// to them. C++ keeps only the object to which a reference is bound; templates keep all of them.

namespace bora::compiler {

/// The temporary objects that an expression may make, as far as its tokens tell. In doubt, the
/// greater value is chosen.
enum class Temporaries {
  none,       ///< `entry.title`, `"text"`, `{1, 2}`: names and literals
  result,     ///< `entry.title()`, `titles[0]`, `n + 1`: only the value itself
  arguments,  ///< `find(id, "x")`: the value, and converted literals and names
  inner,      ///< `db().all()`, `trim(a + b)`: any
};

/// Returns the kind for the C++ in `span` of `text`.
Temporaries temporaries_of(std::string_view text, lang::Span span);

/// Returns the value of a variable that a condition declares: `auto post = find(id)`. Empty if it
/// declares none.
std::optional<lang::Span> declared_value(std::string_view text, lang::Span condition);

}  // namespace bora::compiler
