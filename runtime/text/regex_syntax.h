#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The syntax of regular expressions, read once for all automata: the one of a path's segment
// (paths/segment_regex) and the one that searches a stream (net/regex). Works on bytes.

namespace bora::text {

/// What is around an expression decides on what it can say.
enum class RegexDialect {
  /// Matched against one whole segment of a path: nothing takes '/', there are no control
  /// characters and no anchors, and classes hold ASCII.
  segment,
  /// Searched for in bytes: `^` at the beginning, lazy repetition (which means the same as greedy),
  /// escapes for control characters. '.' takes all but a newline.
  stream,
};

struct RegexNode {
  enum class Kind { nothing, byte, sequence, choice, repeat };
  using Bytes = std::bitset<256>;
  static constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);

  Kind kind = Kind::nothing;
  Bytes bytes{};                   ///< Of a byte: those it takes.
  std::vector<RegexNode> nodes{};  ///< Of a sequence or choice; of a repeat the one.
  std::size_t min = 0;
  std::size_t max = kNoLimit;
};

/// Why an expression was refused.
struct RegexFault {
  enum class Kind { malformed, unsupported, too_large };
  Kind kind = Kind::malformed;
  std::size_t begin = 0;  ///< In the expression.
  std::size_t end = 0;
  std::string message{};
  std::string help{};  ///< May be empty.
};

struct RegexTree {
  RegexNode root{};
  bool is_anchored = false;  ///< It began with `^`.
};

/// Reads characters; `.`; classes and ranges, negated too; `\d \w \s` and their opposites; `\`
/// before punctuation; `? * + {n} {n,} {n,m}`; `|`; groups `(…)` and `(?:…)`.
///
/// @returns  Nothing if something was refused; `fault` then says what.
std::optional<RegexTree> parse_regex(std::string_view text, RegexDialect dialect,
                                     RegexFault& fault);

}  // namespace bora::text
