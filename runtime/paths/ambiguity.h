#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "runtime/paths/path_pattern.h"

namespace bora::paths {

/// A conflict of two patterns; `first` and `second` are their indices.
struct Conflict {
  enum class Kind {
    ambiguous,         ///< Some paths match both, and no rule decides which goes first.
    shadowed,          ///< All paths of `second` match `first`, which goes first.
    literal_in_regex,  ///< Where `first` has a literal, `second` has a regular expression that
                       ///< matches it, and some paths match both.
  };
  Kind kind = Kind::ambiguous;
  std::size_t first = 0;
  std::size_t second = 0;
  std::size_t segment = 0;  ///< The segment in which they differ.
};

/// The conflicts among patterns, one for each pair of siblings that causes some. A null pattern is
/// ignored. Two patterns of one shape are no conflict.
std::vector<Conflict> find_conflicts(std::span<const Pattern* const> patterns);

}  // namespace bora::paths
