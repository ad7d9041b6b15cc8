#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/deadline.h>
#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/database/querier.h>

// PostgreSQL on the loop, by libpq: <bora/postgres.h>.

namespace bora::postgres {

class Link;
class PoolCore;

/// The server's address and the settings of each connection.
struct ConnectOptions {
  /// A connection string of libpq: "postgresql://user@host/db" or "host=… dbname=…". It may have
  /// several hosts, TLS (sslmode, sslrootcert) and target_session_attrs; PGHOST and its relatives
  /// supply what is missing.
  std::string where;
  std::string application_name = "bora";
  /// The limit for each host that is tried; whole seconds, at least 2.
  std::chrono::seconds connect_timeout{5};
  /// The server's limit for each statement without a deadline; 0 means no limit.
  std::chrono::milliseconds statement_timeout{0};
  /// If false, nothing is prepared and nothing is set for a session, for a proxy that may use
  /// another connection for each transaction (pgbouncer before 1.21).
  bool is_prepared = true;
  /// The most statements that a connection keeps prepared; the one that was not used for the
  /// longest time is dropped.
  std::size_t max_prepared = 256;
  /// Statements that are run on each new connection.
  std::vector<std::string> on_connect{};
};

/// The options of a Pool.
struct PoolOptions : ConnectOptions {
  std::size_t max_size = 10;       ///< The most connections, for this loop.
  std::size_t max_waiters = 1000;  ///< The most callers that wait for one; one more gets PoolFull.
  /// How long a statement without a deadline waits for a connection.
  std::chrono::milliseconds acquire_timeout{30'000};
  std::chrono::seconds idle_timeout{600};   ///< Closed when unused for this long,
  std::chrono::seconds max_lifetime{3600};  ///< or when it is this old.
  std::chrono::seconds check_after{30};     ///< Checked before use when unused for this long.
  /// A folder of migrations that the first of the processes runs at the start, as soon as the
  /// server can be reached; statements wait for them. If one is edited or missing or fails, it is
  /// logged, and every statement throws. Empty means none.
  std::string migrations{};
};

/// COPY … FROM STDIN, the fastest way to insert rows:
///
///     auto copy = co_await db.copy_in("copy entries (id, title) from stdin");
///     for (…) co_await copy.write_row(id, title);
///     const std::uint64_t rows = co_await copy.finish();
///
/// Destroying it before finish() undoes all of it.
class CopyIn {
 public:
  class Impl;
  explicit CopyIn(std::unique_ptr<Impl> impl) noexcept;
  CopyIn(CopyIn&&) noexcept;
  CopyIn& operator=(CopyIn&&) noexcept;
  ~CopyIn();

  /// Writes bytes in the format that the statement named.
  Task<void> write(std::string bytes);
  /// Writes a row in the text format, which is COPY's default.
  template <class... Values>
  Task<void> write_row(const Values&... values) {
    return write(row_text(database::Parameters::of(values...)));
  }
  /// @returns  The number of rows that were inserted.
  Task<std::uint64_t> finish();

 private:
  static std::string row_text(const database::Parameters& values);
  std::unique_ptr<Impl> impl_;
};

/// COPY … TO STDOUT: the rows as bytes.
class CopyOut {
 public:
  class Impl;
  explicit CopyOut(std::unique_ptr<Impl> impl) noexcept;
  CopyOut(CopyOut&&) noexcept;
  CopyOut& operator=(CopyOut&&) noexcept;
  ~CopyOut();
  /// The bytes of a row as they come, with the line end; nothing at the end.
  Task<std::optional<std::string>> next();

 private:
  std::unique_ptr<Impl> impl_;
};

/// One connection of a pool, which gets it back when this object is destroyed. Statements that are
/// started before others have ended go to the server at once, and their results come in order:
/// twenty queries in a multi() on one connection take one round trip.
class Connection : public database::Querier {
 public:
  Connection(std::shared_ptr<PoolCore> pool, std::shared_ptr<Link> link) noexcept;
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection() override;

  Task<database::Rows> run(database::Statement statement, database::Parameters parameters) override;
  Task<std::uint64_t> run_many(database::Statement statement,
                               std::vector<database::Parameters> all) override;
  Task<void> run_script(database::Statement script) override;

  /// False when the connection is lost; every further statement throws ConnectionError.
  [[nodiscard]] bool is_open() const noexcept;
  /// The number of the server's process.
  [[nodiscard]] int backend_pid() const noexcept;
  /// Returns the connection to the pool before the object is destroyed.
  void release() noexcept;

 private:
  std::shared_ptr<PoolCore> pool_;
  std::shared_ptr<Link> link_;
};

/// Connections to a server, for one loop. They are made when they are needed, up to a limit. The
/// constructor does not fail when the server can't be reached: statements throw ConnectionError
/// until it can.
class Pool final : public database::Database {
 public:
  /// Makes no connection yet.
  explicit Pool(PoolOptions options);
  explicit Pool(std::string where);
  /// Closes the connections; statements that are under way end with ConnectionError.
  ~Pool() override;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] std::string_view engine() const noexcept override { return "postgresql"; }

  Task<database::Rows> run(database::Statement statement, database::Parameters parameters) override;
  Task<std::uint64_t> run_many(database::Statement statement,
                               std::vector<database::Parameters> all) override;
  Task<void> run_script(database::Statement script) override;
  using Database::begin;
  Task<std::unique_ptr<database::Transaction>> begin(database::TransactionOptions options) override;

  /// Takes a connection that only the caller uses.
  /// @throws TimeoutError, PoolFull, ConnectionError
  Task<Connection> acquire(Deadline deadline = {});

  Task<std::unique_ptr<database::RowCursor>> open_cursor(database::Statement statement,
                                                         database::Parameters parameters) override;
  /// Begin a COPY on a connection that only it uses.
  Task<CopyIn> copy_in(database::Statement statement);
  Task<CopyOut> copy_out(database::Statement statement);

  /// Makes a round trip to the server, for /readyz.
  Task<void> ping(Deadline deadline);

  /// The counts of the pool at this moment.
  struct Statistics {
    std::size_t connections = 0;  ///< Those that are open, or being opened.
    std::size_t idle = 0;
    std::size_t waiters = 0;
    std::uint64_t opened = 0;  ///< The connections opened so far.
    std::uint64_t failed = 0;  ///< Connections that could not be opened.
  };
  [[nodiscard]] Statistics statistics() const noexcept;

 private:
  std::shared_ptr<PoolCore> core_;
};

}  // namespace bora::postgres
