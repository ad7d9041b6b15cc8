#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bora::test {

/// Feeds `bytes` to RequestParser, whole, byte by byte and in pieces that follow from `seed`, and
/// to ReferenceParser.
///
/// However they are cut, RequestParser must come to the same result and the same head. Both parsers
/// must accept the same heads, and read the same in them. Their reasons for refusing one may
/// differ: if there are two faults, either may be found first.
///
/// @returns  What they disagree about; empty if nothing.
[[nodiscard]] std::string parser_disagreement(std::string_view bytes, std::uint32_t seed);

}  // namespace bora::test
