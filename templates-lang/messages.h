#pragma once

// What translators get to see: the calls in C++ text that look up a translation.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/source_text.h"

namespace bora::lang {

/// A message as its call spells it, literals decoded to UTF-8.
struct Message {
  std::string context;  ///< Of pgettext(); empty: none.
  std::string singular;
  std::optional<std::string> plural;
};

struct MessageCall {
  /// The function's name. It decides what a call that is no message means: `_(x)` is a mistake,
  /// `translate(x)` may be anything.
  std::string_view function;
  Span span;                       ///< Of the name.
  std::optional<Message> message;  ///< Empty if an argument that matters is not literal…
  Span not_literal;                ///< …which stands here.
};

/// The calls `_("…")`, `_("…", "…", n)`, `pgettext("…", "…")`, `pgettext("…", "…", "…", n)` in a
/// part of a text, and those of `translate()`, as `_()`, also as a member. Calls without arguments
/// are left out.
std::vector<MessageCall> message_calls(std::string_view text, Span part);

}  // namespace bora::lang
