#pragma once

#include <string_view>

namespace bora {

/// What the language calls itself, "Español (México)" for "es_MX"; "Unknown" if nobody told.
std::string_view locale_name(std::string_view code);

}  // namespace bora
