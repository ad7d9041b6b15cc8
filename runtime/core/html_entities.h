#pragma once

#include <string_view>

namespace bora {

/// The characters behind the name of a character reference, "amp;" or "amp"; empty if there is none
/// of that name.
std::string_view html_entity(std::string_view name);

}  // namespace bora
