#pragma once

#include <memory>
#include <string_view>

namespace bora::net {

/// A regular expression for BaseIOStream::read_until_regex(). It is compiled once and cheap to
/// copy.
///
/// A search takes one step for each byte, whatever the bytes are: there is no backtracking and no
/// recursion. So the syntax is what an automaton can do: characters and escapes
/// (`\r \n \t \f \v \0 \xHH`, and `\` before punctuation), `.` (all but a newline), classes
/// (`[a-z]`, `[^,]`, `\d \D \w \W \s \S`), groups `(…)` and `(?:…)`, `|`, `* + ? {2} {2,} {2,5}`
/// and `^` at the beginning. `$`, `\b`, references, look-around and flags are not supported. It
/// works on bytes.
///
/// The match that ends first is found. A quantifier at the end of the pattern therefore takes as
/// little as it can, and `+?` means the same as `+`.
class Regex {
 public:
  /// @throws std::invalid_argument  The pattern is malformed, uses unsupported syntax, matches the
  ///                                empty string, or needs more than 1024 states. The message tells
  ///                                where.
  explicit Regex(std::string_view pattern);

  class Automaton;

 private:
  friend class RegexSearch;

  std::shared_ptr<const Automaton> automaton_;
};

}  // namespace bora::net
