#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// How other frameworks write parameters. Most of it is a legal path, which nobody means.

namespace bora::paths {

struct ForeignSyntax {
  std::size_t begin = 0;  ///< The part, in bytes of the text.
  std::size_t end = 0;
  std::string what;   ///< "a parameter".
  std::string help;
};

/// The first parameter outside of braces: `:id`, `<int:id>`, `[id]`, `*`, `(.*)`, `(?P<id>\d+)`.
std::optional<ForeignSyntax> foreign_syntax(std::string_view path);

/// What `*rest`, `rest...` or `...rest` in braces is here: "{rest:path}". Empty: no idea.
std::string meant_parameter(std::string_view inside);

/// What `{name:regex}` is without the expression: "{name}" for `[^/]+`, "{name:path}" for `.*`.
/// Empty: the expression says something.
std::string better_than_regex(std::string_view name, std::string_view regex);

}  // namespace bora::paths
