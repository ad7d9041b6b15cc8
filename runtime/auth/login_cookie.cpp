#include "runtime/auth/login_cookie.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <bora/auth/auth_error.h>
#include <bora/core/io_loop.h>
#include <bora/http/cookie.h>

#include "runtime/core/crypto.h"
#include "runtime/http/characters.h"

namespace bora::auth {

namespace {

constexpr std::size_t kMaxUsed = 10'000;
constexpr std::size_t kMaxReturn = 2000;
constexpr std::size_t kTag = 16;  // of a cookie's name
constexpr double kDays = static_cast<double>(LoginCookie::kLifetime.count()) / 86400.0;
constexpr const char* kNoLogin = "no login was begun in this browser within the last ten minutes";

web::CookieOptions cookie_options() {
  web::CookieOptions options;
  options.path = "/";
  options.secure = true;
  options.httponly = true;
  options.samesite = "Lax";  // it must come with the navigation from the provider
  options.max_age = LoginCookie::kLifetime.count();
  return options;
}

std::string random_text() {
  return crypto::to_base64url(crypto::random_bytes(32));
}

}  // namespace

std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(IOLoop::current().clock().since_epoch())
      .count();
}

std::string shortened(std::string_view text) {
  return std::string(text.substr(0, 200));
}

std::string challenge_of(std::string_view verifier) {
  return crypto::to_base64url(crypto::sha256(verifier));
}

std::string local_path(std::string text) {
  if (web::is_local_url(text) && text.size() <= kMaxReturn) return text;
  return "/";
}

std::string LoginCookie::name_of(std::string_view state) const {
  return prefix_ + crypto::to_base64url(crypto::sha256(state)).substr(0, kTag);
}

std::vector<std::string> LoginCookie::brought(web::RequestHandler& handler) const {
  std::vector<std::string> names;
  const std::string field(handler.request().headers().get("Cookie"));
  for (const http::Cookie& cookie : http::parse_cookie(std::string_view(field))) {
    if (cookie.name.size() == prefix_.size() + kTag && cookie.name.starts_with(prefix_) &&
        http::is_token(cookie.name))
      names.emplace_back(cookie.name);
  }
  return names;
}

LoginState LoginCookie::begin(web::RequestHandler& handler, std::string issuer,
                              std::string return_to) {
  LoginState login;
  login.issuer = std::move(issuer);
  login.state = random_text();
  login.nonce = random_text();
  login.verifier = random_text();
  login.return_to = local_path(std::move(return_to));
  keep(handler, login);
  return login;
}

void LoginCookie::keep(web::RequestHandler& handler, const LoginState& login) {
  std::vector<std::string> names = brought(handler);
  if (names.size() >= kMaxLogins) {
    // A login that can't be read, or is too old, is removed first.
    std::vector<std::pair<std::int64_t, std::string>> by_age;
    for (std::string& name : names) {
      const auto text = handler.get_sealed_cookie(name, kDays);
      by_age.emplace_back(text ? std::stoll(*text) : 0, std::move(name));
    }
    std::sort(by_age.begin(), by_age.end());
    by_age.resize(by_age.size() - (kMaxLogins - 1));
    for (const auto& [begun, name] : by_age) handler.clear_cookie(name, cookie_options());
  }
  std::string text = std::to_string(seconds_now());
  for (const std::string* const part :
       {&login.issuer, &login.state, &login.nonce, &login.verifier, &login.return_to})
    text.append("\n").append(*part);
  handler.set_sealed_cookie(name_of(login.state), text, std::nullopt, cookie_options());
}

LoginState LoginCookie::finish(web::RequestHandler& handler, const std::string& state) {
  const std::string name = name_of(state);
  const std::vector<std::string> names = brought(handler);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    // Cookies of other logins stay, because another site that leads a browser here must not end
    // them.
    throw AuthError(400, names.empty()
                             ? kNoLogin
                             : "the callback's state is not that of a login in this browser");
  }
  const std::optional<std::string> text = handler.get_sealed_cookie(name, kDays);
  handler.clear_cookie(name, cookie_options());
  if (!text) throw AuthError(400, kNoLogin);
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    parts.push_back(text->substr(at, end - at));
    at = end + 1;
  }
  if (parts.size() != 6) throw AuthError(400, "the login's cookie is not one of this program");
  const std::int64_t now = seconds_now();
  const std::int64_t begun = std::stoll(parts[0]);
  if (now - begun > kLifetime.count() || begun > now + 60)
    throw AuthError(400, "the login was begun more than ten minutes ago");
  LoginState login{std::move(parts[1]), std::move(parts[2]), std::move(parts[3]),
                   std::move(parts[4]), std::move(parts[5])};
  if (!crypto::equal_in_constant_time(state, login.state))
    throw AuthError(400, "the callback's state is not that of a login in this browser");
  std::erase_if(used_, [&](const auto& used) { return used.second < now; });
  if (used_.size() >= kMaxUsed) used_.clear();
  if (!used_.emplace(login.nonce, now + kLifetime.count()).second)
    throw AuthError(400, "the login was ended before");
  return login;
}

std::optional<std::string> callback_parameter(web::RequestHandler& handler, std::string_view name) {
  const auto values = handler.get_query_arguments(name);
  if (values.empty()) return std::nullopt;
  if (values.size() > 1)
    throw AuthError(400, "the callback has the parameter " + std::string(name) + " twice");
  std::string value(values.front());
  if (value.size() > 4096)
    throw AuthError(400, "the callback's parameter " + std::string(name) + " is too long");
  return value;
}

}  // namespace bora::auth
