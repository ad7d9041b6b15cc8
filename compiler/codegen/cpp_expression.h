#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/cpp_scanner.h"
#include "templates-lang/source_text.h"

// Bora reads only a little of the C++ in a template: names, and the few words to which it gives a
// meaning of its own. The C++ compiler reads everything else.

namespace bora::compiler {

/// The text before a module's class in generated code, and before a route's name.
inline constexpr std::string_view kModuleMarkup = "bora_modules.markup<";
inline constexpr std::string_view kRoutePrefix = "::route::";

/// A piece of an expression as it is written into C++.
struct Piece {
  std::string_view before;  ///< generated code in front of it; lives as long as the program
  lang::Span span;          ///< its place in the template
  std::string_view text;    ///< the text to write: the template's own unless it was rewritten
};

/// Returns `span`, with the words to which Bora gives a meaning of its own replaced:
/// - `reverse_url("admin.users", 7)`, if the name is a literal, becomes `route::admin::users(7)`,
/// - `modules.Entry(x)` becomes `bora_modules.markup<Entry>(x)`.
///
/// @param is_free  Tells whether a name is not one that the page introduces there.
/// @param texts    Owns rewritten text; all other pieces are views of `text`.
/// @returns  At least one piece.
std::vector<Piece> rewrite_expression(std::string_view text, lang::Span span,
                                      const std::function<bool(std::string_view)>& is_free,
                                      std::deque<std::string>& texts);

/// Calls `visit(name, is_scope)` for each identifier of C++ text that is not a member of something:
/// in `route::home`, `route` is a scope and `home` is skipped. Calls `see(name)` for every
/// identifier.
void for_each_name(std::string_view text, const std::function<void(std::string_view)>& see,
                   const std::function<void(std::string_view, bool)>& visit);

/// Whether C++ text uses a name of namespace `scope`: `route::home()`.
bool uses_namespace(std::string_view text, lang::Span span, std::string_view scope);

/// Whether C++ text has a `co_await`.
bool has_await(std::string_view text);

/// Whether a module is a function: `{% module linkify(text) %}`.
bool is_function_module(std::string_view name);

/// The parts of `enumerate(range)` and `enumerate(range, 1)`.
struct Enumerate {
  lang::Span range;
  std::string_view start = "0";
};

/// Empty if the expression is not a call of `enumerate`.
std::optional<Enumerate> parse_enumerate(std::string_view text, lang::Span span);

}  // namespace bora::compiler
