#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// The forms in which other frameworks write parameters. Most of it is a legal path, which nobody
// means.

namespace bora::paths {

struct ForeignSyntax {
  std::size_t begin = 0;  ///< the part, in bytes of the text
  std::size_t end = 0;
  std::string what;  ///< for example "a parameter"
  std::string help;
};

/// The first parameter outside of braces: `:id`, `<int:id>`, `[id]`, `*`, `(.*)`, `(?P<id>\d+)`.
std::optional<ForeignSyntax> foreign_syntax(std::string_view path);

/// The form here of `*rest`, `rest...` or `...rest` in braces: "{rest:path}". Empty if it is not
/// known.
std::string meant_parameter(std::string_view inside);

/// The form of `{name:regex}` without the expression: "{name}" for `[^/]+`, "{name:path}" for `.*`.
/// Empty if the expression is needed.
std::string better_than_regex(std::string_view name, std::string_view regex);

}  // namespace bora::paths
