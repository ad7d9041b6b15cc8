#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Tokens against cross-site request forgery. The cookie holds a random token; forms send it back,
// masked differently on every page, so that a compressed page gives nothing of it away (BREACH).

namespace bora::web {

struct RawXSRFToken {
  std::string bytes;
  std::int64_t timestamp = 0;   ///< Seconds since the Epoch; of version 1 the time of reading.
  bool is_from_cookie = false;  ///< Else it is new, and the client must be told.
};

/// 16 random bytes.
[[nodiscard]] RawXSRFToken make_xsrf_token(std::int64_t now);

/// Version 2: `2|MASK|MASKED TOKEN|TIMESTAMP`, hexadecimal, under a fresh mask.
/// Version 1: the token in hexadecimal.
/// @throws std::invalid_argument  Another version.
[[nodiscard]] std::string encode_xsrf_token(const RawXSRFToken& token, int version);

/// Reads both versions; text that is neither is version 1's raw bytes. Nothing for a damaged token
/// of version 2, a later version, or one without any byte.
[[nodiscard]] std::optional<RawXSRFToken> decode_xsrf_token(std::string_view text,
                                                            std::int64_t now);

}  // namespace bora::web
