#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bora/auth/oauth2.h>
#include <bora/auth/openid.h>

namespace bora::auth {

/// Several ways to sign in, each with a name, from a file or from options in the program.
///
///     [[login]]
///     name = "google"
///     issuer = "https://accounts.google.com"
///     client_id = "…"
///     client_secret_env = "GOOGLE_SECRET"      # or client_secret = "…"
///     redirect_uri = "https://shop.example/login/google/callback"
///
///     [[login]]
///     name = "github"
///     kind = "github"                          # or "facebook"; without it, an OpenID issuer
///     client_id = "…"
///     client_secret_env = "GITHUB_SECRET"
///     redirect_uri = "https://shop.example/login/github/callback"
///
/// Further keys are scope, algorithm, secret_in_body and allow_http_loopback.
class Logins {
 public:
  Logins();
  ~Logins();
  Logins(const Logins&) = delete;
  Logins& operator=(const Logins&) = delete;

  /// @throws std::runtime_error  "logins.toml:4: …": what is wrong, and where.
  void read_file(const std::string& path);
  /// @param place  The name of the text in errors.
  void read(std::string_view toml, const std::string& place);
  /// @throws std::invalid_argument  An option is wrong, or the name is taken.
  void add(OpenIDOptions options);
  void add(OAuth2Options options);

  /// The names in the order in which they were added, for a page of buttons.
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  /// The OpenID client of that name; null if there is none, or it is of another kind.
  [[nodiscard]] OpenIDClient* openid(std::string_view name) const;
  [[nodiscard]] OAuth2Client* oauth2(std::string_view name) const;

  /// The same as begin() of the client of that name.
  /// @throws AuthError  There is no such client.
  Task<void> begin(web::RequestHandler& handler, std::string name, std::string return_to = "/");
  Task<Identity> finish(web::RequestHandler& handler, std::string name);

 private:
  void claim(const std::string& name);

  std::vector<std::string> names_;
  std::map<std::string, std::unique_ptr<OpenIDClient>, std::less<>> openid_;
  std::map<std::string, std::unique_ptr<OAuth2Client>, std::less<>> oauth2_;
};

}  // namespace bora::auth
