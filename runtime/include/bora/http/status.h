#pragma once

#include <string_view>

namespace bora::http {

/// The standard phrase of a status, "Not Found"; "Unknown" for a number without one.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace bora::http
