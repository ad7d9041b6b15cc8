#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "runtime/paths/path_pattern.h"

namespace bora::paths {

/// What two patterns do to one another; `first` and `second` are their indices.
struct Conflict {
  enum class Kind {
    ambiguous,         ///< Some paths match both, and nothing says which goes first.
    shadowed,          ///< All paths of `second` match `first`, which goes first.
    literal_in_regex,  ///< Where `first` has a literal, `second` has a regular expression that
                       ///< takes it, and some paths match both.
  };
  Kind kind = Kind::ambiguous;
  std::size_t first = 0;
  std::size_t second = 0;
  std::size_t segment = 0;  ///< The segment in which they part.
};

/// Conflicts among patterns, one for each pair of siblings that causes some. A null pattern is not
/// looked at. Two patterns of one shape are no conflict.
std::vector<Conflict> find_conflicts(std::span<const Pattern* const> patterns);

}  // namespace bora::paths
