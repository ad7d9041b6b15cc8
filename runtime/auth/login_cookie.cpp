#include "runtime/auth/login_cookie.h"

#include <vector>

#include <bora/auth/auth_error.h>
#include <bora/core/io_loop.h>

#include "runtime/core/crypto.h"

namespace bora::auth {

namespace {

constexpr std::size_t kMaxUsed = 10'000;
constexpr std::size_t kMaxReturn = 2000;

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

LoginState LoginCookie::begin(web::RequestHandler& handler, std::string issuer,
                              std::string return_to) {
  LoginState login;
  login.issuer = std::move(issuer);
  login.state = random_text();
  login.nonce = random_text();
  login.verifier = random_text();
  if (web::is_local_url(return_to) && return_to.size() <= kMaxReturn)
    login.return_to = std::move(return_to);
  std::string text = std::to_string(seconds_now());
  // None of them can have a line end in it.
  for (const std::string* const part :
       {&login.issuer, &login.state, &login.nonce, &login.verifier, &login.return_to})
    text.append("\n").append(*part);
  handler.set_sealed_cookie(name_, text, std::nullopt, cookie_options());
  return login;
}

LoginState LoginCookie::finish(web::RequestHandler& handler) {
  const double days = static_cast<double>(kLifetime.count()) / 86400.0;
  const std::optional<std::string> text = handler.get_sealed_cookie(name_, days);
  handler.clear_cookie(name_, cookie_options());
  if (!text) throw AuthError(400, "no login was begun in this browser within the last ten minutes");
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
  std::erase_if(used_, [&](const auto& used) { return used.second < now; });
  if (used_.size() >= kMaxUsed) used_.clear();
  if (!used_.emplace(login.state, now + kLifetime.count()).second)
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
