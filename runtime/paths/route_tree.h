#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/paths/path_pattern.h"

namespace bora::paths {

/// The tables in which the run time finds a path's route.
///
/// `words` holds the nodes of a tree of path segments: the segments that can follow a path's
/// beginning. A node is named by the index of its first word; the root is 0, and is nobody's child.
/// A link is such an index, or, with kLeafLink set, a route after which nothing follows; 0 means
/// none. Routes count from 1.
///
///     0       multiplier (32 bits), shift (8), slots in a row to look at (16), typed children (8)
///     1       the first typed child: Converter (8), argument (24), link (32)
///     2       route of a path that ends here (32), of one that ends here with a slash (32)
///     3       route whose `{x:path}` begins here (32), link of `{x}` (32)
///     4…      the slots of the literals, each of three words: head, tail (see SegmentKey), then
///             size (8), offset of the whole text in `texts` (24), link (32)
///     …       the other typed children, in the order in which they are tried
///
/// There are 1 << (32 - shift) slots and as many more as are looked at in a row, less one; there
/// are none if none are looked at. The argument is the offset of a regular expression's automaton
/// in `automata`, or a custom converter's number.
struct RouteTree {
  static constexpr std::uint32_t kLeafLink = 0x80000000;
  static constexpr std::size_t kFirstSlot = 4;
  static constexpr std::size_t kSlotWords = 3;

  std::vector<std::uint64_t> words;
  std::string texts;  ///< literals of more than 16 bytes
  std::string automata;
  std::vector<std::string> converters;  ///< Names of the custom ones that are used.
  /// For each route: one more than the index of the next route for the same paths; 0 means none.
  std::vector<std::uint32_t> next;
  /// A route whose last segment is optional is two routes: after the routes stand copies of these,
  /// for the paths without the segment.
  struct Copy {
    std::uint32_t route;  ///< the index of the original
    std::uint32_t next;   ///< as in RouteTree::next
  };
  std::vector<Copy> copies;
};

/// Makes the tree of a list of routes; a null pattern is a route that is not part of it. The same
/// patterns give the same tree, on every machine. Routes that match the same paths are chained by
/// `next`.
///
/// @param first_copy  Index of the first of the copies.
RouteTree make_route_tree(std::span<const Pattern* const> patterns, std::size_t first_copy);
inline RouteTree make_route_tree(std::span<const Pattern* const> patterns) {
  return make_route_tree(patterns, patterns.size());
}

}  // namespace bora::paths
