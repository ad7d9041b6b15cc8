#include "handlers.h"

#include <algorithm>
#include <utility>

#include <bora/core/gen.h>

#include "pictures.h"
#include "routes.h"
#include "views/archive.h"
#include "views/edit.h"
#include "views/entry.h"
#include "views/feed.h"
#include "views/home.h"
#include "views/pictures.h"

namespace blog {

using bora::web::HTTPError;

namespace {

/// A part of an address may have a NUL in it, which names nothing: PostgreSQL's texts have none.
void require_no_nul(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) throw HTTPError(404);
}

}  // namespace

// ---- Readers ----

Task<std::optional<Author>> Reader::find_current_user() {
  const std::optional<std::string> id = get_signed_cookie("author");
  if (!id) co_return std::nullopt;
  co_return co_await store().find_author(std::stoll(*id));
}

const bora::Locale* Reader::get_user_locale() {
  const std::string_view chosen = request().cookie("language");
  return chosen.empty() ? nullptr : &bora::locale::get(chosen);
}

Task<Entry> Reader::entry_at(std::string slug) {
  std::optional<Entry> entry = co_await store().find_entry(slug);
  if (!entry) throw HTTPError(404).with_detail(tr("There is no such entry."));
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
  require_no_nul(name);
  const Page page = co_await store().tagged(name, page_number());
  if (page.entries.empty()) throw HTTPError(404).with_detail(tr("Nothing has this tag."));
  render(views::home{.page = page, .search = "", .tag = name});
}

Task<void> ShowEntry::get(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  // Both run at the same time: in one round trip to PostgreSQL, or in two threads of SQLite.
  Store from = store();  // The Tasks use the Store until they end, so it has a name.
  Task<std::vector<std::string>> finding_tags = from.tags(entry.id);
  Task<std::vector<Comment>> finding_comments = from.comments(entry.id);
  const auto [tags, comments] =
      co_await bora::multi(std::move(finding_tags), std::move(finding_comments));
  render(views::entry{.entry = entry, .tags = tags, .comments = comments});
}

Task<void> AddComment::post(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  const std::string name = get_body_argument("name");
  const std::string text = get_body_argument("text");
  if (name.empty() || name.size() > 100 || text.empty() || text.size() > 5000) {
    throw HTTPError(422).with_detail(
        tr("A comment needs a name and a text of at most 5,000 bytes."));
  }
  co_await store().add_comment(entry.id, name, text);
  flash(tr("Thank you for your comment."));
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

Task<void> ShowPicture::get(std::string name) {
  require_no_nul(name);
  const std::optional<Picture> picture = co_await store().find_picture(name);
  if (!picture) throw HTTPError(404).with_detail(tr("There is no such picture."));
  // A picture with this name never changes.
  set_header("Cache-Control", "public, max-age=31536000, immutable");
  if (!check_preconditions('"' + name + '"')) co_return;  // 304: the browser has it
  set_header("Content-Type", picture->type);
  write(std::string_view(reinterpret_cast<const char*>(picture->bytes.data()),
                         picture->bytes.size()));
}

void Language::post() {
  set_cookie("language", get_body_argument("code"), {.expires_days = 365});
  redirect(get_next_url(), false, 303);
}

// ---- Authors ----

void Compose::get() {
  show(Draft{});
}

void Compose::show(const Draft& draft) {
  if (!draft.problem.empty()) set_status(422);
  render(views::edit{.draft = draft, .heading = tr("New entry")});
}

Task<void> Compose::post() {
  Draft draft{get_body_argument("title"), get_body_argument("markdown"),
              get_body_argument("tags", ""), ""};
  if (!draft.check()) co_return show(draft);
  const std::string slug = co_await store().add_entry(current_user()->id, draft);
  redirect(route::entry(slug), false, 303);
}

Task<void> Edit::get(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  std::string tags;
  for (const std::string& tag : co_await store().tags(entry.id))
    tags += (tags.empty() ? "" : ", ") + tag;
  show(Draft{entry.title, entry.markdown, tags, ""});
}

void Edit::show(const Draft& draft) {
  if (!draft.problem.empty()) set_status(422);
  render(views::edit{.draft = draft, .heading = tr("Edit")});
}

Task<void> Edit::post(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  Draft draft{get_body_argument("title"), get_body_argument("markdown"),
              get_body_argument("tags", ""), ""};
  if (!draft.check()) co_return show(draft);
  co_await store().change_entry(entry.id, draft);
  redirect(route::entry(slug), false, 303);
}

Task<void> Delete::post(std::string slug) {
  const Entry entry = co_await entry_at(slug);
  co_await store().remove_entry(entry.id);
  flash(tr("The entry is gone."));
  redirect(route::home(), false, 303);
}

Task<void> Pictures::get() {
  return show("");
}

Task<void> Pictures::post() {
  const auto& files = request().files();
  const std::string_view bytes = files.empty() ? std::string_view() : files[0].second.body;
  const std::string type = picture_type(bytes);
  if (bytes.size() > kMaxPicture) co_return co_await show("A picture has at most 2 megabytes.");
  if (type.empty()) co_return co_await show("This is no PNG, JPEG, GIF or WebP.");
  const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
  const std::string name = new_picture_name(type);
  const Picture picture{type, {data, data + bytes.size()}};
  co_await store().add_picture(current_user()->id, name, picture);
  flash(tr("The picture is here."));
  redirect(route::author::pictures(), false, 303);
}

Task<void> Pictures::show(std::string problem) {
  const std::vector<std::string> names = co_await store().pictures();
  if (!problem.empty()) set_status(422);
  render(views::pictures{.names = names, .problem = problem.empty() ? "" : tr(problem)});
}

}  // namespace blog
