#include "runtime/auth/id_token.h"

#include <algorithm>

#include <bora/auth/auth_error.h>

#include "runtime/auth/json_text.h"
#include "runtime/auth/login_cookie.h"
#include "runtime/core/crypto.h"

namespace bora::auth {

namespace {

using nlohmann::json;

constexpr std::int64_t kSkew = 60;
constexpr std::size_t kMaxKeys = 50;

[[noreturn]] void refuse(const std::string& why) {
  throw AuthError(403, "the ID token " + why);
}

std::optional<std::string> bytes_of(const json& key, const char* name) {
  const auto text = text_of(key, name);
  return text ? crypto::from_base64url(*text) : std::nullopt;
}

// The type of the key must fit the algorithm, so that a number of one kind is never taken for
// another.
std::optional<crypto::PublicKey> read_key(const json& key, std::string_view algorithm) {
  const std::string type = text_of(key, "kty").value_or("");
  const std::string curve = text_of(key, "crv").value_or("");
  const auto x = bytes_of(key, "x");
  const auto y = bytes_of(key, "y");
  if (algorithm == "RS256" && type == "RSA") {
    const auto n = bytes_of(key, "n");
    const auto e = bytes_of(key, "e");
    if (n && e) return crypto::PublicKey::rsa(*n, *e);
  } else if (algorithm == "ES256" && type == "EC" && curve == "P-256") {
    if (x && y) return crypto::PublicKey::p256(*x, *y);
  } else if (algorithm == "EdDSA" && type == "OKP" && curve == "Ed25519") {
    if (x) return crypto::PublicKey::ed25519(*x);
  }
  return std::nullopt;
}

}  // namespace

std::vector<ProviderKey> read_keys(const json& set, std::string_view algorithm) {
  std::vector<ProviderKey> keys;
  const auto list = set.find("keys");
  if (list == set.end() || !list->is_array()) return keys;
  for (const json& entry : *list) {
    if (!entry.is_object() || keys.size() == kMaxKeys) continue;
    const auto use = text_of(entry, "use");
    const auto algorithm_of_key = text_of(entry, "alg");
    if ((use && *use != "sig") || (algorithm_of_key && *algorithm_of_key != algorithm)) continue;
    if (auto key = read_key(entry, algorithm))
      keys.push_back({text_of(entry, "kid").value_or(""), std::move(*key)});
  }
  return keys;
}

IDToken read_id_token(std::string_view text, std::string_view algorithm) {
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (text.size() > kMaxJSON || second == std::string_view::npos ||
      text.find('.', second + 1) != std::string_view::npos)
    refuse("has not three parts");
  const auto head_text = crypto::from_base64url(text.substr(0, first));
  const auto claims_text = crypto::from_base64url(text.substr(first + 1, second - first - 1));
  const auto signature = crypto::from_base64url(text.substr(second + 1));
  const auto head = head_text ? parse_object(*head_text) : std::nullopt;
  auto claims = claims_text ? parse_object(*claims_text) : std::nullopt;
  if (!head || !claims || !signature) refuse("is malformed");
  const std::string named = text_of(*head, "alg").value_or("");
  if (named != algorithm)
    refuse("is signed by \"" + shortened(named) + "\", and not by " + std::string(algorithm));
  // RFC 7515, 4.1.11: these must be understood, and none is.
  if (head->contains("crit")) refuse("has critical extensions");
  IDToken token;
  token.signed_text = text.substr(0, second);
  token.signature = *signature;
  token.key_id = text_of(*head, "kid").value_or("");
  token.claims_text = *claims_text;
  token.claims = std::move(*claims);
  return token;
}

const ProviderKey* find_key(const std::vector<ProviderKey>& keys, const IDToken& token) {
  if (token.key_id.empty()) return keys.size() == 1 ? &keys.front() : nullptr;
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const ProviderKey& key) { return key.id == token.key_id; });
  return found == keys.end() ? nullptr : &*found;
}

void check_claims(const IDToken& token, const TokenRules& rules) {
  const json& claims = token.claims;
  const std::string issuer = text_of(claims, "iss").value_or("");
  if (issuer != rules.issuer)
    refuse("is of the issuer \"" + shortened(issuer) + "\", and not of " +
           std::string(rules.issuer));

  const auto audience = claims.find("aud");
  bool is_for_us = false;
  bool is_for_others = false;
  const auto look = [&](const json& name) {
    const bool is_ours = name.is_string() && name.get_ref<const std::string&>() == rules.client_id;
    (is_ours ? is_for_us : is_for_others) = true;
  };
  if (audience != claims.end() && audience->is_array()) {
    for (const json& name : *audience) look(name);
  } else if (audience != claims.end()) {
    look(*audience);
  }
  if (!is_for_us) refuse("is for another client (aud)");
  const bool has_party = claims.contains("azp");
  if (has_party && text_of(claims, "azp") != rules.client_id)
    refuse("was given to another client (azp)");
  if (is_for_others && !has_party)
    refuse("is for other clients too, and does not say to whom it was given (azp)");

  const auto expires = number_of(claims, "exp");
  const auto issued = number_of(claims, "iat");
  const auto begins = number_of(claims, "nbf");
  if (!expires) refuse("does not say when it expires (exp)");
  if (*expires + kSkew <= rules.now) refuse("has expired (exp)");
  if (!issued) refuse("does not say when it was issued (iat)");
  if (*issued > rules.now + kSkew) refuse("was issued in the future (iat)");
  if (begins && *begins > rules.now + kSkew) refuse("is not valid yet (nbf)");

  if (rules.nonce) {
    const std::string nonce = text_of(claims, "nonce").value_or("");
    if (!crypto::equal_in_constant_time(nonce, *rules.nonce))
      refuse("belongs to another login (nonce)");
  }
  if (claims.contains("at_hash")) {
    const crypto::Digest digest =
        rules.algorithm == "EdDSA" ? crypto::Digest::sha512 : crypto::Digest::sha256;
    crypto::Hasher hasher(digest);
    hasher.update(rules.access_token);
    const std::string whole = hasher.finish();
    if (text_of(claims, "at_hash") !=
        crypto::to_base64url(std::string_view(whole).substr(0, whole.size() / 2)))
      refuse("belongs to another access token (at_hash)");
  }
  const auto subject = text_of(claims, "sub");
  if (!subject || subject->empty() || subject->size() > 255) refuse("does not say who it is (sub)");
}

}  // namespace bora::auth
