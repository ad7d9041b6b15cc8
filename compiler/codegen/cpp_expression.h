#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/cpp_scanner.h"
#include "templates-lang/source_text.h"

// What Bora itself reads in the C++ of a template: names, and the few words that it gives a meaning
// of its own. All else is the C++ compiler's.

namespace bora::compiler {

/// What stands in front of a module's class in generated code, and of a route's name.
inline constexpr std::string_view kModuleMarkup = "bora_modules.markup<";
inline constexpr std::string_view kRoutePrefix = "::route::";

/// A piece of an expression as it is written into C++.
struct Piece {
  std::string_view before;  ///< Generated code in front of it; lives as long as the program.
  lang::Span span;          ///< Where it stands in the template.
  std::string_view
      text;  ///< What is written there: the template's own text unless it was rewritten.
};

/// `span` with what Bora gives a meaning of its own:
/// - `reverse_url("admin.users", 7)`, the name a literal, becomes `route::admin::users(7)`,
/// - `modules.Entry(x)` becomes `bora_modules.markup<Entry>(x)`.
///
/// @param is_free  Whether a name is not one that the page introduces there.
/// @param texts    Owns what was rewritten; all other pieces are views of `text`.
/// @returns  At least one piece.
std::vector<Piece> rewrite_expression(std::string_view text, lang::Span span,
                                      const std::function<bool(std::string_view)>& is_free,
                                      std::deque<std::string>& texts);

/// Calls `visit(name, is_scope)` for each identifier of C++ text that is not a member of something:
/// `route` and `home` are not alike in `route::home`, since `route` is a scope and `home` is
/// skipped. Calls `see(name)` for every identifier.
void for_each_name(std::string_view text, const std::function<void(std::string_view)>& see,
                   const std::function<void(std::string_view, bool)>& visit);

/// Whether C++ text names something of namespace `scope`: `route::home()`.
bool uses_namespace(std::string_view text, lang::Span span, std::string_view scope);

/// Whether something in C++ text waits.
bool has_await(std::string_view text);

/// Modules that are functions: `{% module linkify(text) %}`.
bool is_function_module(std::string_view name);

/// The parts of `enumerate(range)` and `enumerate(range, 1)`.
struct Enumerate {
  lang::Span range;
  std::string_view start = "0";
};

/// Empty if the expression is no call of `enumerate`.
std::optional<Enumerate> parse_enumerate(std::string_view text, lang::Span span);

}  // namespace bora::compiler
