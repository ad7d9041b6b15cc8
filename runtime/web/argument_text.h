#pragma once

#include <string>

namespace bora::web {

/// The text of an argument as a handler gets it: control characters (except TAB, LF, VT, FF and CR)
/// become blanks; with `strip`, Unicode's white space is removed at both ends.
[[nodiscard]] std::string clean_argument(std::string text, bool strip);

}  // namespace bora::web
