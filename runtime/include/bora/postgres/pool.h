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

/// How to reach a server and what to ask of each connection.
struct ConnectOptions {
  /// What libpq takes: "postgresql://user@host/db" or "host=… dbname=…". Several hosts, TLS
  /// (sslmode, sslrootcert) and target_session_attrs are written in it; what is left out comes from
  /// PGHOST and its relatives.
  std::string where;
  std::string application_name = "bora";
  /// For each host that is tried; whole seconds, 2 at least.
  std::chrono::seconds connect_timeout{5};
  /// What the server gives each statement that has no deadline of its own; 0 is no limit.
  std::chrono::milliseconds statement_timeout{0};
  /// False: nothing is kept prepared and nothing is set for a session, for a proxy that gives each
  /// transaction another connection (pgbouncer before 1.21).
  bool is_prepared = true;
  /// Statements that a connection keeps prepared; the one used longest ago goes.
  std::size_t max_prepared = 256;
  /// Run on each new connection.
  std::vector<std::string> on_connect{};
};

struct PoolOptions : ConnectOptions {
  std::size_t max_size = 10;       ///< Connections, of this loop.
  std::size_t max_waiters = 1000;  ///< More that wait for one is PoolFull.
  /// How long a statement without a deadline waits for a connection.
  std::chrono::milliseconds acquire_timeout{30'000};
  std::chrono::seconds idle_timeout{600};   ///< Unused for so long, a connection is closed.
  std::chrono::seconds max_lifetime{3600};  ///< And so long after its beginning.
  std::chrono::seconds check_after{30};     ///< Unused for so long, it is asked before its use.
  /// A folder of migrations that are run at the program's start, by whichever process is first, as
  /// soon as the server is there; statements wait for them. One that is edited or missing or fails
  /// is told in the log, and thrown by every statement. Empty: none.
  std::string migrations{};
};

/// COPY … FROM STDIN: the fastest way in.
///
///     auto copy = co_await db.copy_in("copy entries (id, title) from stdin");
///     for (…) co_await copy.write_row(id, title);
///     const std::uint64_t rows = co_await copy.finish();
///
/// Destroying it before finish() takes all of it back.
class CopyIn {
 public:
  class Impl;
  explicit CopyIn(std::unique_ptr<Impl> impl) noexcept;
  CopyIn(CopyIn&&) noexcept;
  CopyIn& operator=(CopyIn&&) noexcept;
  ~CopyIn();

  /// Bytes in the format that the statement named.
  Task<void> write(std::string bytes);
  /// A row in the text format, which is COPY's default.
  template <class... Values>
  Task<void> write_row(const Values&... values) {
    return write(row_text(database::Parameters::of(values...)));
  }
  /// @returns  How many rows came in.
  Task<std::uint64_t> finish();

 private:
  static std::string row_text(const database::Parameters& values);
  std::unique_ptr<Impl> impl_;
};

/// COPY … TO STDOUT.
class CopyOut {
 public:
  class Impl;
  explicit CopyOut(std::unique_ptr<Impl> impl) noexcept;
  CopyOut(CopyOut&&) noexcept;
  CopyOut& operator=(CopyOut&&) noexcept;
  ~CopyOut();
  /// A row's bytes as they come, line end included; nothing at the end.
  Task<std::optional<std::string>> next();

 private:
  std::unique_ptr<Impl> impl_;
};

/// One connection of a pool, which goes back when this object goes. Statements that are started
/// before others have ended go to the server at once, and their answers come in order: twenty
/// queries in a multi() on one connection are one round trip.
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

  /// False when it is lost; every further statement throws ConnectionError.
  [[nodiscard]] bool is_open() const noexcept;
  /// The server's process.
  [[nodiscard]] int backend_pid() const noexcept;
  /// Back to the pool before its end.
  void release() noexcept;

 private:
  std::shared_ptr<PoolCore> pool_;
  std::shared_ptr<Link> link_;
};

/// Connections to a server: as many as are needed, up to a limit, made when they are needed. One
/// for each loop. A server that is not there is no error of the constructor: statements throw
/// ConnectionError until it is.
class Pool final : public database::Database {
 public:
  explicit Pool(PoolOptions options);
  explicit Pool(std::string where);
  /// Closes the connections; what is under way ends with ConnectionError.
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

  /// A connection for oneself.
  /// @throws TimeoutError, PoolFull, ConnectionError
  Task<Connection> acquire(Deadline deadline = {});

  Task<std::unique_ptr<database::RowCursor>> open_cursor(database::Statement statement,
                                                         database::Parameters parameters) override;
  Task<CopyIn> copy_in(database::Statement statement);
  Task<CopyOut> copy_out(database::Statement statement);

  /// A round trip: for /readyz.
  Task<void> ping(Deadline deadline);

  struct Statistics {
    std::size_t connections = 0;  ///< Open, or being opened.
    std::size_t idle = 0;
    std::size_t waiters = 0;
    std::uint64_t opened = 0;  ///< So far.
    std::uint64_t failed = 0;  ///< Connections that could not be opened.
  };
  [[nodiscard]] Statistics statistics() const noexcept;

 private:
  std::shared_ptr<PoolCore> core_;
};

}  // namespace bora::postgres
