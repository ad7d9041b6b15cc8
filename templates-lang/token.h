#pragma once

#include "templates-lang/source_text.h"

namespace bora::lang {

/// One piece of a template: literal text or a whole tag. Comments yield no token.
struct Token {
  enum class Kind {
    text,        ///< the bytes of `span`
    expression,  ///< `{{ content }}`
    directive,   ///< `{% name content %}`
    end          ///< after the last byte
  };
  Kind kind = Kind::end;
  Span span;     ///< the whole tag with its braces
  Span name;     ///< of a directive: "if"; empty for an empty tag
  Span content;  ///< after the name, without the blanks around it; may be empty

  /// Whether a mistake in the tag was reported already: only its name still has a meaning.
  bool is_damaged = false;
};

}  // namespace bora::lang
