#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bora::web {

/// Returns "Sun, 06 Nov 1994 08:49:37 GMT" for seconds since the Epoch (RFC 9110, 5.6.7), in every
/// locale.
[[nodiscard]] std::string format_http_date(std::int64_t seconds);

/// The seconds since the Epoch of a date in one of the three forms that RFC 9110 requires; nothing
/// for any other text.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace bora::web
