#include "handlers/account.h"

#include <bora/auth/password.h>

#include <optional>

#include "routes.h"
#include "site.h"
#include "views/account.h"

namespace app {

void Join::get() { show("", ""); }

void Join::show(const std::string& email, const std::string& problem) {
  if (!problem.empty()) set_status(422);
  render(views::account{.heading = "A new account", .email = email, .problem = problem});
}

bora::Task<void> Join::post() {
  const std::string email = get_body_argument("email");
  const std::string password = get_body_argument("password");
  if (email.find('@') == std::string::npos) co_return show(email, "This is no email address.");
  if (password.size() < 12) co_return show(email, "A password needs twelve characters.");
  const std::string hash = co_await bora::auth::hash_password(password, site().password_work);
  const std::optional<User> user = co_await site().users.add(email, hash);
  if (!user) co_return show(email, "Somebody has this email already.");
  set_signed_cookie("user", std::to_string(user->id));
  flash("Welcome!");
  redirect(route::home(), false, 303);
}

void Login::get() { show("", ""); }

void Login::show(const std::string& email, const std::string& problem) {
  if (!problem.empty()) set_status(422);
  render(views::account{.heading = "Sign in", .email = email, .problem = problem});
}

bora::Task<void> Login::post() {
  const std::string email = get_body_argument("email");
  const std::string address(request().remote_ip());
  if (!site().limiter.may_try(email, address)) throw bora::web::HTTPError(429);
  const std::string password = get_body_argument("password");
  const std::optional<User> user = co_await site().users.find(email);
  // An empty hash takes the same time, so nobody learns from it whether the account exists.
  const std::string hash = user ? user->password : "";
  const auto verdict = co_await bora::auth::verify_password(password, hash, site().password_work);
  if (!verdict.is_right) {
    site().limiter.note_failure(email, address);
    co_return show(email, "This is not the email or not the password.");
  }
  site().limiter.note_success(email, address);
  set_signed_cookie("user", std::to_string(user->id));
  redirect(get_next_url(), false, 303);
}

void Logout::post() {
  clear_cookie("user");
  redirect(route::home(), false, 303);
}

}  // namespace app
