#pragma once

#include <optional>
#include <string_view>

#include "templates-lang/source_text.h"

// Which objects of an expression end with it although its value may still refer to them. C++ keeps
// the object to which a reference is bound, and none of the others; templates keep all of them.

namespace bora::compiler {

/// The temporary objects that an expression may make, as far as its tokens tell. In doubt there
/// are more.
enum class Temporaries {
  none,       ///< `entry.title`, `"text"`, `{1, 2}`: names and literals.
  result,     ///< `entry.title()`, `titles[0]`, `n + 1`: none but the value itself.
  arguments,  ///< `find(id, "x")`: the value, and what literals and names are converted to.
  inner,      ///< `db().all()`, `trim(a + b)`: any.
};

/// What the C++ in `span` of `text` makes.
Temporaries temporaries_of(std::string_view text, lang::Span span);

/// The value of a variable that a condition declares: `auto post = find(id)`. Empty if it declares
/// none.
std::optional<lang::Span> declared_value(std::string_view text, lang::Span condition);

}  // namespace bora::compiler
