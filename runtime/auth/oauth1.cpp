#include <bora/auth/oauth1.h>

#include <algorithm>
#include <stdexcept>

#include <bora/http/httputil.h>

#include "runtime/auth/json_text.h"
#include "runtime/auth/login_cookie.h"
#include "runtime/auth/provider_request.h"
#include "runtime/core/crypto.h"
#include "runtime/http/client/client_url.h"
#include "runtime/http/url_query.h"
#include "runtime/text/characters.h"
#include "runtime/text/percent.h"

namespace bora::auth {

namespace {

// RFC 5849, 3.6: only these characters stay; escapes have capitals.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (text::is_unreserved(c)) {
      result += c;
    } else {
      text::append_escaped(result, c);
    }
  }
  return result;
}

std::string member(const std::vector<http::Argument>& answer, std::string_view name) {
  for (const auto& argument : answer) {
    if (argument.name == name) return std::string(argument.value);
  }
  return {};
}

}  // namespace

std::string oauth1_signature(const OAuth1Token& consumer, std::string_view method,
                             std::string_view url, OAuth1Parameters parameters,
                             const OAuth1Token& token) {
  const http::ClientURL parts = http::parse_client_url(url);
  const std::string base_url = (parts.is_secure ? "https://" : "http://") + parts.host_field +
                               parts.target.substr(0, parts.target.find('?'));
  for (auto& [name, value] : parameters) {
    name = escaped(name);
    value = escaped(value);
  }
  std::sort(parameters.begin(), parameters.end());
  std::string list;
  for (const auto& [name, value] : parameters) {
    if (!list.empty()) list += '&';
    list.append(name).append("=").append(value);
  }
  std::string upper(method);
  for (char& c : upper) {
    c = text::to_upper(c);
  }
  const std::string base = upper + "&" + escaped(base_url) + "&" + escaped(list);
  const std::string key = escaped(consumer.secret) + "&" + escaped(token.secret);
  return crypto::to_base64(crypto::hmac_sha1(key, base));
}

OAuth1Options twitter(OAuth1Token consumer, std::string callback_uri) {
  OAuth1Options options;
  options.name = "twitter";
  options.request_token_url = "https://api.twitter.com/oauth/request_token";
  options.authorize_url = "https://api.twitter.com/oauth/authenticate";
  options.access_token_url = "https://api.twitter.com/oauth/access_token";
  options.user_url = "https://api.twitter.com/1.1/account/verify_credentials.json";
  options.subject = "id_str";
  options.consumer = std::move(consumer);
  options.callback_uri = std::move(callback_uri);
  return options;
}

class OAuth1Client::Impl {
 public:
  explicit Impl(const std::string& name) : cookie(name) {}

  LoginCookie cookie;
};

OAuth1Client::OAuth1Client(OAuth1Options options)
    : options_(std::move(options)), impl_(std::make_unique<Impl>(options_.name)) {
  const auto require = [&](const std::string& url, const char* name) {
    if (!is_usable_endpoint(url, options_.allow_http_loopback))
      throw std::invalid_argument(std::string("OAuth1Options: ") + name + " is a URL of https");
  };
  require(options_.request_token_url, "request_token_url");
  require(options_.authorize_url, "authorize_url");
  require(options_.access_token_url, "access_token_url");
  if (!options_.user_url.empty()) require(options_.user_url, "user_url");
  if (!is_usable_endpoint(options_.callback_uri, true))
    throw std::invalid_argument("OAuth1Options: callback_uri is the callback's whole URL");
  if (options_.consumer.key.empty())
    throw std::invalid_argument("OAuth1Options: consumer is missing");
}
OAuth1Client::~OAuth1Client() = default;

http::AsyncHTTPClient OAuth1Client::get_auth_http_client() {
  return {};
}

Task<std::string> OAuth1Client::ask(std::string method, std::string url, OAuth1Parameters own,
                                    OAuth1Parameters parameters, OAuth1Token token,
                                    std::string what) {
  own.emplace_back("oauth_consumer_key", options_.consumer.key);
  own.emplace_back("oauth_nonce", crypto::to_hex(crypto::random_bytes(16)));
  own.emplace_back("oauth_signature_method", "HMAC-SHA1");
  own.emplace_back("oauth_timestamp", std::to_string(seconds_now()));
  own.emplace_back("oauth_version", "1.0");
  if (!token.key.empty()) own.emplace_back("oauth_token", token.key);
  OAuth1Parameters all = own;
  all.insert(all.end(), parameters.begin(), parameters.end());
  const std::string query(http::split_url(url).query);
  for (const auto& argument : http::parse_qs(query))
    all.emplace_back(std::string(argument.name), std::string(argument.value));
  own.emplace_back("oauth_signature",
                   oauth1_signature(options_.consumer, method, url, std::move(all), token));
  std::string header = "OAuth ";
  for (const auto& [name, value] : own) {
    if (header.size() > 6) header += ", ";
    header.append(name).append("=\"").append(escaped(value)).append("\"");
  }
  std::string form;
  for (const auto& [name, value] : parameters) {
    if (!form.empty()) form += '&';
    form.append(escaped(name)).append("=").append(escaped(value));
  }
  http::HTTPRequest request = provider_request(std::move(url), options_.timeout);
  request.method = method;
  request.headers.set("Authorization", std::string_view(header));
  if (method == "POST") {
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    request.body = form;
  } else {
    request.url = http::with_query(request.url, form);
  }
  http::AsyncHTTPClient client = get_auth_http_client();
  http::HTTPResponse response;
  try {
    Task<http::HTTPResponse> fetching = client.fetch(request);
    response = co_await fetching;
  } catch (const http::HTTPFetchError& error) {
    throw AuthError(502, what + ": " + error.message());
  }
  if (response.code != 200) {
    throw AuthError(response.code >= 500 ? 502 : 403,
                    what + " answers with " + std::to_string(response.code));
  }
  co_return std::move(response.body);
}

Task<void> OAuth1Client::begin(web::RequestHandler& handler, std::string return_to) {
  OAuth1Parameters own;
  own.emplace_back("oauth_callback", options_.callback_uri);
  Task<std::string> asking = ask("POST", options_.request_token_url, std::move(own), {}, {},
                                 "the request token endpoint of " + options_.name);
  const std::string text = co_await asking;
  const auto answer = http::parse_qs(text);
  const std::string key = member(answer, "oauth_token");
  const std::string secret = member(answer, "oauth_token_secret");
  // Version 1.0 does not have this, and let others end a login that somebody had begun (session
  // fixation).
  if (key.empty() || member(answer, "oauth_callback_confirmed") != "true")
    throw AuthError(502, "the request token endpoint of " + options_.name + " does not speak 1.0a");
  // The request token is what OAuth 2 calls the state. It and its secret are kept in base64url,
  // because the provider may have used any bytes.
  LoginState login;
  login.issuer = options_.authorize_url;
  login.state = crypto::to_base64url(key);
  login.nonce = crypto::to_base64url(crypto::random_bytes(16));
  login.verifier = crypto::to_base64url(secret);
  login.return_to = local_path(std::move(return_to));
  impl_->cookie.keep(handler, login);
  handler.set_header("Cache-Control", "no-store");
  handler.redirect(http::with_query(options_.authorize_url, "oauth_token=" + escaped(key)));
}

Task<Identity> OAuth1Client::finish(web::RequestHandler& handler) {
  handler.set_header("Cache-Control", "no-store");
  const auto key = callback_parameter(handler, "oauth_token");
  const auto denied = callback_parameter(handler, "denied");
  if (!key && !denied) throw AuthError(400, "the callback has no oauth_token");
  const LoginState login =
      impl_->cookie.finish(handler, crypto::to_base64url(key ? *key : *denied));
  if (login.issuer != options_.authorize_url)
    throw AuthError(400, "the login was begun with another provider: " + shortened(login.issuer));
  const auto verifier = callback_parameter(handler, "oauth_verifier");
  if (denied) throw AuthError(403, "the visitor has not agreed");
  if (!verifier || verifier->empty()) throw AuthError(400, "the callback has no oauth_verifier");
  OAuth1Token token;
  token.key = crypto::from_base64url(login.state).value_or("");
  token.secret = crypto::from_base64url(login.verifier).value_or("");
  Identity identity;
  identity.return_to = login.return_to;
  identity.issuer = options_.authorize_url;

  OAuth1Parameters own;
  own.emplace_back("oauth_verifier", *verifier);
  Task<std::string> asking = ask("POST", options_.access_token_url, std::move(own), {}, token,
                                 "the access token endpoint of " + options_.name);
  const std::string text = co_await asking;
  const auto answer = http::parse_qs(text);
  OAuth1Token access;
  access.key = member(answer, "oauth_token");
  access.secret = member(answer, "oauth_token_secret");
  if (access.key.empty())
    throw AuthError(502, "the access token endpoint of " + options_.name + " gives no token");
  identity.tokens.access_token = access.key;
  identity.tokens.refresh_token = access.secret;
  if (options_.user_url.empty()) co_return identity;
  Task<Claims> learning = oauth1_request(options_.user_url, access);
  Claims learnt = co_await learning;
  identity.claims = std::move(learnt);
  identity.subject = identity.claims.get(options_.subject, "");
  if (identity.subject.empty() || identity.subject.size() > 255)
    throw AuthError(502, options_.name + " does not say who it is (" + options_.subject + ")");
  co_return identity;
}

Task<Claims> OAuth1Client::oauth1_request(std::string url, OAuth1Token token,
                                          OAuth1Parameters parameters, bool post) {
  if (!is_usable_endpoint(url, options_.allow_http_loopback))
    throw AuthError(502, options_.name + ": requests are signed for URLs of https only");
  Task<std::string> asking = ask(post ? "POST" : "GET", std::move(url), {}, std::move(parameters),
                                 std::move(token), "the API of " + options_.name);
  const std::string text = co_await asking;
  const auto object = parse_object(text);
  if (!object) throw AuthError(502, "the API of " + options_.name + " answers with no JSON object");
  Claims claims(text);
  co_return claims;
}

}  // namespace bora::auth
