#include <bora/auth/openid.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>

#include "runtime/auth/id_token.h"
#include "runtime/auth/json_text.h"
#include "runtime/auth/login_cookie.h"
#include "runtime/auth/provider_request.h"
#include "runtime/core/crypto.h"
#include "runtime/http/url_query.h"
#include "runtime/text/characters.h"

namespace bora::auth {

namespace {

using nlohmann::json;
using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::int64_t kKeepMetadata = 3600;
constexpr std::int64_t kBetweenKeyFetches = 30;

[[noreturn]] void reject(const std::string& why) {
  throw std::invalid_argument("OpenIDOptions: " + why);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return text::is_alphanumeric(c) || c == '-' || c == '_';
  });
}

std::string shown(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

// ---- Claims ----

Claims::Claims(std::string text) : json_(std::move(text)) {
  const auto object = parse_object(json_);
  if (!object) throw std::invalid_argument("Claims: not a JSON object");
  for (const auto& [name, value] : object->items()) {
    if (value.is_string() || value.is_number() || value.is_boolean())
      values_.emplace_back(name, shown(value));
  }
}

std::optional<std::string> Claims::get(std::string_view name) const {
  for (const auto& [known, value] : values_) {
    if (known == name) return value;
  }
  return std::nullopt;
}

// ---- What is known about the provider ----

class OpenIDClient::Impl {
 public:
  struct Metadata {
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string jwks_uri;
    std::string userinfo_endpoint;
    std::string end_session_endpoint;
    std::string revocation_endpoint;
    bool always_names_issuer = false;  ///< RFC 9207.
    std::int64_t until = 0;
  };

  explicit Impl(OpenIDClient& owner) : owner_(owner), cookie_(owner.options_.name) {}

  /// Returns a copy, which does not change meanwhile.
  Task<Metadata> metadata();
  Task<std::vector<ProviderKey>> keys(bool anew);
  Task<IDToken> verified(std::string text, std::optional<std::string> nonce,
                         std::string access_token);
  Task<json> ask_token_endpoint(Fields fields);
  static Tokens tokens_of(const json& answer);

  LoginCookie& cookie() noexcept { return cookie_; }
  [[nodiscard]] const OpenIDOptions& options() const noexcept { return owner_.options_; }

 private:
  Task<Metadata> discover();
  Task<std::vector<ProviderKey>> ask_for_keys(std::string url);
  void note_failure() {
    failure_ = std::current_exception();
    ++failures_;
  }
  /// Who has waited for a request that failed does not send it again: a provider that does not
  /// answer would let each visitor wait longer than the one before.
  void share_failure(std::uint64_t failures_before) const {
    if (failures_ != failures_before) std::rethrow_exception(failure_);
  }

  OpenIDClient& owner_;
  LoginCookie cookie_;
  Metadata metadata_;
  std::vector<ProviderKey> keys_;
  std::int64_t keys_fetched_ = INT64_MIN / 2;
  Lock lock_;
  std::uint64_t failures_ = 0;  ///< of requests under the lock
  std::exception_ptr failure_;
};

Task<OpenIDClient::Impl::Metadata> OpenIDClient::Impl::metadata() {
  const std::uint64_t failures_before = failures_;
  Lock::Acquire turn = lock_.acquire();
  const Lock::Permit permit = co_await turn;
  if (metadata_.until > seconds_now()) {
    Metadata known = metadata_;
    co_return known;
  }
  share_failure(failures_before);
  try {
    Task<Metadata> discovering = discover();
    Metadata found = co_await discovering;
    metadata_ = found;
    co_return found;
  } catch (const AuthError&) {
    note_failure();
    throw;
  }
}

Task<OpenIDClient::Impl::Metadata> OpenIDClient::Impl::discover() {
  const OpenIDOptions& options = owner_.options_;
  std::string url = options.issuer;
  if (url.ends_with('/')) url.pop_back();
  Task<json> asking =
      ask_for_json(owner_.get_auth_http_client(),
                   provider_request(url + "/.well-known/openid-configuration", options.timeout),
                   "the discovery of " + options.issuer);
  const json answer = co_await asking;
  // A provider that claims to be another one would be given the codes of that one (mix-up).
  const std::string issuer = text_of(answer, "issuer").value_or("");
  if (issuer != options.issuer) {
    throw AuthError(502, "the discovery of " + options.issuer +
                             " is that of another issuer: " + shortened(issuer));
  }
  Metadata found;
  const auto endpoint = [&](const char* name, bool is_needed) {
    std::string text = text_of(answer, name).value_or("");
    if (text.empty() && !is_needed) return text;
    if (!is_usable_endpoint(text, options.allow_http_loopback)) {
      throw AuthError(502, "the discovery of " + options.issuer + " has no https URL as " + name +
                               ": " + shortened(text));
    }
    return text;
  };
  found.authorization_endpoint = endpoint("authorization_endpoint", true);
  found.token_endpoint = endpoint("token_endpoint", true);
  found.jwks_uri = endpoint("jwks_uri", true);
  found.userinfo_endpoint = endpoint("userinfo_endpoint", false);
  found.end_session_endpoint = endpoint("end_session_endpoint", false);
  found.revocation_endpoint = endpoint("revocation_endpoint", false);
  const auto names_issuer = answer.find("authorization_response_iss_parameter_supported");
  found.always_names_issuer =
      names_issuer != answer.end() && names_issuer->is_boolean() && names_issuer->get<bool>();
  found.until = seconds_now() + kKeepMetadata;
  co_return found;
}

Task<std::vector<ProviderKey>> OpenIDClient::Impl::keys(bool anew) {
  Task<Metadata> knowing = metadata();
  const Metadata known = co_await knowing;
  const std::uint64_t failures_before = failures_;
  Lock::Acquire turn = lock_.acquire();
  const Lock::Permit permit = co_await turn;
  const std::int64_t age = seconds_now() - keys_fetched_;
  // Tokens with invented names of keys must not make us ask again and again.
  const bool may_ask = age >= kBetweenKeyFetches;
  if ((anew && may_ask) || age >= kKeepMetadata) {
    share_failure(failures_before);
    keys_fetched_ = seconds_now();
    try {
      Task<std::vector<ProviderKey>> asking = ask_for_keys(known.jwks_uri);
      keys_ = co_await asking;
    } catch (const AuthError&) {
      if (keys_.empty()) keys_fetched_ = INT64_MIN / 2;  // the next login needs them all the same
      note_failure();
      throw;
    }
  }
  std::vector<ProviderKey> found = keys_;
  co_return found;
}

Task<std::vector<ProviderKey>> OpenIDClient::Impl::ask_for_keys(std::string url) {
  const OpenIDOptions& options = owner_.options_;
  Task<json> asking =
      ask_for_json(owner_.get_auth_http_client(), provider_request(url, options.timeout),
                   "the keys of " + options.issuer);
  const json answer = co_await asking;
  std::vector<ProviderKey> found = read_keys(answer, options.algorithm);
  co_return found;
}

Task<IDToken> OpenIDClient::Impl::verified(std::string text, std::optional<std::string> nonce,
                                           std::string access_token) {
  const OpenIDOptions& options = owner_.options_;
  IDToken token = read_id_token(text, options.algorithm);
  Task<std::vector<ProviderKey>> looking = keys(false);
  std::vector<ProviderKey> known = co_await looking;
  const ProviderKey* key = find_key(known, token);
  if (key == nullptr) {
    Task<std::vector<ProviderKey>> again = keys(true);
    known = co_await again;
    key = find_key(known, token);
  }
  if (key == nullptr)
    throw AuthError(403,
                    "the ID token is signed by a key that " + options.issuer + " does not have");
  if (!key->key.verify(token.signed_text, token.signature))
    throw AuthError(403, "the ID token's signature is wrong");
  TokenRules rules;
  rules.issuer = options.issuer;
  rules.client_id = options.client_id;
  rules.algorithm = options.algorithm;
  if (nonce) rules.nonce = *nonce;
  rules.access_token = access_token;
  rules.now = seconds_now();
  check_claims(token, rules);
  co_return token;
}

Task<json> OpenIDClient::Impl::ask_token_endpoint(Fields fields) {
  Task<Metadata> knowing = metadata();
  const Metadata known = co_await knowing;
  const OpenIDOptions& options = owner_.options_;
  http::HTTPRequest request = provider_request(known.token_endpoint, options.timeout);
  request.method = "POST";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  add_credentials(request, fields, options.client_id, options.client_secret,
                  options.secret_in_body);
  request.body = form_text(fields);
  Task<json> asking = ask_for_json(owner_.get_auth_http_client(), std::move(request),
                                   "the token endpoint of " + options.issuer);
  json answer = co_await asking;
  const std::string type = text_of(answer, "token_type").value_or("");
  if (!text_of(answer, "access_token") || !http::equals_ignoring_case(type, "Bearer"))
    throw AuthError(502, "the token endpoint of " + options.issuer + " gives no bearer token");
  co_return answer;
}

Tokens OpenIDClient::Impl::tokens_of(const json& answer) {
  Tokens tokens;
  tokens.access_token = text_of(answer, "access_token").value_or("");
  tokens.refresh_token = text_of(answer, "refresh_token").value_or("");
  tokens.id_token = text_of(answer, "id_token").value_or("");
  tokens.scope = text_of(answer, "scope").value_or("");
  if (const auto lifetime = number_of(answer, "expires_in"); lifetime && *lifetime > 0)
    tokens.expires_at = seconds_now() + *lifetime;
  return tokens;
}

// ---- The client ----

OpenIDClient::OpenIDClient(OpenIDOptions options)
    : options_(std::move(options)), impl_(std::make_unique<Impl>(*this)) {
  if (!is_name(options_.name)) reject("name is made of letters, digits, '-' and '_'");
  if (options_.client_id.empty()) reject("client_id is missing");
  if (!is_usable_endpoint(options_.issuer, options_.allow_http_loopback))
    reject("issuer is a URL of https: " + options_.issuer);
  if (!is_usable_endpoint(options_.redirect_uri, true))
    reject("redirect_uri is the callback's whole URL, of https or on this machine");
  if (options_.algorithm != "RS256" && options_.algorithm != "ES256" &&
      options_.algorithm != "EdDSA")
    reject("algorithm is RS256, ES256 or EdDSA, and not " + options_.algorithm);
  const std::string scopes = " " + options_.scope + " ";
  if (scopes.find(" openid ") == std::string::npos) reject("scope lacks \"openid\"");
}
OpenIDClient::~OpenIDClient() = default;

http::AsyncHTTPClient OpenIDClient::get_auth_http_client() {
  return {};
}

Task<void> OpenIDClient::begin(web::RequestHandler& handler, std::string return_to) {
  Task<Impl::Metadata> knowing = impl_->metadata();
  const Impl::Metadata known = co_await knowing;
  const LoginState login = impl_->cookie().begin(handler, options_.issuer, std::move(return_to));
  send_to_provider(handler, login,
                   {.endpoint = known.authorization_endpoint,
                    .client_id = options_.client_id,
                    .redirect_uri = options_.redirect_uri,
                    .scope = options_.scope,
                    .nonce = login.nonce,
                    .parameters = options_.parameters});
}

Task<Identity> OpenIDClient::finish(web::RequestHandler& handler) {
  handler.set_header("Cache-Control", "no-store");
  const auto state = callback_parameter(handler, "state");
  if (!state) throw AuthError(400, "the callback has no state");
  const LoginState login = impl_->cookie().finish(handler, *state);
  const auto code = callback_parameter(handler, "code");
  const auto issuer = callback_parameter(handler, "iss");
  const auto error = callback_parameter(handler, "error");
  if (login.issuer != options_.issuer)
    throw AuthError(400, "the login was begun with another issuer: " + shortened(login.issuer));
  Task<Impl::Metadata> knowing = impl_->metadata();
  const Impl::Metadata known = co_await knowing;
  if (issuer && *issuer != options_.issuer)
    throw AuthError(400, "the callback comes from another issuer (iss): " + shortened(*issuer));
  if (!issuer && known.always_names_issuer)
    throw AuthError(400, "the callback does not name its issuer (iss), which this one always does");
  if (error) throw AuthError(403, "the provider says " + shortened(*error));
  if (!code || code->empty()) throw AuthError(400, "the callback has no code");

  Fields fields;
  fields.emplace_back("grant_type", "authorization_code");
  fields.emplace_back("code", *code);
  fields.emplace_back("redirect_uri", options_.redirect_uri);
  fields.emplace_back("code_verifier", login.verifier);
  Task<json> exchanging = impl_->ask_token_endpoint(std::move(fields));
  const json answer = co_await exchanging;
  Identity identity;
  identity.tokens = Impl::tokens_of(answer);
  if (identity.tokens.id_token.empty())
    throw AuthError(502, "the token endpoint of " + options_.issuer + " gives no ID token");
  Task<IDToken> verifying =
      impl_->verified(identity.tokens.id_token, login.nonce, identity.tokens.access_token);
  const IDToken token = co_await verifying;
  identity.issuer = options_.issuer;
  identity.subject = text_of(token.claims, "sub").value_or("");
  identity.claims = Claims(token.claims_text);
  identity.return_to = login.return_to;
  co_return identity;
}

Task<Tokens> OpenIDClient::refresh(std::string refresh_token, std::string subject) {
  Fields fields;
  fields.emplace_back("grant_type", "refresh_token");
  fields.emplace_back("refresh_token", std::move(refresh_token));
  Task<json> exchanging = impl_->ask_token_endpoint(std::move(fields));
  const json answer = co_await exchanging;
  Tokens tokens = Impl::tokens_of(answer);
  if (tokens.id_token.empty()) co_return tokens;
  Task<IDToken> verifying = impl_->verified(tokens.id_token, std::nullopt, tokens.access_token);
  const IDToken token = co_await verifying;
  if (text_of(token.claims, "sub") != subject)
    throw AuthError(403, "the refreshed ID token is of somebody else (sub)");
  co_return tokens;
}

Task<Claims> OpenIDClient::userinfo(const Identity& identity) {
  const std::string subject = identity.subject;
  const std::string token = identity.tokens.access_token;
  Task<Impl::Metadata> knowing = impl_->metadata();
  const Impl::Metadata known = co_await knowing;
  if (known.userinfo_endpoint.empty())
    throw AuthError(502, options_.issuer + " has no userinfo endpoint");
  http::HTTPRequest request = provider_request(known.userinfo_endpoint, options_.timeout);
  request.headers.set("Authorization", std::string_view("Bearer " + token));
  Task<json> asking = ask_for_json(get_auth_http_client(), std::move(request),
                                   "the userinfo endpoint of " + options_.issuer);
  const json answer = co_await asking;
  if (text_of(answer, "sub") != subject)
    throw AuthError(403, "the userinfo endpoint tells of somebody else (sub)");
  Claims claims(answer.dump());
  co_return claims;
}

Task<std::string> OpenIDClient::logout_url(std::string id_token, std::string return_to) {
  Task<Impl::Metadata> knowing = impl_->metadata();
  const Impl::Metadata known = co_await knowing;
  std::string url;
  if (known.end_session_endpoint.empty()) co_return url;
  Fields fields;
  fields.emplace_back("id_token_hint", std::move(id_token));
  fields.emplace_back("client_id", options_.client_id);
  fields.emplace_back("post_logout_redirect_uri", std::move(return_to));
  url = http::with_query(known.end_session_endpoint, form_text(fields));
  co_return url;
}

Task<void> OpenIDClient::revoke(std::string token) {
  Task<Impl::Metadata> knowing = impl_->metadata();
  const Impl::Metadata known = co_await knowing;
  if (known.revocation_endpoint.empty()) co_return;
  http::HTTPRequest request = provider_request(known.revocation_endpoint, options_.timeout);
  request.method = "POST";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  Fields fields;
  fields.emplace_back("token", std::move(token));
  add_credentials(request, fields, options_.client_id, options_.client_secret,
                  options_.secret_in_body);
  request.body = form_text(fields);
  http::AsyncHTTPClient client = get_auth_http_client();
  try {
    Task<http::HTTPResponse> fetching = client.fetch(request);
    const http::HTTPResponse response = co_await fetching;
    if (response.code != 200)
      throw AuthError(502, "the revocation endpoint of " + options_.issuer + " answers with " +
                               std::to_string(response.code));
  } catch (const http::HTTPFetchError& error) {
    throw AuthError(502, "the revocation endpoint of " + options_.issuer + ": " + error.message());
  }
}

}  // namespace bora::auth
