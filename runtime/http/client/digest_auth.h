#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <bora/http/http_headers.h>

namespace bora::http {

/// The challenge of a server for Digest authentication (RFC 7616).
struct DigestChallenge {
  std::string realm{};
  std::string nonce{};
  std::string opaque{};
  bool has_opaque = false;
  bool is_sha256 = false;  ///< else MD5
  bool is_session = false;
  bool has_qop = false;  ///< "auth"; without it, the form of RFC 2069
  bool is_stale = false;
  std::uint32_t uses = 0;  ///< how often it was answered; only the caller counts
};

/// The strongest challenge among a field's values that can be answered.
std::optional<DigestChallenge> read_digest_challenge(const HTTPHeaders& headers,
                                                     std::string_view field);

struct DigestLogin {
  std::string_view username;
  std::string_view password;
  std::string_view method;
  std::string_view target;
  std::string_view client_nonce;
  std::uint32_t count = 1;
};
/// The value of Authorization.
std::string digest_authorization(const DigestChallenge& challenge, const DigestLogin& login);

}  // namespace bora::http
