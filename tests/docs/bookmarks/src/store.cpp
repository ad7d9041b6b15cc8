#include "store.h"

#include <stdexcept>

#include <sqlite3.h>

namespace bookmarks {
namespace {

/// A statement that runs once.
class Statement {
 public:
  Statement(sqlite3* database, const char* text) : database_(database) {
    if (sqlite3_prepare_v2(database, text, -1, &statement_, nullptr) != SQLITE_OK) fail();
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int index, std::int64_t value) {
    sqlite3_bind_int64(statement_, index, value);
    return *this;
  }
  Statement& bind(int index, std::string_view value) {
    sqlite3_bind_text(statement_, index, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }
  bool step() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) fail();
    return result == SQLITE_ROW;
  }
  std::int64_t integer(int column) { return sqlite3_column_int64(statement_, column); }
  std::string text(int column) {
    return {reinterpret_cast<const char*>(sqlite3_column_text(statement_, column)),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  Bookmark bookmark() { return {integer(0), text(1), text(2), integer(3) != 0}; }

 private:
  [[noreturn]] void fail() { throw std::runtime_error(sqlite3_errmsg(database_)); }

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

std::vector<Bookmark> all(Statement& statement) {
  std::vector<Bookmark> found;
  while (statement.step()) found.push_back(statement.bookmark());
  return found;
}

}  // namespace

void Store::Close::operator()(sqlite3* database) const {
  sqlite3_close(database);
}

Store::Store(const std::string& path) {
  sqlite3* database = nullptr;
  const int result = sqlite3_open(path.c_str(), &database);
  database_.reset(database);
  if (result != SQLITE_OK) throw std::runtime_error("can't open " + path);
  Statement(database,
            "create table if not exists bookmarks (id integer primary key, "
            "url text not null unique, title text not null, dead integer not null)")
      .step();
}

std::int64_t Store::add(std::string_view url, std::string_view title) {
  Statement(database_.get(), "insert into bookmarks (url, title, dead) values (?, ?, 0)")
      .bind(1, url)
      .bind(2, title)
      .step();
  return sqlite3_last_insert_rowid(database_.get());
}

bool Store::remove(std::int64_t id) {
  Statement(database_.get(), "delete from bookmarks where id = ?").bind(1, id).step();
  return sqlite3_changes(database_.get()) > 0;
}

void Store::mark(std::int64_t id, bool is_dead) {
  Statement(database_.get(), "update bookmarks set dead = ? where id = ?")
      .bind(1, is_dead ? 1 : 0)
      .bind(2, id)
      .step();
}

std::optional<Bookmark> Store::find(std::int64_t id) {
  Statement statement(database_.get(), "select id, url, title, dead from bookmarks where id = ?");
  statement.bind(1, id);
  if (!statement.step()) return std::nullopt;
  return statement.bookmark();
}

std::vector<Bookmark> Store::list(std::int64_t after, int limit) {
  Statement statement(
      database_.get(),
      "select id, url, title, dead from bookmarks where id > ? order by id limit ?");
  statement.bind(1, after).bind(2, limit);
  return all(statement);
}

std::vector<Bookmark> Store::page(int number, int size) {
  Statement statement(database_.get(),
                      "select id, url, title, dead from bookmarks order by id limit ? offset ?");
  statement.bind(1, size).bind(2, std::int64_t{number - 1} * size);
  return all(statement);
}

bool Store::has(std::string_view url) {
  Statement statement(database_.get(), "select 1 from bookmarks where url = ?");
  statement.bind(1, url);
  return statement.step();
}

}  // namespace bookmarks
