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

/// An OAuth 1.0a provider, and how the program is registered there.
struct OAuth1Options {
  std::string name = "oauth1";  ///< The name in the cookie and in the log.
  std::string request_token_url{};
  std::string authorize_url{};
  std::string access_token_url{};
  std::string user_url{};      ///< Returns the user as a JSON object; if empty, it is not asked.
  std::string subject = "id";  ///< The member of that object that identifies the user.
  OAuth1Token consumer{};
  std::string callback_uri{};  ///< The callback's whole URL.
  bool allow_http_loopback = false;
  http::TimeLimit timeout = std::chrono::seconds(10);
};

/// Twitter's (X's) API 1.1. `authenticate_redirect` of Tornado's TwitterMixin: a visitor who has
/// agreed once is not asked again.
OAuth1Options twitter(OAuth1Token consumer, std::string callback_uri);

using OAuth1Parameters = std::vector<std::pair<std::string, std::string>>;

/// The signature of a request in base64, by HMAC-SHA1 (RFC 5849, 3.4).
/// @param url         A URL without a query; its scheme and host count in lower case.
/// @param parameters  All parameters: those of the query, of the form, and oauth_…, but not
///                    oauth_signature.
std::string oauth1_signature(const OAuth1Token& consumer, std::string_view method,
                             std::string_view url, OAuth1Parameters parameters,
                             const OAuth1Token& token = {});

/// Signs people in by OAuth 1.0a (RFC 5849). A sealed cookie keeps the request token.
class OAuth1Client {
 public:
  /// @throws std::invalid_argument  An option is missing or wrong; the message says which, and why.
  explicit OAuth1Client(OAuth1Options options);
  virtual ~OAuth1Client();
  OAuth1Client(const OAuth1Client&) = delete;
  OAuth1Client& operator=(const OAuth1Client&) = delete;

  /// Tornado's authorize_redirect(): asks for a request token and redirects the visitor to the
  /// provider.
  /// @throws AuthError
  Task<void> begin(web::RequestHandler& handler, std::string return_to = "/");
  /// Tornado's get_authenticated_user(), for the callback's handler. tokens.access_token and
  /// tokens.refresh_token are the access token's key and secret.
  /// @throws AuthError
  Task<Identity> finish(web::RequestHandler& handler);

  /// Asks the provider's API for a JSON object: Tornado's twitter_request().
  /// @param post  If set, the parameters are sent as a form, else in the query.
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
