#pragma once

#include "templates-lang/source_text.h"

namespace bora::lang {

/// One piece of a template: literal text or a whole tag. Comments yield no token.
struct Token {
  enum class Kind {
    text,        ///< The bytes under `span`.
    expression,  ///< `{{ content }}`
    directive,   ///< `{% name content %}`
    end          ///< Behind the last byte.
  };
  Kind kind = Kind::end;
  Span span;     ///< The whole tag with its braces.
  Span name;     ///< Of a directive: "if". Empty for an empty tag.
  Span content;  ///< Behind the name, without the blanks around it; may be empty.

  /// What stands in the tag was reported already: only its name still means something.
  bool is_damaged = false;
};

}  // namespace bora::lang
