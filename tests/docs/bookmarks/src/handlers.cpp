#include "handlers.h"

#include <utility>
#include <vector>

#include "routes.h"
#include "views/add.h"
#include "views/list.h"
#include "views/login.h"

namespace bookmarks {

using bora::web::HTTPError;

namespace {

constexpr int kPageSize = BOOKMARKS_PAGE_SIZE;

}  // namespace

// nlohmann/json finds these by the type's namespace.
void to_json(nlohmann::json& json, const Bookmark& bookmark) {
  json = {{"id", bookmark.id}, {"url", bookmark.url}, {"title", bookmark.title}};
}
void from_json(const nlohmann::json& json, Draft& draft) {
  json.at("url").get_to(draft.url);
  json.at("title").get_to(draft.title);
}

void Draft::check(Store& store) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    url_error = "must begin with http:// or https://";
  } else if (store.has(url)) {
    url_error = "is there already";
  }
  if (title.empty()) title_error = "must not be empty";
}

const std::optional<User>& Page::current_user() {
  if (!std::exchange(is_user_known_, true) && !session_->user.empty()) user_ = User{session_->user};
  return user_;
}

void List::get() {
  const int page = get_argument("page", 1);
  if (page < 1 || page > 1'000'000) throw HTTPError(400).with_field("page", "is out of range");
  const std::vector<Bookmark> found = store().page(page, kPageSize);
  const std::vector<bora::web::FlashMessage> messages = take_flashes();
  const bool has_more = found.size() == kPageSize;
  render(views::list{.found = found, .messages = messages, .page = page, .has_more = has_more});
}

void Add::get() {
  const Draft draft;
  render(views::add{.draft = draft});
}

void Add::post() {
  Draft draft{.url = get_body_argument("url"), .title = get_body_argument("title")};
  draft.check(store());
  if (!draft.is_fine()) {
    set_status(422);
    return render(views::add{.draft = draft});
  }
  store().add(draft.url, draft.title);
  flash("Added " + draft.title + ".");
  redirect(route::list());
}

void Remove::post(std::int64_t id) {
  if (!store().remove(id)) throw HTTPError(404);
  redirect(route::list());
}

void Login::get() {
  const std::string next = get_next_url();
  render(views::login{.next = next});
}

void Login::post() {
  const std::string next = get_next_url();
  // A real application keeps scrypt() of the password, and computes that in an executor.
  if (get_body_argument("password") != "open sesame") {
    set_status(403);
    return render(views::login{.problem = "That is not the password.", .next = next});
  }
  session_->user = get_body_argument("name");
  session_.renew();
  redirect_local(next);
}

void Logout::post() {
  session_.clear();
  redirect(route::list());
}

Task<void> Export::get() {
  const auto quoted = [](const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"') result += '"';
      result += c;
    }
    return result + "\"";
  };
  set_header("Content-Type", "text/csv; charset=UTF-8");
  set_header("Content-Disposition", "attachment; filename=\"bookmarks.csv\"");
  write("id,url,title\r\n");
  std::int64_t last = 0;
  for (std::vector<Bookmark> some = store().list(last, 100); !some.empty();
       some = store().list(last, 100)) {
    for (const Bookmark& bookmark : some) {
      write(bookmark.id);
      write("," + quoted(bookmark.url) + "," + quoted(bookmark.title) + "\r\n");
      last = bookmark.id;
    }
    co_await flush();  // this waits for a client that is slower than the database
  }
}

void check_api_key(RequestHandler& handler) {
  if (handler.request().headers().get("X-Api-Key") != "the key")
    throw HTTPError(401).with_detail("The field X-Api-Key has no valid key.");
}

void APIList::get() {
  const int limit = get_argument("limit", 100);
  write(nlohmann::json{{"bookmarks", store().list(get_argument("after", 0), limit)}});
}

void APIList::post() {
  auto draft = get_json_body<Draft>();
  draft.check(store());
  if (!draft.is_fine()) {
    HTTPError error(422);
    if (!draft.url_error.empty()) error = std::move(error).with_field("url", draft.url_error);
    if (!draft.title_error.empty()) error = std::move(error).with_field("title", draft.title_error);
    throw error;
  }
  set_status(201);
  set_header("Location", route::api::one(store().add(draft.url, draft.title)));
}

void APIOne::get(std::int64_t id) {
  const auto found = store().find(id);
  if (!found) throw HTTPError(404);
  write(*found);
}

void APIOne::delete_(std::int64_t id) {
  if (!store().remove(id)) throw HTTPError(404);
  set_status(204);
}

}  // namespace bookmarks
