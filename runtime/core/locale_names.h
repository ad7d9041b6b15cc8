#pragma once

#include <string_view>

namespace bora {

/// The language's name for itself, "Español (México)" for "es_MX"; "Unknown" if it is not in the
/// table.
std::string_view locale_name(std::string_view code);

}  // namespace bora
