#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/auth/auth_error.h>
#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/http/async_http_client.h>
#include <bora/web/request_handler.h>

namespace bora::auth {

/// An OpenID Connect provider: its address, and how the program is registered there.
struct OpenIDOptions {
  std::string name = "openid";  ///< In the cookie and the log; letters, digits, '-' and '_'.
  std::string issuer{};         ///< "https://accounts.google.com"; the rest is asked there.
  std::string client_id{};
  std::string client_secret{};  ///< Empty for a public client, which only PKCE protects.
  std::string redirect_uri{};   ///< The callback's whole URL, as it is registered.
  std::string scope = "openid profile email";
  /// The only accepted signature of ID tokens: "RS256", "ES256" or "EdDSA".
  std::string algorithm = "RS256";
  /// If true, the secret is sent in the body of the request and not by Basic authentication.
  bool secret_in_body = false;
  /// Further parameters of the authorization request: {{"prompt", "select_account"}}.
  std::vector<std::pair<std::string, std::string>> parameters{};
  /// If true, providers on this machine may use http; for tests.
  bool allow_http_loopback = false;
  http::TimeLimit timeout = std::chrono::seconds(10);  ///< For each request to the provider.
};

/// The tokens that a provider gives.
struct Tokens {
  std::string access_token{};
  std::string refresh_token{};  ///< Empty if there is none.
  std::string id_token{};       ///< As it came; it was verified.
  std::string scope{};
  std::int64_t expires_at = 0;  ///< When access_token ends, in seconds since the Epoch; 0: unknown.
};

/// Claims about a user: a JSON object whose texts can be read by name.
class Claims {
 public:
  Claims() = default;
  /// @throws std::invalid_argument  The text is not a JSON object.
  explicit Claims(std::string json);

  /// A text, a number as it is written, or "true" or "false"; nothing if the claim is missing or of
  /// another type.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  [[nodiscard]] std::string get(std::string_view name, std::string_view missing) const {
    return get(name).value_or(std::string(missing));
  }
  [[nodiscard]] bool is_true(std::string_view name) const { return get(name) == "true"; }
  /// The whole object.
  [[nodiscard]] const std::string& json() const noexcept { return json_; }

 private:
  std::string json_;
  std::vector<std::pair<std::string, std::string>> values_;
};

/// A user who has signed in.
struct Identity {
  std::string issuer{};
  std::string subject{};  ///< The permanent identifier; an e-mail address may change hands.
  Claims claims{};        ///< The claims of the ID token.
  Tokens tokens{};
  std::string return_to = "/";  ///< The argument of begin(): a path on this server.
};

/// Signs people in by an OpenID Connect provider: authorization code with PKCE, with strict checks.
///
///     class Login : public RequestHandler {
///      public:
///       Task<void> get() { co_await provider.begin(*this, get_next_url()); }
///     };
///     class Callback : public RequestHandler {
///      public:
///       Task<void> get() {
///         const bora::auth::Identity who = co_await provider.finish(*this);
///         session_->user = who.subject;
///         session_.renew();
///         redirect_local(who.return_to);
///       }
///     };
///
/// begin() sets one sealed cookie, `__Host-login_NAME.` and a hash of the state. It holds state,
/// nonce, the PKCE verifier, the issuer and the path to return to, for ten minutes; finish()
/// removes it in every case. So only the browser in which a login was begun can finish it, and only
/// once. A browser can have five logins under way. The application needs Settings::cookie_secret.
///
/// It belongs to one loop. It keeps the provider's data (discovery, keys) for an hour.
/// docs/logins.md lists the checks.
class OpenIDClient {
 public:
  /// @throws std::invalid_argument  An option is missing or wrong; the message says which, and why.
  explicit OpenIDClient(OpenIDOptions options);
  virtual ~OpenIDClient();
  OpenIDClient(const OpenIDClient&) = delete;
  OpenIDClient& operator=(const OpenIDClient&) = delete;

  /// Redirects the visitor to the provider.
  /// @param return_to  A path on this server; anything else becomes "/".
  /// @throws AuthError  The provider can't be reached, or its answer is incomplete.
  Task<void> begin(web::RequestHandler& handler, std::string return_to = "/");

  /// The user who came back; for the handler of redirect_uri.
  /// @throws AuthError
  Task<Identity> finish(web::RequestHandler& handler);

  /// Gets new tokens for a refresh token. If the provider issues a new refresh token, the old one
  /// is void.
  /// @param subject  The user whom an ID token, if one comes, must belong to.
  /// @throws AuthError
  Task<Tokens> refresh(std::string refresh_token, std::string subject);

  /// The provider's claims about a user who has signed in.
  /// @throws AuthError  The request failed, or the claims are about another user.
  Task<Claims> userinfo(const Identity& identity);

  /// The URL to which a visitor is redirected to sign out of the provider as well (RP-initiated
  /// logout); empty if the provider offers none. `return_to` is a whole URL that is registered
  /// there.
  Task<std::string> logout_url(std::string id_token, std::string return_to);

  /// Makes a token void (RFC 7009). Does nothing if the provider does not support it.
  Task<void> revoke(std::string token);

  [[nodiscard]] const OpenIDOptions& options() const noexcept { return options_; }

 protected:
  /// The client for requests to the provider. The default is the loop's shared one.
  virtual http::AsyncHTTPClient get_auth_http_client();

 private:
  class Impl;

  OpenIDOptions options_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::auth
