#pragma once

#include <string>
#include <string_view>

namespace bora::web {

/// The value of an argument as a handler gets it (WEB-023, WEB-024): control characters (but TAB,
/// LF, VT, FF and CR) become blanks; with `strip`, Unicode's white space is taken off both ends.
/// @throws HTTPError  (400) It is not UTF-8.
[[nodiscard]] std::string argument_text(std::string_view name, std::string_view value, bool strip);

}  // namespace bora::web
