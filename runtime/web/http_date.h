#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bora::web {

/// "Sun, 06 Nov 1994 08:49:37 GMT" of seconds since the Epoch (RFC 9110, 5.6.7), whatever the
/// locale.
[[nodiscard]] std::string format_http_date(std::int64_t seconds);

/// Seconds since the Epoch of a date in one of the three forms that RFC 9110 wants understood;
/// nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace bora::web
