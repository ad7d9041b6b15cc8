#pragma once

#include <string>

namespace bora::web {

/// The text of an argument as a handler gets it: control characters (but TAB, LF, VT, FF
/// and CR) become blanks; with `strip`, Unicode's white space is taken off both ends.
[[nodiscard]] std::string clean_argument(std::string text, bool strip);

}  // namespace bora::web
