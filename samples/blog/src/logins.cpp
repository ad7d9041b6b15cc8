#include <bora/auth/password.h>

#include "handlers.h"
#include "routes.h"
#include "views/join.h"
#include "views/login.h"

// Signing in: by a password, of which the table has a hash of scrypt, or by a provider that
// --logins names.

namespace blog {

using bora::web::HTTPError;

Task<void> Login::get() {
  const std::int64_t authors = co_await store().count_authors();
  if (authors == 0 && blog().logins.names().empty()) co_return redirect(route::join());
  show("", "");
}

void Login::show(const std::string& email, const std::string& problem) {
  if (!problem.empty()) set_status(422);
  render(views::login{.email = email, .problem = problem, .providers = blog().logins.names()});
}

Task<void> Login::post() {
  const std::string email = get_body_argument("email");
  const std::string address(request().remote_ip());
  if (!blog().limiter.may_try(email, address)) {
    throw HTTPError(429).with_detail(tr("Too many attempts. Try again in a quarter of an hour."));
  }
  const std::optional<Author> author = co_await store().find_author(email);
  const std::string password = get_body_argument("password");
  // An empty hash takes the same time, so nobody learns from it whether the account exists.
  const std::string hash = author ? author->password : "";
  const auto verdict = co_await bora::auth::verify_password(password, hash, blog().password_work);
  if (!verdict.is_right) {
    blog().limiter.note_failure(email, address);
    co_return show(email, tr("This is not the email or not the password."));
  }
  blog().limiter.note_success(email, address);
  if (verdict.needs_rehash) {
    const std::string newer = co_await bora::auth::hash_password(password, blog().password_work);
    co_await store().set_password(author->id, newer);
  }
  sign_in(*author);
  redirect(get_next_url(), false, 303);
}

Task<void> LoginWith::get(std::string name) {
  Task<void> going = blog().logins.begin(*this, name, get_next_url());
  co_await going;
}

Task<void> LoginCallback::get(std::string name) {
  // If anything is wrong with the sign-in, this throws an AuthError.
  Task<bora::auth::Identity> finishing = blog().logins.finish(*this, name);
  const bora::auth::Identity who = co_await finishing;
  const std::string email = who.claims.is_true("email_verified") ? who.claims.get("email", "") : "";
  std::optional<Author> author = co_await store().find_author_of(who.issuer, who.subject);
  // This may be an author who uses this provider for the first time. So list only providers whose
  // checks of emails you trust.
  if (!author && !email.empty()) author = co_await store().find_author(email);
  if (!author && co_await store().count_authors() == 0) {
    // There is no password: verify_password() never accepts an empty hash.
    const std::string name_of_theirs = who.claims.get("name", "Somebody");
    author = co_await store().add_author(email, name_of_theirs, "");
  }
  if (!author) throw HTTPError(403).with_detail(tr("Only authors can add authors."));
  co_await store().add_identity(who.issuer, who.subject, author->id);
  sign_in(*author);
  redirect_local(who.return_to);
}

void Logout::post() {
  clear_cookie("author");
  redirect(route::home(), false, 303);
}

Task<void> Join::check_permission() {
  if (current_user()) co_return;
  const std::int64_t authors = co_await store().count_authors();
  if (authors > 0) {
    throw HTTPError(403).with_detail(tr("Only authors can add authors."));
  }
}

Task<void> Join::get() {
  co_await check_permission();
  render(views::join{.email = "", .name = "", .problem = ""});
}

Task<void> Join::post() {
  co_await check_permission();
  const std::string email = get_body_argument("email");
  const std::string name = get_body_argument("name");
  const std::string password = get_body_argument("password");
  std::string problem;
  if (email.find('@') == std::string::npos) problem = tr("This is no email address.");
  if (name.empty()) problem = tr("Please say your name.");
  if (password.size() < 12) problem = tr("A password needs twelve characters.");
  std::optional<Author> author;
  if (problem.empty()) {
    const std::string hash = co_await bora::auth::hash_password(password, blog().password_work);
    author = co_await store().add_author(email, name, hash);
    if (!author) problem = tr("Somebody has this email already.");
  }
  if (!author) {
    set_status(422);
    render(views::join{.email = email, .name = name, .problem = problem});
    co_return;
  }
  if (!current_user()) sign_in(*author);
  flash(tr("Welcome!"));
  redirect(route::home(), false, 303);
}

}  // namespace blog
