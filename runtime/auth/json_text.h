#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace bora::auth {

/// The longest answer of a provider that is accepted, in bytes.
inline constexpr std::size_t kMaxJSON = 64 * 1024;

/// Parses an object. Returns nothing if the text is malformed, another value, too long, or has a
/// name twice, which two readers may understand in two ways.
std::optional<nlohmann::json> parse_object(std::string_view text);

/// A member that is a text; nothing if it is missing or something else.
std::optional<std::string> text_of(const nlohmann::json& object, const char* name);
/// A member that is a number, rounded down.
std::optional<std::int64_t> number_of(const nlohmann::json& object, const char* name);

}  // namespace bora::auth
