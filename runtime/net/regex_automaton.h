#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <bora/net/regex.h>

namespace bora::net {

/// A set of positions of a pattern, as bits.
using PlaceSet = std::vector<std::uint64_t>;

/// Glushkov's automaton: each character (or class) in the pattern is a position, and a state is the
/// set of positions at which the bytes so far may have ended.
class Regex::Automaton {
 public:
  explicit Automaton(std::string_view pattern);

 private:
  friend class RegexSearch;
  friend class RegexMaker;

  std::size_t words_ = 0;         // the number of words of a PlaceSet
  bool is_anchored_ = false;      // a match begins with the first byte
  PlaceSet first_;                // where a match begins
  PlaceSet last_;                 // where it may end
  std::vector<PlaceSet> follow_;  // what may come after each place
  std::vector<PlaceSet> taking_;  // the positions that match each of the 256 bytes
};

/// One search through bytes that come in pieces.
class RegexSearch {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  explicit RegexSearch(Regex regex);

  /// The number of bytes up to the end of the match, or kNone.
  /// @param bytes  All bytes from the beginning; those of earlier calls are not read again.
  std::size_t feed(std::string_view bytes);

 private:
  Regex regex_;
  PlaceSet active_;
  PlaceSet next_;
  std::size_t searched_ = 0;
  std::size_t end_ = kNone;
};

}  // namespace bora::net
