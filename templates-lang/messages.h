#pragma once

// Finds the texts for translators: the calls in C++ text that look up a translation.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/source_text.h"

namespace bora::lang {

/// A message as its call spells it, with literals decoded to UTF-8.
struct Message {
  std::string context;  ///< of pgettext(); empty if there is none
  std::string singular;
  std::optional<std::string> plural;
};

struct MessageCall {
  /// The function's name. It decides about a call without a message: `_(x)` is a mistake,
  /// `translate(x)` may be another function.
  std::string_view function;
  Span span;                       ///< the place of the name
  std::optional<Message> message;  ///< empty if an argument of the message is not literal…
  Span not_literal;                ///< …which is this one
};

/// Returns the calls `_("…")`, `_("…", "…", n)`, `pgettext("…", "…")`, `pgettext("…", "…", "…", n)`
/// in a part of a text, and those of `translate()`, which is like `_()`, also as a member. Calls
/// without arguments are left out.
std::vector<MessageCall> message_calls(std::string_view text, Span part);

}  // namespace bora::lang
