#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bora::http {

/// A URL of http or https in parts.
struct ClientURL {
  bool is_secure = false;
  std::string host;  ///< In lower case; an IPv6 address without its brackets.
  std::uint16_t port = 80;
  std::string host_field;   ///< as Host has it: with brackets, and with the port if it is not the
                            ///< scheme's
  std::string target;       ///< Path and query.
  std::string credentials;  ///< "user:password", decoded; empty: none.

  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool is_same_origin(const ClientURL& other) const noexcept {
    return is_secure == other.is_secure && port == other.port && host == other.host;
  }
};

/// @throws std::invalid_argument  It is not such a URL; the message says why.
ClientURL parse_client_url(std::string_view url);

/// The URL to which a redirect of `base` leads (RFC 3986, 5.2). Bytes that a URL can't hold are
/// percent-encoded, as browsers do.
/// @throws std::invalid_argument  It is not a URL of http or https.
ClientURL resolve_location(const ClientURL& base, std::string_view location);

}  // namespace bora::http
