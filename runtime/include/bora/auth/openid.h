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

/// What a program knows of an OpenID Connect provider: where it is, and as what the program is
/// registered there.
struct OpenIDOptions {
  std::string name = "openid";  ///< Letters, digits, '-' and '_': of its cookie, and in the log.
  std::string issuer{};         ///< "https://accounts.google.com"; the rest is asked of it.
  std::string client_id{};
  std::string client_secret{};  ///< Empty: a public client, which PKCE alone protects.
  std::string redirect_uri{};   ///< The callback's whole URL, as it is registered.
  std::string scope = "openid profile email";
  /// How ID tokens are signed, and in no other way: "RS256", "ES256" or "EdDSA".
  std::string algorithm = "RS256";
  /// The secret goes in the body of the request and not by Basic authentication.
  bool secret_in_body = false;
  /// Further parameters of the authorization request: {{"prompt", "select_account"}}.
  std::vector<std::pair<std::string, std::string>> parameters{};
  /// Providers on this machine may speak http: for tests.
  bool allow_http_loopback = false;
  http::TimeLimit timeout = std::chrono::seconds(10);  ///< Of each request to the provider.
};

/// What a provider gives for an access.
struct Tokens {
  std::string access_token{};
  std::string refresh_token{};  ///< Empty: none.
  std::string id_token{};       ///< As it came; verified.
  std::string scope{};
  std::int64_t expires_at = 0;  ///< Of access_token, seconds since the Epoch; 0: unknown.
};

/// Claims about somebody: a JSON object, whose texts can be asked for by name.
class Claims {
 public:
  Claims() = default;
  /// @throws std::invalid_argument  No JSON object.
  explicit Claims(std::string json);

  /// A text or a number as it is written, "true" or "false"; nothing: it is not there, or something
  /// else.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  [[nodiscard]] std::string get(std::string_view name, std::string_view missing) const {
    return get(name).value_or(std::string(missing));
  }
  [[nodiscard]] bool is_true(std::string_view name) const { return get(name) == "true"; }
  /// All of it.
  [[nodiscard]] const std::string& json() const noexcept { return json_; }

 private:
  std::string json_;
  std::vector<std::pair<std::string, std::string>> values_;
};

/// Somebody who has signed in.
struct Identity {
  std::string issuer{};
  std::string subject{};  ///< Who it is, for good; an address of e-mail may change its owner.
  Claims claims{};        ///< Of the ID token.
  Tokens tokens{};
  std::string return_to = "/";  ///< What begin() was given: a path on this server.
};

/// Signs people in by an OpenID Connect provider: authorization code with PKCE, strictly.
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
/// begin() leaves one sealed cookie, `__Host-login_NAME.` and a hash of the state, which holds
/// state, nonce, the PKCE verifier, the issuer and where to return to, for ten minutes; finish()
/// takes it away whatever comes of it. So only the browser in which a login was begun can end it,
/// and only once. A browser can have five logins under way. The application needs
/// Settings::cookie_secret.
///
/// Belongs to one loop; what it learns of the provider (discovery, keys) it keeps for an hour.
/// docs/logins.md lists what is checked.
class OpenIDClient {
 public:
  /// @throws std::invalid_argument  An option is missing or wrong: which, and why.
  explicit OpenIDClient(OpenIDOptions options);
  virtual ~OpenIDClient();
  OpenIDClient(const OpenIDClient&) = delete;
  OpenIDClient& operator=(const OpenIDClient&) = delete;

  /// Sends the visitor to the provider.
  /// @param return_to  A path on this server; anything else is "/".
  /// @throws AuthError  The provider can't be asked, or does not say what it must.
  Task<void> begin(web::RequestHandler& handler, std::string return_to = "/");

  /// In the handler of redirect_uri: who came back.
  /// @throws AuthError
  Task<Identity> finish(web::RequestHandler& handler);

  /// New tokens for a refresh token. Where the provider gives out a new refresh token, the old one
  /// is void.
  /// @param subject  Whose it must be, if an ID token comes with it.
  /// @throws AuthError
  Task<Tokens> refresh(std::string refresh_token, std::string subject);

  /// What the provider tells of somebody who has signed in.
  /// @throws AuthError  Also if it tells of somebody else.
  Task<Claims> userinfo(const Identity& identity);

  /// Where a visitor is sent to sign out of the provider as well (RP-initiated logout); empty: it
  /// offers none. `return_to` is a whole URL that is registered there.
  Task<std::string> logout_url(std::string id_token, std::string return_to);

  /// Makes a token void (RFC 7009). Does nothing if the provider offers none.
  Task<void> revoke(std::string token);

  [[nodiscard]] const OpenIDOptions& options() const noexcept { return options_; }

 protected:
  /// The client that asks the provider: the loop's own, unless it is overridden.
  virtual http::AsyncHTTPClient get_auth_http_client();

 private:
  class Impl;

  OpenIDOptions options_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::auth
