#include "handlers.h"

#include <algorithm>

#include "routes.h"
#include "text.h"
#include "views/archive.h"
#include "views/edit.h"
#include "views/entry.h"
#include "views/feed.h"
#include "views/home.h"
#include "views/join.h"
#include "views/login.h"

namespace blog {

using bora::web::HTTPError;

// ---- Readers ----

Task<std::optional<Author>> Reader::find_current_user() {
  const std::optional<std::string> id = get_signed_cookie("author");
  if (!id) co_return std::nullopt;
  co_return co_await store().find_author(std::stoll(*id));
}

Task<Entry> Reader::entry_at(std::string slug) {
  std::optional<Entry> entry = co_await store().find_entry(slug);
  if (!entry) throw HTTPError(404).with_detail("There is no such entry.");
  co_return std::move(*entry);
}

void Reader::sign_in(const Author& author) {
  set_signed_cookie("author", std::to_string(author.id));
}

int Reader::page_number() {
  return std::clamp(get_query_argument("page", 1), 1, 100'000);
}

Task<void> Home::get() {
  const std::string search = get_query_argument("q", "");
  const Page page = co_await store().list(page_number(), search);
  render(views::home{.page = page, .search = search, .tag = ""});
}

Task<void> Tagged::get(std::string name) {
  const Page page = co_await store().tagged(name, page_number());
  if (page.entries.empty()) throw HTTPError(404).with_detail("Nothing has this tag.");
  render(views::home{.page = page, .search = "", .tag = name});
}

Task<void> ShowEntry::get(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  const std::vector<std::string> tags = co_await store().tags(entry.id);
  const std::vector<Comment> comments = co_await store().comments(entry.id);
  render(views::entry{.entry = entry, .tags = tags, .comments = comments});
}

Task<void> AddComment::post(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  const std::string name = get_body_argument("name");
  const std::string text = get_body_argument("text");
  if (name.empty() || name.size() > 100 || text.empty() || text.size() > 5000) {
    throw HTTPError(422).with_detail("A comment needs a name and a text of at most 5,000 bytes.");
  }
  co_await store().add_comment(entry.id, name, text);
  flash("Thank you for your comment.");
  redirect(route::entry(slug), false, 303);
}

Task<void> Archive::get() {
  const std::vector<Entry> entries = co_await store().all();
  render(views::archive{.entries = entries});
}

Task<void> Feed::get() {
  const Page page = co_await store().list(1, "");
  const std::string site =
      std::string(request().protocol()) + "://" + std::string(request().host());
  set_header("Content-Type", "application/atom+xml; charset=utf-8");
  render(views::feed{.page = page, .site = site});
}

// ---- Authors ----

void Compose::get() {
  render(views::edit{.draft = Draft{}, .heading = "New entry"});
}

Task<void> Compose::post() {
  Draft draft{get_body_argument("title"), get_body_argument("markdown"),
              get_body_argument("tags", ""), ""};
  if (!draft.check()) {
    set_status(422);
    render(views::edit{.draft = draft, .heading = "New entry"});
    co_return;
  }
  const std::string slug = co_await store().add_entry(current_user()->id, draft);
  redirect(route::entry(slug), false, 303);
}

Task<void> Edit::get(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  std::string tags;
  for (const std::string& tag : co_await store().tags(entry.id))
    tags += (tags.empty() ? "" : ", ") + tag;
  render(views::edit{.draft = Draft{entry.title, entry.markdown, tags, ""}, .heading = "Edit"});
}

Task<void> Edit::post(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  Draft draft{get_body_argument("title"), get_body_argument("markdown"),
              get_body_argument("tags", ""), ""};
  if (!draft.check()) {
    set_status(422);
    render(views::edit{.draft = draft, .heading = "Edit"});
    co_return;
  }
  co_await store().change_entry(entry.id, draft);
  redirect(route::entry(slug), false, 303);
}

Task<void> Delete::post(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  co_await store().remove_entry(entry.id);
  flash("The entry is gone.");
  redirect(route::home(), false, 303);
}

// ---- Signing in ----

Task<void> Login::get() {
  if (co_await store().count_authors() == 0) {
    redirect(route::join());
    co_return;
  }
  render(views::login{.email = "", .problem = ""});
}

Task<void> Login::post() {
  const std::string email = get_body_argument("email");
  const std::string address(request().remote_ip());
  if (!blog().limiter.may_try(email, address)) {
    throw HTTPError(429).with_detail("Too many attempts. Try again in a quarter of an hour.");
  }
  const std::optional<Author> author = co_await store().find_author(email);
  const std::string password = get_body_argument("password");
  // Nobody learns from the time whether the account is there.
  const auto verdict = co_await bora::auth::verify_password(
      password, author ? author->password : "", blog().password_work);
  if (!verdict.is_right) {
    blog().limiter.note_failure(email, address);
    set_status(422);
    render(views::login{.email = email, .problem = "This is not the email or not the password."});
    co_return;
  }
  blog().limiter.note_success(email);
  if (verdict.needs_rehash) {
    const std::string hash = co_await bora::auth::hash_password(password, blog().password_work);
    co_await store().set_password(author->id, hash);
  }
  sign_in(*author);
  redirect(get_next_url(), false, 303);
}

void Logout::post() {
  clear_cookie("author");
  redirect(route::home(), false, 303);
}

Task<void> Join::check_permission() {
  if (current_user()) co_return;
  if (co_await store().count_authors() > 0) {
    throw HTTPError(403).with_detail("Only authors can add authors.");
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
  if (email.find('@') == std::string::npos) problem = "This is no email address.";
  if (name.empty()) problem = "Please say your name.";
  if (password.size() < 12) problem = "A password needs twelve characters.";
  std::optional<Author> author;
  if (problem.empty()) {
    const std::string hash = co_await bora::auth::hash_password(password, blog().password_work);
    author = co_await store().add_author(email, name, hash);
    if (!author) problem = "Somebody has this email already.";
  }
  if (!author) {
    set_status(422);
    render(views::join{.email = email, .name = name, .problem = problem});
    co_return;
  }
  if (!current_user()) sign_in(*author);
  flash("Welcome, " + author->name + ".");
  redirect(route::home(), false, 303);
}

}  // namespace blog
