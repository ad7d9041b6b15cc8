#pragma once

#include <memory>
#include <string_view>

namespace bora::net {

/// A regular expression for BaseIOStream::read_until_regex(): compiled once, cheap to copy.
///
/// Searching takes one step for each byte, whatever the bytes are: there is no going back, and no
/// recursion. So it knows what an automaton can: characters and escapes (`\r \n \t \f \v \0 \xHH`,
/// and `\` before punctuation), `.` (all but a newline), classes (`[a-z]`, `[^,]`,
/// `\d \D \w \W \s \S`), groups `(…)` and `(?:…)`, `|`, `* + ? {2} {2,} {2,5}` and `^` in front.
/// Not: `$`, `\b`, references, look-around, flags. Works on bytes.
///
/// What is found is what ends first. A quantifier at the end of the pattern therefore takes as
/// little as it can, and `+?` means the same as `+`.
class Regex {
 public:
  /// @throws std::invalid_argument  It is malformed, uses what is not known, would match nothing at
  ///                                all, or needs more than 1024 places. Says where.
  explicit Regex(std::string_view pattern);

  class Automaton;

 private:
  friend class RegexSearch;

  std::shared_ptr<const Automaton> automaton_;
};

}  // namespace bora::net
