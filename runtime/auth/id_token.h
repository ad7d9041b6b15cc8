#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "runtime/core/signature.h"

namespace bora::auth {

/// One of a provider's keys.
struct ProviderKey {
  std::string id;  ///< "kid"; it may be empty.
  crypto::PublicKey key;
};

/// The keys of a JSON Web Key Set that can check signatures of `algorithm`; others are left out.
std::vector<ProviderKey> read_keys(const nlohmann::json& set, std::string_view algorithm);

/// An ID token that was split into its parts but not checked.
struct IDToken {
  std::string signed_text;
  std::string signature;
  std::string key_id;
  std::string claims_text;
  nlohmann::json claims;
};

/// @throws AuthError  The text is not an ID token, or is signed in another way than by `algorithm`.
IDToken read_id_token(std::string_view text, std::string_view algorithm);

/// The key of that name, or null. Without a name there must be exactly one key.
const ProviderKey* find_key(const std::vector<ProviderKey>& keys, const IDToken& token);

/// The claims that an ID token must have.
struct TokenRules {
  std::string_view issuer;
  std::string_view client_id;
  std::string_view algorithm;
  std::optional<std::string_view> nonce;  ///< If empty, it is not checked.
  std::string_view access_token;
  std::int64_t now = 0;
};

/// Checks the claims (OpenID Connect Core, 3.1.3.7 and 3.1.3.8).
/// @throws AuthError
void check_claims(const IDToken& token, const TokenRules& rules);

}  // namespace bora::auth
