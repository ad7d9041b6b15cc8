#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The syntax of regular expressions, read once for all automata: that of a path's segment
// (paths/segment_regex) and that which searches a stream (net/regex). It works on bytes.

namespace bora::text {

/// The use of an expression decides what it may contain.
enum class RegexDialect {
  /// It is matched against one whole segment of a path: nothing matches '/', there are no control
  /// characters and no anchors, and classes are ASCII.
  segment,
  /// It is searched for in bytes: `^` at the beginning, lazy repetition (which means the same as
  /// greedy), escapes for control characters. '.' matches all but a newline.
  stream,
};

struct RegexNode {
  enum class Kind { nothing, byte, sequence, choice, repeat };
  using Bytes = std::bitset<256>;
  static constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);

  Kind kind = Kind::nothing;
  Bytes bytes{};                   ///< for a byte: those that it matches
  std::vector<RegexNode> nodes{};  ///< for a sequence or choice; for a repeat the one
  std::size_t min = 0;
  std::size_t max = kNoLimit;
};

/// The reason for which an expression was refused.
struct RegexFault {
  enum class Kind { malformed, unsupported, too_large };
  Kind kind = Kind::malformed;
  std::size_t begin = 0;  ///< in the expression
  std::size_t end = 0;
  std::string message{};
  std::string help{};  ///< May be empty.
};

struct RegexTree {
  RegexNode root{};
  bool is_anchored = false;  ///< whether it began with `^`
};

/// Reads characters; `.`; classes and ranges, negated too; `\d \w \s` and their opposites; `\`
/// before punctuation; `? * + {n} {n,} {n,m}`; `|`; groups `(…)` and `(?:…)`.
///
/// @returns  Nothing if something was refused; `fault` then says what.
std::optional<RegexTree> parse_regex(std::string_view text, RegexDialect dialect,
                                     RegexFault& fault);

}  // namespace bora::text
