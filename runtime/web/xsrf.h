#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Tokens against cross-site request forgery. The cookie holds a random token; forms send it back,
// masked differently on every page, so that a compressed page does not reveal it (BREACH).

namespace bora::web {

struct RawXSRFToken {
  std::string bytes;
  std::int64_t timestamp = 0;   ///< in seconds since the Epoch; for version 1 the time of reading
  bool is_from_cookie = false;  ///< else it is new, and must be sent to the client
};

/// 16 random bytes.
[[nodiscard]] RawXSRFToken make_xsrf_token(std::int64_t now);

/// Version 2: `2|MASK|MASKED TOKEN|TIMESTAMP`, hexadecimal, under a fresh mask.
/// Version 1: the token in hexadecimal.
/// @throws std::invalid_argument  The version is another.
[[nodiscard]] std::string encode_xsrf_token(const RawXSRFToken& token, int version);

/// Reads both versions; text that is neither counts as version 1's raw bytes. Returns nothing for a
/// damaged token of version 2, a later version, or one without any byte.
[[nodiscard]] std::optional<RawXSRFToken> decode_xsrf_token(std::string_view text,
                                                            std::int64_t now);

}  // namespace bora::web
