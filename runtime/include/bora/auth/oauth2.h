#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/auth/openid.h>

namespace bora::auth {

/// An OAuth 2 provider without OpenID: its URLs, and how the program is registered there.
struct OAuth2Options {
  std::string name = "oauth2";  ///< The name in the cookie and in the log.
  std::string authorize_url{};
  std::string access_token_url{};
  std::string user_url{};      ///< Returns the user as a JSON object.
  std::string subject = "id";  ///< The member of that object that identifies the user permanently.
  std::string client_id{};
  std::string client_secret{};
  std::string redirect_uri{};
  std::string scope{};  ///< Separated by blanks.
  /// Further parameters of the authorization request.
  std::vector<std::pair<std::string, std::string>> parameters{};
  bool secret_in_body = true;
  /// For Facebook: requests carry a proof that the program has the secret.
  bool sends_appsecret_proof = false;
  bool allow_http_loopback = false;
  http::TimeLimit timeout = std::chrono::seconds(10);
};

/// The options for GitHub and for Facebook (Graph API).
OAuth2Options github(std::string client_id, std::string client_secret, std::string redirect_uri);
OAuth2Options facebook(std::string client_id, std::string client_secret, std::string redirect_uri);

/// OpenID Connect at Google; at Microsoft for one tenant (its number, or "consumers").
OpenIDOptions google(std::string client_id, std::string client_secret, std::string redirect_uri);
OpenIDOptions microsoft(std::string tenant, std::string client_id, std::string client_secret,
                        std::string redirect_uri);

/// Signs people in by OAuth 2 (RFC 6749): authorization code with state and PKCE, as OpenIDClient
/// does it, with the same cookie. The user is the one that `user_url` returns for the access token:
/// this proves no more than that the token is theirs.
class OAuth2Client {
 public:
  /// @throws std::invalid_argument  An option is missing or wrong; the message says which, and why.
  explicit OAuth2Client(OAuth2Options options);
  virtual ~OAuth2Client();
  OAuth2Client(const OAuth2Client&) = delete;
  OAuth2Client& operator=(const OAuth2Client&) = delete;

  /// Redirects the visitor to the provider.
  void begin(web::RequestHandler& handler, std::string return_to = "/");
  /// The user who came back; for the handler of redirect_uri. `claims` is the answer of `user_url`.
  /// @throws AuthError
  Task<Identity> finish(web::RequestHandler& handler);

  /// Asks the provider's API for a JSON object, for the user of the token.
  /// @param post  The fields of a form; without it the method is GET.
  /// @throws AuthError
  Task<Claims> oauth2_request(
      std::string url, std::string access_token,
      std::optional<std::vector<std::pair<std::string, std::string>>> post = std::nullopt);

  [[nodiscard]] const OAuth2Options& options() const noexcept { return options_; }

 protected:
  virtual http::AsyncHTTPClient get_auth_http_client();

 private:
  class Impl;
  OAuth2Options options_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::auth
