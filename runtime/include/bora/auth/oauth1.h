#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/auth/auth_error.h>
#include <bora/auth/openid.h>
#include <bora/core/task.h>
#include <bora/http/async_http_client.h>
#include <bora/web/request_handler.h>

namespace bora::auth {

/// A token of OAuth 1.0a, and its secret.
struct OAuth1Token {
  std::string key{};
  std::string secret{};
};

/// An OAuth 1.0a provider, and as what the program is registered there.
struct OAuth1Options {
  std::string name = "oauth1";  ///< Of the cookie, and in the log.
  std::string request_token_url{};
  std::string authorize_url{};
  std::string access_token_url{};
  std::string user_url{};      ///< Tells who somebody is, as a JSON object; empty: nobody is asked.
  std::string subject = "id";  ///< The member that tells it.
  OAuth1Token consumer{};
  std::string callback_uri{};  ///< The callback's whole URL.
  bool allow_http_loopback = false;
  http::TimeLimit timeout = std::chrono::seconds(10);
};

/// Twitter's (X's) API 1.1. `authenticate_redirect` of Tornado's TwitterMixin: a visitor who has
/// agreed once is not asked again.
OAuth1Options twitter(OAuth1Token consumer, std::string callback_uri);

using OAuth1Parameters = std::vector<std::pair<std::string, std::string>>;

/// The signature of a request, HMAC-SHA1 (RFC 5849, 3.4): base64.
/// @param url         Without a query; its scheme and host count in lower case.
/// @param parameters  All of them: of the query, of the form, and oauth_…; not oauth_signature.
std::string oauth1_signature(const OAuth1Token& consumer, std::string_view method,
                             std::string_view url, OAuth1Parameters parameters,
                             const OAuth1Token& token = {});

/// Signs people in by OAuth 1.0a (RFC 5849). The request token waits in a sealed cookie.
class OAuth1Client {
 public:
  /// @throws std::invalid_argument  An option is missing or wrong: which, and why.
  explicit OAuth1Client(OAuth1Options options);
  virtual ~OAuth1Client();
  OAuth1Client(const OAuth1Client&) = delete;
  OAuth1Client& operator=(const OAuth1Client&) = delete;

  /// Tornado's authorize_redirect(): asks for a request token and sends the visitor to the
  /// provider.
  /// @throws AuthError
  Task<void> begin(web::RequestHandler& handler, std::string return_to = "/");
  /// Tornado's get_authenticated_user(), in the callback's handler. tokens.access_token and
  /// tokens.refresh_token are the access token's key and secret.
  /// @throws AuthError
  Task<Identity> finish(web::RequestHandler& handler);

  /// Asks the provider's API for a JSON object: Tornado's twitter_request().
  /// @param post  A form is sent; else the parameters go in the query.
  Task<Claims> oauth1_request(std::string url, OAuth1Token token, OAuth1Parameters parameters = {},
                              bool post = false);

 protected:
  virtual http::AsyncHTTPClient get_auth_http_client();

 private:
  class Impl;
  Task<std::string> ask(std::string method, std::string url, OAuth1Parameters own,
                        OAuth1Parameters parameters, OAuth1Token token, std::string what);

  OAuth1Options options_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::auth
