#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <asio/posix/stream_descriptor.hpp>
#include <libpq-fe.h>

#include <bora/asio.h>
#include <bora/core/executor.h>
#include <bora/core/gen.h>

// libpq on Bora's loop, without a thread and without a patch: its non-blocking calls say when they
// would wait for the socket, and that wait is awaited. docs/asio.md explains it. Copy it as you
// like.

namespace bora::test {

/// The refusal of the server or of libpq.
class PostgresError : public std::runtime_error {
 public:
  PostgresError(const std::string& what, std::string state)
      : std::runtime_error(what), state_(std::move(state)) {}
  /// SQLSTATE, "22012"; empty for errors that are not the server's.
  [[nodiscard]] const std::string& state() const noexcept { return state_; }

 private:
  std::string state_;
};

/// One statement's rows.
class PostgresResult {
 public:
  explicit PostgresResult(PGresult* result) : result_(result) {}

  [[nodiscard]] int rows() const { return PQntuples(result_.get()); }
  [[nodiscard]] std::string text(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  void throw_if_failed() const {
    const ExecStatusType status = PQresultStatus(result_.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    const char* state = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
    throw PostgresError(PQresultErrorMessage(result_.get()), state != nullptr ? state : "");
  }

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

/// A connection. One statement at a time.
class Postgres {
 public:
  Postgres() = default;
  ~Postgres() { disconnect(); }
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  /// @throws PostgresError
  Task<void> connect(std::string where) {
    disconnect();
    connection_ = PQconnectStart(where.c_str());
    if (connection_ == nullptr) throw std::bad_alloc();
    // A connection that could not be begun has no socket.
    PostgresPollingStatusType next =
        PQstatus(connection_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
      watch_socket();
      co_await socket_.async_wait(
          next == PGRES_POLLING_READING ? Socket::wait_read : Socket::wait_write, use_task);
      next = PQconnectPoll(connection_);
    }
    if (next != PGRES_POLLING_OK) throw failure();
    watch_socket();
    PQsetnonblocking(connection_, 1);
  }

  /// Sends a statement and returns its last result. When this is cancelled, so is the statement,
  /// and the connection can be used again.
  ///
  /// @throws PostgresError
  Task<PostgresResult> query(std::string statement) {
    if (PQsendQuery(connection_, statement.c_str()) == 0) throw failure();
    bool is_cancelled = false;
    try {
      co_await receive();
    } catch (const CancelledError&) {
      is_cancelled = true;
    }
    if (is_cancelled) {
      co_await cancel_statement();
      throw CancelledError();
    }
    PostgresResult result(last_.release());
    result.throw_if_failed();
    co_return result;
  }

  /// Waits for a NOTIFY on any channel that LISTEN named; returns its payload.
  Task<std::string> notification() {
    for (;;) {
      if (PGnotify* told = PQnotifies(connection_)) {
        std::string payload = told->extra;
        PQfreemem(told);
        co_return payload;
      }
      co_await socket_.async_wait(Socket::wait_read, use_task);
      if (PQconsumeInput(connection_) == 0) throw failure();
    }
  }

  void disconnect() noexcept {
    if (socket_.is_open()) socket_.release();  // libpq closes it
    PQfinish(std::exchange(connection_, nullptr));
  }

 private:
  using Socket = asio::posix::stream_descriptor;
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };

  [[nodiscard]] PostgresError failure() const { return {PQerrorMessage(connection_), ""}; }

  /// While it connects, libpq may go from one address to the next, with another socket.
  void watch_socket() {
    const int fd = PQsocket(connection_);
    if (socket_.is_open()) socket_.release();
    socket_.assign(fd);
  }

  /// Waits until the server is ready for the next statement.
  Task<void> receive() {
    co_await flush();
    for (;;) {
      while (PQisBusy(connection_) != 0) {
        co_await socket_.async_wait(Socket::wait_read, use_task);
        if (PQconsumeInput(connection_) == 0) throw failure();
      }
      PGresult* result = PQgetResult(connection_);
      if (result == nullptr) co_return;
      last_.reset(result);
    }
  }

  /// A server that does not read on before its answers are read must not block a long statement.
  Task<void> flush() {
    for (;;) {
      const int rest = PQflush(connection_);
      if (rest < 0) throw failure();
      if (rest == 0) co_return;
      co_await first_of(wait(Socket::wait_write), wait(Socket::wait_read));
      if (PQconsumeInput(connection_) == 0) throw failure();
    }
  }
  Task<void> wait(Socket::wait_type what) { co_await socket_.async_wait(what, use_task); }

  Task<void> cancel_statement() {
    // PQcancel makes a connection of its own and waits for it, so it must not run on the loop's
    // thread.
    const auto cancel = [handle =
                             std::shared_ptr<PGcancel>(PQgetCancel(connection_), PQfreeCancel)] {
      char why[256];
      PQcancel(handle.get(), why, sizeof why);
    };
    co_await run_in_executor(cancel);
    co_await receive();
    last_.reset();
  }

  Socket socket_{asio_context()};
  PGconn* connection_ = nullptr;
  std::unique_ptr<PGresult, Clear> last_;
};

}  // namespace bora::test
