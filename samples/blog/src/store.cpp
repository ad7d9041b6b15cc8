#include "store.h"

#include <tuple>
#include <utility>

#include <bora/database/error.h>

#include "text.h"

namespace blog {
namespace {

using bora::database::Transaction;

constexpr const char* kEntry =
    "select e.id, a.name as author, e.slug, e.title, e.markdown, e.html, e.published, e.updated "
    "from entries e join authors a on a.id = e.author_id ";

std::chrono::sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// Returns a pattern in lower case, to compare with lower(…): SQLite's LIKE ignores case,
// PostgreSQL's does not. The special characters of LIKE are escaped.
std::string like(const std::string& words) {
  std::string pattern = "%";
  for (const char c : words) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

Page page_of(std::vector<Entry> entries, int number) {
  Page page{std::move(entries), number, false};
  page.has_next = page.entries.size() > Store::kPerPage;
  if (page.has_next) page.entries.pop_back();
  return page;
}

Task<void> write_tags(Transaction& transaction, std::int64_t entry, std::string list) {
  std::vector<std::tuple<std::int64_t, std::string>> rows;
  for (std::string& tag : tags_of(list)) rows.emplace_back(entry, std::move(tag));
  co_await transaction.execute("delete from tags where entry_id = $1", entry);
  if (!rows.empty())
    co_await transaction.execute_many("insert into tags (entry_id, name) values ($1, $2)", rows);
}

}  // namespace

bool Draft::check() {
  problem.clear();
  if (title.empty()) problem = "An entry needs a title.";
  if (title.size() > 200) problem = "The title is too long.";
  if (problem.empty() && markdown.empty()) problem = "An entry needs a text.";
  if (markdown.size() > 200'000) problem = "The text is too long.";
  return problem.empty();
}

Task<std::int64_t> Store::count_authors() {
  const auto count = co_await db_.query_one<std::int64_t>("select count(*) from authors");
  co_return count.value_or(0);
}

Task<std::optional<Author>> Store::add_author(std::string email, std::string name,
                                              std::string password) {
  try {
    co_return co_await db_.query_one<Author>(
        "insert into authors (email, name, password) values ($1, $2, $3) "
        "returning id, email, name, password",
        email, name, password);
  } catch (const bora::database::Error& error) {
    if (!error.is_unique_violation()) throw;
  }
  co_return std::nullopt;
}

Task<std::optional<Author>> Store::find_author(std::int64_t id) {
  co_return co_await db_.query_one<Author>(
      "select id, email, name, password from authors where id = $1", id);
}

Task<std::optional<Author>> Store::find_author(std::string email) {
  co_return co_await db_.query_one<Author>(
      "select id, email, name, password from authors where email = $1", email);
}

Task<std::optional<Author>> Store::find_author_of(std::string issuer, std::string subject) {
  co_return co_await db_.query_one<Author>(
      "select a.id, a.email, a.name, a.password from authors a "
      "join identities i on i.author_id = a.id where i.issuer = $1 and i.subject = $2",
      issuer, subject);
}

Task<void> Store::add_identity(std::string issuer, std::string subject, std::int64_t author) {
  co_await db_.execute(
      "insert into identities (issuer, subject, author_id) values ($1, $2, $3) "
      "on conflict (issuer, subject) do nothing",
      issuer, subject, author);
}

Task<void> Store::set_password(std::int64_t id, std::string password) {
  co_await db_.execute("update authors set password = $2 where id = $1", id, password);
}

Task<Page> Store::list(int page, std::string search) {
  const std::string text = std::string(kEntry) +
                           "where lower(e.title) like lower($1) escape '\\' "
                           "or lower(e.markdown) like lower($1) escape '\\' "
                           "order by e.published desc, e.id desc limit $2 offset $3";
  std::vector<Entry> entries =
      co_await db_.query<Entry>(text, like(search), kPerPage + 1, (page - 1) * kPerPage);
  co_return page_of(std::move(entries), page);
}

Task<Page> Store::tagged(std::string tag, int page) {
  const std::string text = std::string(kEntry) +
                           "join tags t on t.entry_id = e.id where t.name = $1 "
                           "order by e.published desc, e.id desc limit $2 offset $3";
  std::vector<Entry> entries =
      co_await db_.query<Entry>(text, tag, kPerPage + 1, (page - 1) * kPerPage);
  co_return page_of(std::move(entries), page);
}

Task<std::vector<Entry>> Store::all() {
  const std::string text = std::string(kEntry) + "order by e.published desc, e.id desc";
  co_return co_await db_.query<Entry>(text);
}

Task<std::optional<Entry>> Store::find_entry(std::string slug) {
  const std::string text = std::string(kEntry) + "where e.slug = $1";
  co_return co_await db_.query_one<Entry>(text, slug);
}

Task<std::vector<std::string>> Store::tags(std::int64_t entry) {
  co_return co_await db_.query<std::string>(
      "select name from tags where entry_id = $1 order by name", entry);
}

Task<std::string> Store::add_entry(std::int64_t author, Draft draft) {
  const std::string html = html_of(draft.markdown);
  const std::string slug = slug_of(draft.title);
  const std::chrono::sys_seconds present = now();
  for (int attempt = 1;; ++attempt) {
    const std::string name = attempt == 1 ? slug : slug + "-" + std::to_string(attempt);
    const auto insert = [&](Transaction& transaction) -> Task<void> {
      const auto id = co_await transaction.query_one<std::int64_t>(
          "insert into entries (author_id, slug, title, markdown, html, published, updated) "
          "values ($1, $2, $3, $4, $5, $6, $6) on conflict (slug) do nothing returning id",
          author, name, draft.title, draft.markdown, html, present);
      if (!id) throw std::out_of_range("the slug is taken");
      co_await write_tags(transaction, *id, draft.tags);
    };
    try {
      co_await db_.transaction(insert);
      co_return name;
    } catch (const std::out_of_range&) {
      if (attempt == 100) throw;
    }
  }
}

Task<void> Store::change_entry(std::int64_t id, Draft draft) {
  const std::string html = html_of(draft.markdown);
  const auto change = [&](Transaction& transaction) -> Task<void> {
    co_await transaction.execute(
        "update entries set title = $2, markdown = $3, html = $4, updated = $5 where id = $1", id,
        draft.title, draft.markdown, html, now());
    co_await write_tags(transaction, id, draft.tags);
  };
  co_await db_.transaction(change);
}

Task<void> Store::remove_entry(std::int64_t id) {
  co_await db_.execute("delete from entries where id = $1", id);
}

Task<std::vector<Comment>> Store::comments(std::int64_t entry) {
  co_return co_await db_.query<Comment>(
      "select name, text, written from comments where entry_id = $1 order by id", entry);
}

Task<void> Store::add_comment(std::int64_t entry, std::string name, std::string text) {
  co_await db_.execute(
      "insert into comments (entry_id, name, text, written) values ($1, $2, $3, $4)", entry, name,
      text, now());
}

Task<void> Store::add_picture(std::int64_t author, std::string name, Picture picture) {
  co_await db_.execute(
      "insert into pictures (name, type, bytes, author_id, uploaded) values ($1, $2, $3, $4, $5)",
      name, picture.type, picture.bytes, author, now());
}

Task<std::optional<Picture>> Store::find_picture(std::string name) {
  co_return co_await db_.query_one<Picture>("select type, bytes from pictures where name = $1",
                                            name);
}

Task<std::vector<std::string>> Store::pictures() {
  co_return co_await db_.query<std::string>(
      "select name from pictures order by uploaded desc, name limit 50");
}

}  // namespace blog
