#pragma once

#include <cstddef>
#include <string_view>

namespace bora::text {

/// The number of insertions, deletions, replacements and swaps of neighbours that turn one word
/// into another.
std::size_t edit_distance(std::string_view from, std::string_view to);

}  // namespace bora::text
