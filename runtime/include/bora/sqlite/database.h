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

struct Options {
  std::string path;         ///< ":memory:" is a database that goes with this object.
  std::size_t readers = 3;  ///< Threads that read; one more writes.
  /// How long to wait while another process writes.
  std::chrono::milliseconds busy_timeout{5'000};
  std::size_t max_prepared = 256;  ///< Statements that each thread keeps prepared.
  bool has_foreign_keys = true;
  /// Run by each thread when it opens the file.
  std::vector<std::string> on_open{};
  /// A folder of migrations that are run before the first statement. One that is edited or missing
  /// or fails is told in the log, and thrown by every statement. Empty: none.
  std::string migrations{};
};

/// A database in a file, in WAL mode: any number of readers beside one writer. SQLite works in
/// threads of its own, one for each connection, so the loop never waits for the disk.
///
/// Statements that change something are run one after the other, in the order of the calls;
/// SELECTs go to whichever reader is free, and see everything that was committed before. Deadlines
/// and cancelling interrupt the statement.
///
/// Errors have the SQLSTATE that PostgreSQL would tell (23505 for what must be unique, 40001 for a
/// database that stayed locked), so that is_unique_violation() and its relatives hold here, too.
class Database final : public database::Database {
 public:
  /// The file is opened, and made, with the first statement.
  explicit Database(Options options);
  explicit Database(std::string path);
  /// Waits for the statements that run, which are interrupted.
  ~Database() override;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] std::string_view engine() const noexcept override { return "sqlite"; }

  Task<database::Rows> run(database::Statement statement, database::Parameters parameters) override;
  Task<std::uint64_t> run_many(database::Statement statement,
                               std::vector<database::Parameters> all) override;
  /// The script begins no transaction of its own: all of it is one.
  Task<void> run_script(database::Statement script) override;
  using database::Database::begin;
  /// One that writes has the writer to itself until its end.
  Task<std::unique_ptr<database::Transaction>> begin(database::TransactionOptions options) override;
  Task<std::unique_ptr<database::RowCursor>> open_cursor(database::Statement statement,
                                                         database::Parameters parameters) override;

  /// A copy of the whole database as it is now, while others go on; replaces `path`.
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
