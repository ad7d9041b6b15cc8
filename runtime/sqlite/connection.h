#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sqlite3.h>

#include <bora/database/querier.h>
#include <bora/sqlite/database.h>

namespace bora::sqlite {

/// A result as SQLite gives it, copied out of its statement.
class Result final : public database::RowSource {
 public:
  [[nodiscard]] std::size_t rows() const noexcept override {
    return names_.empty() ? 0 : values_.size() / names_.size();
  }
  [[nodiscard]] std::size_t columns() const noexcept override { return names_.size(); }
  [[nodiscard]] std::string_view column_name(std::size_t column) const noexcept override {
    return names_[column];
  }
  [[nodiscard]] database::Cell cell(std::size_t row, std::size_t column) const noexcept override;
  [[nodiscard]] std::uint64_t affected() const noexcept override { return affected_; }

  void set_columns(sqlite3_stmt* statement);
  void add_row(sqlite3_stmt* statement);
  void set_affected(std::uint64_t count) noexcept { affected_ = count; }

 private:
  struct Value {
    database::Cell::Kind kind;
    std::int64_t integer;  ///< or the place where its bytes begin
    double real;
    std::size_t size;
  };
  std::vector<std::string> names_;
  std::vector<Value> values_;
  std::string bytes_;
  std::uint64_t affected_ = 0;
};

/// The statement changes something, so it needs the writer.
class NotReadOnly {};

/// One thread's connection. All calls but interrupt() belong to that thread.
class Connection {
 public:
  /// @throws database::ConnectionError
  Connection(const Options& options, bool is_writer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// @throws database::Error, NotReadOnly
  std::shared_ptr<const Result> run(const database::Statement& statement,
                                    const database::Parameters& parameters);
  std::uint64_t run_many(const database::Statement& statement,
                         const std::vector<database::Parameters>& all);
  void run_script(const database::Statement& script);
  void execute(const char* text);
  void backup(const std::string& path, const std::atomic<bool>& is_abandoned);
  [[nodiscard]] bool is_in_transaction() const noexcept {
    return sqlite3_get_autocommit(database_) == 0;
  }

  // A cursor; there is one at a time.
  void open_cursor(const database::Statement& statement, const database::Parameters& parameters);
  /// Gets at most `limit` rows, or none at the end.
  std::shared_ptr<const Result> fetch(std::size_t limit);
  void close_cursor() noexcept;

  /// May be called from any thread, while the connection lives.
  void interrupt() noexcept { sqlite3_interrupt(database_); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;
  struct Prepared {
    std::string text;
    StatementPtr statement;
  };
  class Use;

  sqlite3_stmt* prepare(const database::Statement& statement, StatementPtr& owned);
  void bind(sqlite3_stmt* statement, const database::Parameters& parameters,
            const std::source_location& where);
  [[noreturn]] void fail(const std::source_location& where) const;

  sqlite3* database_ = nullptr;
  bool is_writer_;
  std::size_t max_prepared_;
  std::list<Prepared> prepared_;  ///< the last used is the first
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_text_;
  database::Parameters cursor_parameters_;
  StatementPtr cursor_;
  std::source_location cursor_where_;
};

}  // namespace bora::sqlite
