#pragma once

#include <string_view>

namespace bora {

/// The characters of a named character reference, "amp;" or "amp"; empty if there is no such name.
std::string_view html_entity(std::string_view name);

}  // namespace bora
