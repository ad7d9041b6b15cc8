#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <bora/core/deadline.h>
#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/database/querier.h>

namespace bora::sqlite {

/// The options of a database.
struct Options {
  std::string path;         ///< A file, or ":memory:", which ends with this object.
  std::size_t readers = 3;  ///< The threads that read; one more writes.
  /// How long to wait while another process writes.
  std::chrono::milliseconds busy_timeout{5'000};
  std::size_t max_prepared = 256;  ///< The most statements that each thread keeps prepared.
  /// Whether foreign keys are checked, which SQLite itself does not do by default.
  bool has_foreign_keys = true;
  /// Statements that each thread runs when it opens the file.
  std::vector<std::string> on_open{};
  /// A folder of migrations that are run before the first statement. If one is edited or missing or
  /// fails, it is logged, and every statement throws. Empty means none.
  std::string migrations{};
};

/// A database in a file, in WAL mode: any number of readers beside one writer. SQLite runs in
/// threads, one for each connection, so the loop never waits for the disk.
///
/// Statements that change something run one after the other, in the order of the calls; SELECTs go
/// to any free reader, and see everything that was committed before. Deadlines and cancelling
/// interrupt the statement.
///
/// Errors have the SQLSTATE that PostgreSQL would give (23505 for a value that must be unique,
/// 40001 for a database that stayed locked), so that is_unique_violation() and its relatives work
/// here, too.
class Database final : public database::Database {
 public:
  /// The first statement opens the file, and makes it if necessary.
  explicit Database(Options options);
  explicit Database(std::string path);
  /// Interrupts the statements that run, and waits for them.
  ~Database() override;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] std::string_view engine() const noexcept override { return "sqlite"; }

  Task<database::Rows> run(database::Statement statement, database::Parameters parameters) override;
  Task<std::uint64_t> run_many(database::Statement statement,
                               std::vector<database::Parameters> all) override;
  /// The script must begin no transaction of its own: all of it is one.
  Task<void> run_script(database::Statement script) override;
  using database::Database::begin;
  /// A transaction that writes has the writer to itself until its end.
  Task<std::unique_ptr<database::Transaction>> begin(database::TransactionOptions options) override;
  Task<std::unique_ptr<database::RowCursor>> open_cursor(database::Statement statement,
                                                         database::Parameters parameters) override;

  /// Copies the whole database, as it is now, to `path`, which it replaces; other statements go on.
  Task<void> backup(std::string path);
  /// A number that the file keeps for the program.
  Task<std::int32_t> user_version();
  Task<void> set_user_version(std::int32_t version);

 private:
  class Impl;
  /// The same database, for the migrations: it does not wait for them.
  explicit Database(std::shared_ptr<Impl> impl) noexcept;
  static Task<database::Rows> run_later(std::shared_ptr<Impl> impl, database::Statement statement,
                                        database::Parameters parameters);

  std::shared_ptr<Impl> impl_;
  bool is_for_migrations_ = false;
};

}  // namespace bora::sqlite
