#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bora/web/request_handler.h>

namespace bora::auth {

/// The data that the browser keeps between the two halves of a login.
struct LoginState {
  std::string issuer{};
  std::string state{};
  std::string nonce{};
  std::string verifier{};  ///< of PKCE
  std::string return_to = "/";
};

/// The sealed cookie of a login: bound to the browser, used once, valid for ten minutes. Its name
/// identifies the state, so that logins side by side do not disturb one another.
class LoginCookie {
 public:
  static constexpr std::chrono::seconds kLifetime = std::chrono::minutes(10);
  /// How many logins one browser can have under way with one provider; a further one replaces the
  /// oldest.
  static constexpr std::size_t kMaxLogins = 5;

  explicit LoginCookie(const std::string& name) : prefix_("__Host-login_" + name + ".") {}

  /// Makes state, nonce and verifier, and stores them in the browser.
  LoginState begin(web::RequestHandler& handler, std::string issuer, std::string return_to);
  /// Stores what the caller has made. None of it can have a line end in it.
  void keep(web::RequestHandler& handler, const LoginState& login);
  /// Removes the cookie of that state and returns its content.
  /// @throws AuthError  There is no such cookie, it is too old, or it was used before.
  LoginState finish(web::RequestHandler& handler, const std::string& state);

 private:
  [[nodiscard]] std::string name_of(std::string_view state) const;
  /// The names of those in the request.
  [[nodiscard]] std::vector<std::string> brought(web::RequestHandler& handler) const;

  std::string prefix_;
  std::unordered_map<std::string, std::int64_t> used_;  ///< nonces, and until when each counts
};

/// A path on this server, or "/".
std::string local_path(std::string text);

/// A parameter of the callback's query; nothing if it is not there.
/// @throws AuthError  It is there twice, or longer than 4,096 bytes.
std::optional<std::string> callback_parameter(web::RequestHandler& handler, std::string_view name);

/// Seconds since the Epoch, by the loop's clock.
std::int64_t seconds_now();

/// A text of a provider, shortened for the log to at most 200 bytes.
std::string shortened(std::string_view text);

/// base64url(SHA-256(verifier)): RFC 7636, 4.2.
std::string challenge_of(std::string_view verifier);

}  // namespace bora::auth
