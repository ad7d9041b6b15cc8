#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/cpp_scanner.h"
#include "templates-lang/source_text.h"

namespace bora::lang {

/// Syntax in an expression that other template languages have and C++ does not, and the C++ for it.
struct Habit {
  Span span;
  std::string message;
  std::string help;
  bool is_certain = true;  ///< whether it can't be C++
};

/// Returns the habits of Python, Jinja, Django, Handlebars and JavaScript in the C++ of `span`;
/// `tokens` are its tokens.
std::vector<Habit> find_habits(std::string_view text, const std::vector<CppToken>& tokens,
                               Span span);

/// The same in literal text: `<%= value %>`.
std::vector<Habit> find_text_habits(std::string_view text, Span span);

}  // namespace bora::lang
