#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/cpp_scanner.h"
#include "templates-lang/source_text.h"

namespace bora::lang {

/// Something in an expression that other template languages have and C++ has not, and what to write
/// instead.
struct Habit {
  Span span;
  std::string message;
  std::string help;
  bool is_certain = true;  ///< No C++ looks like that.
};

/// Those of Python, Jinja, Django, Handlebars and JavaScript in the C++ of `span`; `tokens` are its
/// own.
std::vector<Habit> find_habits(std::string_view text, const std::vector<CppToken>& tokens,
                               Span span);

/// The same in literal text: `<%= value %>`.
std::vector<Habit> find_text_habits(std::string_view text, Span span);

}  // namespace bora::lang
