#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/auth/openid.h>

namespace bora::auth {

/// An OAuth 2 provider that knows no OpenID: its URLs, and as what the program is registered there.
struct OAuth2Options {
  std::string name = "oauth2";  ///< Of the cookie, and in the log.
  std::string authorize_url{};
  std::string access_token_url{};
  std::string user_url{};      ///< Tells who somebody is, as a JSON object.
  std::string subject = "id";  ///< The member that tells it for good.
  std::string client_id{};
  std::string client_secret{};
  std::string redirect_uri{};
  std::string scope{};  ///< Separated by blanks.
  /// Further parameters of the authorization request.
  std::vector<std::pair<std::string, std::string>> parameters{};
  bool secret_in_body = true;
  /// Facebook: requests carry a proof that the program has the secret.
  bool sends_appsecret_proof = false;
  bool allow_http_loopback = false;
  http::TimeLimit timeout = std::chrono::seconds(10);
};

/// GitHub's, Facebook's (Graph API).
OAuth2Options github(std::string client_id, std::string client_secret, std::string redirect_uri);
OAuth2Options facebook(std::string client_id, std::string client_secret, std::string redirect_uri);

/// OpenID Connect at Google; at Microsoft for one tenant (its number, or "consumers").
OpenIDOptions google(std::string client_id, std::string client_secret, std::string redirect_uri);
OpenIDOptions microsoft(std::string tenant, std::string client_id, std::string client_secret,
                        std::string redirect_uri);

/// Signs people in by OAuth 2 (RFC 6749): authorization code with state and PKCE, as OpenIDClient
/// does it, with the same cookie. Who somebody is the provider tells on being asked for `user_url`,
/// with the access token: so it is known only that the token is theirs.
class OAuth2Client {
 public:
  /// @throws std::invalid_argument  An option is missing or wrong: which, and why.
  explicit OAuth2Client(OAuth2Options options);
  virtual ~OAuth2Client();
  OAuth2Client(const OAuth2Client&) = delete;
  OAuth2Client& operator=(const OAuth2Client&) = delete;

  /// Sends the visitor to the provider.
  void begin(web::RequestHandler& handler, std::string return_to = "/");
  /// In the handler of redirect_uri: who came back. `claims` is what `user_url` tells.
  /// @throws AuthError
  Task<Identity> finish(web::RequestHandler& handler);

  /// Asks the provider's API for a JSON object, as whom the token belongs to.
  /// @param post  A form's fields; nothing: GET.
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
