#include <bora/auth/oauth2.h>

#include <algorithm>
#include <stdexcept>

#include "runtime/auth/json_text.h"
#include "runtime/auth/login_cookie.h"
#include "runtime/auth/provider_request.h"
#include "runtime/core/crypto.h"
#include "runtime/http/url_query.h"

namespace bora::auth {

namespace {

using nlohmann::json;
using Fields = std::vector<std::pair<std::string, std::string>>;

[[noreturn]] void reject(const std::string& why) {
  throw std::invalid_argument("OAuth2Options: " + why);
}

}  // namespace

OAuth2Options github(std::string client_id, std::string client_secret, std::string redirect_uri) {
  OAuth2Options options;
  options.name = "github";
  options.authorize_url = "https://github.com/login/oauth/authorize";
  options.access_token_url = "https://github.com/login/oauth/access_token";
  options.user_url = "https://api.github.com/user";
  options.client_id = std::move(client_id);
  options.client_secret = std::move(client_secret);
  options.redirect_uri = std::move(redirect_uri);
  options.scope = "read:user";
  return options;
}

OAuth2Options facebook(std::string client_id, std::string client_secret, std::string redirect_uri) {
  OAuth2Options options;
  options.name = "facebook";
  options.authorize_url = "https://www.facebook.com/dialog/oauth";
  options.access_token_url = "https://graph.facebook.com/oauth/access_token";
  options.user_url =
      "https://graph.facebook.com/"
      "me?fields=id%2Cname%2Cfirst_name%2Clast_name%2Clocale%2Cpicture%2Clink";
  options.client_id = std::move(client_id);
  options.client_secret = std::move(client_secret);
  options.redirect_uri = std::move(redirect_uri);
  options.scope = "public_profile";
  options.sends_appsecret_proof = true;
  return options;
}

OpenIDOptions google(std::string client_id, std::string client_secret, std::string redirect_uri) {
  OpenIDOptions options;
  options.name = "google";
  options.issuer = "https://accounts.google.com";
  options.client_id = std::move(client_id);
  options.client_secret = std::move(client_secret);
  options.redirect_uri = std::move(redirect_uri);
  return options;
}

OpenIDOptions microsoft(std::string tenant, std::string client_id, std::string client_secret,
                        std::string redirect_uri) {
  OpenIDOptions options;
  options.name = "microsoft";
  // Accounts that belong to no organisation are a tenant, too; their tokens have its number.
  if (tenant == "consumers") tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";
  options.issuer = "https://login.microsoftonline.com/" + tenant + "/v2.0";
  options.client_id = std::move(client_id);
  options.client_secret = std::move(client_secret);
  options.redirect_uri = std::move(redirect_uri);
  options.secret_in_body = true;
  return options;
}

class OAuth2Client::Impl {
 public:
  explicit Impl(const std::string& name) : cookie(name) {}
  LoginCookie cookie;
};

OAuth2Client::OAuth2Client(OAuth2Options options)
    : options_(std::move(options)), impl_(std::make_unique<Impl>(options_.name)) {
  const auto is_usable = [&](const std::string& url) {
    return is_usable_endpoint(url, options_.allow_http_loopback);
  };
  if (options_.name.empty() || !http::is_token(options_.name)) reject("name is a word");
  if (options_.client_id.empty()) reject("client_id is missing");
  if (!is_usable(options_.authorize_url)) reject("authorize_url is a URL of https");
  if (!is_usable(options_.access_token_url)) reject("access_token_url is a URL of https");
  if (!is_usable(options_.user_url)) reject("user_url is a URL of https");
  if (!is_usable_endpoint(options_.redirect_uri, true))
    reject("redirect_uri is the callback's whole URL, of https or on this machine");
}
OAuth2Client::~OAuth2Client() = default;

http::AsyncHTTPClient OAuth2Client::get_auth_http_client() {
  return {};
}

void OAuth2Client::begin(web::RequestHandler& handler, std::string return_to) {
  const LoginState login =
      impl_->cookie.begin(handler, options_.authorize_url, std::move(return_to));
  send_to_provider(handler, login,
                   {.endpoint = options_.authorize_url,
                    .client_id = options_.client_id,
                    .redirect_uri = options_.redirect_uri,
                    .scope = options_.scope,
                    .nonce = {},
                    .parameters = options_.parameters});
}

Task<Identity> OAuth2Client::finish(web::RequestHandler& handler) {
  handler.set_header("Cache-Control", "no-store");
  const auto state = callback_parameter(handler, "state");
  if (!state) throw AuthError(400, "the callback has no state");
  const LoginState login = impl_->cookie.finish(handler, *state);
  const auto code = callback_parameter(handler, "code");
  const auto error = callback_parameter(handler, "error");
  if (login.issuer != options_.authorize_url)
    throw AuthError(400, "the login was begun with another provider: " + shortened(login.issuer));
  if (error) throw AuthError(403, "the provider says " + shortened(*error));
  if (!code || code->empty()) throw AuthError(400, "the callback has no code");

  Fields fields;
  fields.emplace_back("grant_type", "authorization_code");
  fields.emplace_back("code", *code);
  fields.emplace_back("redirect_uri", options_.redirect_uri);
  fields.emplace_back("code_verifier", login.verifier);
  http::HTTPRequest request = provider_request(options_.access_token_url, options_.timeout);
  request.method = "POST";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  add_credentials(request, fields, options_.client_id, options_.client_secret,
                  options_.secret_in_body);
  request.body = form_text(fields);
  Task<json> asking = ask_for_json(get_auth_http_client(), std::move(request),
                                   "the token endpoint of " + options_.name);
  const json answer = co_await asking;
  Identity identity;
  identity.tokens.access_token = text_of(answer, "access_token").value_or("");
  identity.tokens.refresh_token = text_of(answer, "refresh_token").value_or("");
  identity.tokens.scope = text_of(answer, "scope").value_or("");
  if (const auto lifetime = number_of(answer, "expires_in"); lifetime && *lifetime > 0)
    identity.tokens.expires_at = seconds_now() + *lifetime;
  if (identity.tokens.access_token.empty()) {
    // GitHub refuses with the status 200.
    throw AuthError(403, "the token endpoint of " + options_.name + " gives no token: " +
                             shortened(text_of(answer, "error").value_or("no reason")));
  }
  Task<Claims> learning = oauth2_request(options_.user_url, identity.tokens.access_token);
  Claims learnt = co_await learning;
  identity.claims = std::move(learnt);
  identity.subject = identity.claims.get(options_.subject, "");
  if (identity.subject.empty() || identity.subject.size() > 255)
    throw AuthError(502, options_.name + " does not say who it is (" + options_.subject + ")");
  identity.issuer = options_.authorize_url;
  identity.return_to = login.return_to;
  co_return identity;
}

Task<Claims> OAuth2Client::oauth2_request(std::string url, std::string access_token,
                                          std::optional<Fields> post) {
  if (!is_usable_endpoint(url, options_.allow_http_loopback))
    throw AuthError(502, options_.name + ": an access token is sent to URLs of https only");
  if (options_.sends_appsecret_proof) {
    const std::string proof =
        crypto::to_hex(crypto::hmac_sha256(options_.client_secret, access_token));
    url = http::with_query(url, "appsecret_proof=" + proof);
  }
  http::HTTPRequest request = provider_request(std::move(url), options_.timeout);
  request.headers.set("Authorization", std::string_view("Bearer " + access_token));
  if (post) {
    request.method = "POST";
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    request.body = form_text(*post);
  }
  Task<json> asking =
      ask_for_json(get_auth_http_client(), std::move(request), "the API of " + options_.name);
  const json answer = co_await asking;
  Claims claims(answer.dump());
  co_return claims;
}

}  // namespace bora::auth
