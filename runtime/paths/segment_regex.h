#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "runtime/paths/automaton.h"
#include "runtime/paths/problem.h"

namespace bora::paths {

/// Compiles the regular expression of `{x:[A-Z]{3}}`, which is matched against one whole segment,
/// percent-decoded, byte by byte.
///
/// The syntax has characters; `.`; classes and ranges of ASCII, negated too; `\d \w \s` and their
/// opposites; `\` before punctuation; `? * + {n} {n,} {n,m}`; `|`; groups. `.` and negated classes
/// match any byte but '/', which nothing matches. These are refused with the reason: forms that
/// can't be decided by one look at each byte (back-references, look-around), forms that have no
/// meaning in a whole match (anchors, lazy repetition, names of groups), and classes of Unicode.
/// The automaton has 64 states at most.
///
/// @param text  The text; `problems` names places in it.
/// @returns  Empty if something went into `problems`.
std::optional<Automaton> compile_regex(std::string_view text, std::vector<Problem>& problems);

}  // namespace bora::paths
