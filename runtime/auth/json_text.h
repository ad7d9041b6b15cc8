#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace bora::auth {

/// What a provider may answer at most.
inline constexpr std::size_t kMaxJSON = 64 * 1024;

/// An object, or nothing: malformed, another value, too long, or with a name twice, which two
/// readers may understand in two ways.
std::optional<nlohmann::json> parse_object(std::string_view text);

/// A member that is a text; nothing: it is missing, or something else.
std::optional<std::string> text_of(const nlohmann::json& object, const char* name);
/// A member that is a number, rounded down.
std::optional<std::int64_t> number_of(const nlohmann::json& object, const char* name);

}  // namespace bora::auth
