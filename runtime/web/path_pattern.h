#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bora::web {

/// A pattern as routes.toml and url<Handler>() have it, in pieces.
struct PathPattern {
  enum class Kind {
    literal,  ///< `users`
    integer,  ///< `{x:int}`
    string,   ///< `{x}`
    rest,     ///< `{x:path}`, the last segment
  };
  struct Segment {
    Kind kind = Kind::literal;
    std::string text;  ///< A literal's text in its canonical form, a parameter's name.
  };

  std::vector<Segment> segments;
  bool ends_with_slash = false;

  [[nodiscard]] std::size_t parameter_count() const;
};

/// @throws std::invalid_argument  `text` is no pattern; says what is wrong where.
PathPattern parse_path_pattern(std::string_view text);

}  // namespace bora::web
