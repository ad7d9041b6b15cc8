#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <bora/core/task.h>
#include <bora/database/rows.h>
#include <bora/database/statement.h>
#include <bora/database/value.h>

namespace bora::database {

class Transaction;

/// The options of a transaction.
struct TransactionOptions {
  /// The isolation level; `by_default` is the database's own (PostgreSQL: read committed).
  enum class Isolation : unsigned char {
    by_default,
    read_committed,
    repeatable_read,
    serializable
  };
  Isolation isolation = Isolation::by_default;
  bool is_read_only = false;
  /// How often transaction() runs its body again after a serialisation failure or a deadlock.
  int retries = 0;
  /// The limit for getting a connection.
  Deadline deadline{};
};

/// The interface of all that run statements: a pool of connections, one connection, a transaction.
/// Code that takes a Querier& works with each of them, and with PostgreSQL and SQLite where both
/// accept the statement.
///
///     struct Entry { int id; std::string title; };
///     const auto entries = co_await db.query<Entry>("select id, title from entries");
///     const auto entry = co_await db.query_one<Entry>("select … where id = $1", id);
///     co_await db.execute("delete from entries where id = $1", id);
///
/// The call copies its parameters. All calls throw Error when the database refuses, ConnectionError
/// when there is no connection, TimeoutError at the statement's deadline and ConversionError when a
/// column does not have the type that the program asks for.
class Querier {
 public:
  virtual ~Querier() = default;

  /// All rows, each as a T: a value (of one column), a std::tuple (by position) or a struct whose
  /// fields have the columns' names; columns without a field are ignored. Without T, it gives the
  /// Rows as they are.
  template <class T = Rows, class... Values>
  auto query(Statement statement, const Values&... values) {
    if constexpr (std::is_same_v<T, Rows>) {
      return run(std::move(statement), Parameters::of(values...));
    } else {
      return rows_as<T>(run(std::move(statement), Parameters::of(values...)));
    }
  }
  /// The row, or nothing if there is none.
  /// @throws TooManyRows
  template <class T, class... Values>
  Task<std::optional<T>> query_one(Statement statement, const Values&... values) {
    const std::source_location where = statement.where();
    return row_as<T>(run(std::move(statement), Parameters::of(values...)), where);
  }
  /// The number of rows that were inserted, changed or removed.
  template <class... Values>
  Task<std::uint64_t> execute(Statement statement, const Values&... values) {
    return affected_by(run(std::move(statement), Parameters::of(values...)));
  }
  /// Runs a statement once for each element; either all succeed or none has an effect. An element
  /// is a std::tuple, a struct (its fields in order), or a single value.
  /// @returns  The number of rows that were inserted, changed or removed together.
  template <class Range>
  Task<std::uint64_t> execute_many(Statement statement, const Range& range) {
    std::vector<Parameters> all;
    for (const auto& element : range) all.push_back(parameters_of(element));
    return run_many(std::move(statement), std::move(all));
  }

  /// Runs a statement with parameters that exist already.
  virtual Task<Rows> run(Statement statement, Parameters parameters) = 0;
  virtual Task<std::uint64_t> run_many(Statement statement, std::vector<Parameters> all) = 0;
  /// Runs several statements, such as those of a file, as one transaction unless they begin
  /// transactions of their own.
  virtual Task<void> run_script(Statement script) = 0;

 private:
  template <class T>
  static Task<std::vector<T>> rows_as(Task<Rows> running) {
    const Rows rows = co_await running;
    co_return rows.template as<T>();
  }
  template <class T>
  static Task<std::optional<T>> row_as(Task<Rows> running, std::source_location where) {
    const Rows rows = co_await running;
    if (rows.size() > 1) throw TooManyRows(where);
    std::optional<T> value;
    if (!rows.empty()) value.emplace(RowReader<T>(*rows.source()).read(rows[0]));
    co_return value;
  }
  static Task<std::uint64_t> affected_by(Task<Rows> running);

  template <class T>
  static Parameters parameters_of(const T& element) {
    if constexpr (ParameterValue<T>) {
      return Parameters::of(element);
    } else if constexpr (detail::is_tuple<T>) {
      return std::apply([](const auto&... value) { return Parameters::of(value...); }, element);
    } else {
      return std::apply([](const auto&... value) { return Parameters::of(value...); },
                        detail::tie_fields(element));
    }
  }
};

/// The source of a result that comes piece by piece.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  /// Some rows, or none at the end.
  virtual Task<Rows> next() = 0;
};

/// The rows of a result that is too large for memory, one by one:
///
///     auto rows = co_await db.stream<Entry>("select * from entries");
///     while (std::optional<Entry> entry = co_await rows.next()) …
///
/// (With g++ 12: `for (;;) { const auto entry = co_await rows.next(); if (!entry) break; … }`.) The
/// database is read as fast as rows are asked for. The stream holds a connection until it is
/// destroyed; destroying it before its end cancels the statement.
template <class T>
class RowStream {
 public:
  explicit RowStream(std::unique_ptr<RowCursor> cursor) noexcept : cursor_(std::move(cursor)) {}

  /// The next row, or nothing at the end.
  Task<std::optional<T>> next() {
    if (at_ == rows_.size() && cursor_ != nullptr) {
      rows_ = co_await cursor_->next();
      at_ = 0;
      if (rows_.empty()) {
        cursor_.reset();
      } else if (!reader_) {
        reader_.emplace(*rows_.source());
      }
    }
    std::optional<T> value;
    if (at_ < rows_.size()) value.emplace(reader_->read(rows_[at_++]));
    co_return value;
  }

 private:
  std::unique_ptr<RowCursor> cursor_;
  Rows rows_;
  std::size_t at_ = 0;
  std::optional<RowReader<T>> reader_;
};

/// A Querier that can begin transactions: the object that a program uses as its database.
class Database : public Querier {
 public:
  /// "postgresql" or "sqlite", for statements that differ.
  [[nodiscard]] virtual std::string_view engine() const noexcept = 0;

  /// Runs a statement whose rows come one by one.
  template <class T, class... Values>
  Task<RowStream<T>> stream(Statement statement, const Values&... values) {
    return stream_as<T>(open_cursor(std::move(statement), Parameters::of(values...)));
  }
  virtual Task<std::unique_ptr<RowCursor>> open_cursor(Statement statement,
                                                       Parameters parameters) = 0;

  /// Begins a transaction, on a connection that only the transaction uses until its end.
  virtual Task<std::unique_ptr<Transaction>> begin(TransactionOptions options) = 0;
  Task<std::unique_ptr<Transaction>> begin();

  /// Begins a transaction, runs `body` in it, a function from Transaction& to Task<T>, and commits.
  /// If the body throws, the transaction is rolled back. `body` is copied and kept until the end.
  ///
  ///     const auto move = [&](Transaction& transaction) -> Task<void> {
  ///       co_await transaction.execute("update accounts set …", …);
  ///       co_await transaction.execute("update accounts set …", …);
  ///     };
  ///     co_await db.transaction(move);
  template <class Body>
  auto transaction(const Body& body, TransactionOptions options) {
    using Result = typename std::invoke_result_t<const Body&, Transaction&>::value_type;
    return run_transaction<Result>(*this, body, std::move(options));
  }
  template <class Body>
  auto transaction(const Body& body) {
    using Result = typename std::invoke_result_t<const Body&, Transaction&>::value_type;
    return run_transaction<Result>(*this, body, TransactionOptions());
  }

 private:
  template <class T>
  static Task<RowStream<T>> stream_as(Task<std::unique_ptr<RowCursor>> opening) {
    std::unique_ptr<RowCursor> cursor = co_await opening;
    co_return RowStream<T>(std::move(cursor));
  }
  template <class Result, class Body>
  static Task<Result> run_transaction(Database& database, Body body, TransactionOptions options);
  static Task<void> wait_to_retry(int attempt);
};

/// A transaction. If it is destroyed before commit() or rollback(), it is rolled back, and then its
/// connection is used again.
class Transaction : public Querier {
 public:
  /// @throws Error  The transaction can't be committed; then it has no effect.
  virtual Task<void> commit() = 0;
  virtual Task<void> rollback() = 0;
  /// Waits until no other transaction holds the lock of this name, and holds it until the
  /// transaction's end. It is an advisory lock of PostgreSQL. In SQLite, a transaction that writes
  /// holds all locks.
  virtual Task<void> lock(std::string name) = 0;

  /// A point in a transaction: the statements after it can be undone alone.
  ///
  ///     Savepoint savepoint = co_await transaction.savepoint();
  ///     …
  ///     co_await savepoint.rollback();
  class Savepoint {
   public:
    Savepoint(Transaction& transaction, int number) noexcept
        : transaction_(&transaction), number_(number) {}
    /// Undoes the statements after the savepoint.
    Task<void> rollback();
    /// Removes the savepoint; the effects of the statements after it stay.
    Task<void> release();

   private:
    Transaction* transaction_;
    int number_;
  };
  Task<Savepoint> savepoint();

  /// Runs `body`, a function without parameters that returns a Task<void>, after a savepoint. If it
  /// throws, its effects are undone and the transaction can go on.
  template <class Body>
  Task<void> nested(const Body& body) {
    return run_nested(*this, body);
  }

 private:
  template <class Body>
  static Task<void> run_nested(Transaction& transaction, Body body) {
    Savepoint savepoint = co_await transaction.savepoint();
    std::exception_ptr failure;
    try {
      co_await body();
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      co_await savepoint.rollback();
      std::rethrow_exception(failure);
    }
    co_await savepoint.release();
  }

  int savepoints_ = 0;
};

template <class Result, class Body>
Task<Result> Database::run_transaction(Database& database, Body body, TransactionOptions options) {
  for (int attempt = 0;; ++attempt) {
    std::unique_ptr<Transaction> transaction = co_await database.begin(options);
    std::exception_ptr failure;
    bool may_retry = false;
    try {
      if constexpr (std::is_void_v<Result>) {
        co_await body(*transaction);
        co_await transaction->commit();
        co_return;
      } else {
        Result result = co_await body(*transaction);
        co_await transaction->commit();
        co_return result;
      }
    } catch (const Error& error) {
      may_retry = error.is_serialization_failure() && attempt < options.retries;
      failure = std::current_exception();
    }
    transaction.reset();
    if (!may_retry) std::rethrow_exception(failure);
    co_await wait_to_retry(attempt);
  }
}

}  // namespace bora::database
