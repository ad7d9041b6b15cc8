#include <bora/sqlite/database.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>

#include "runtime/core/begun.h"
#include "runtime/database/start_migrations.h"
#include "runtime/sqlite/worker.h"
#include "runtime/text/characters.h"

namespace bora::sqlite {

using bora::detail::begun;
using database::Error;
using database::Parameters;
using database::RowCursor;
using database::Rows;
using database::Statement;
using database::Transaction;
using database::TransactionOptions;

namespace {

using ResultPtr = std::shared_ptr<const Result>;

/// Whether a text looks as if it only reads. A statement that then proves to write is run by the
/// writer.
bool seems_to_read(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n(");
  if (begin == std::string_view::npos) return false;
  const auto is = [word = text.substr(begin)](std::string_view name) {
    return text::equals_ignoring_case(word.substr(0, name.size()), name);
  };
  return is("select") || is("with") || is("values") || is("explain");
}

}  // namespace

class Database::Impl : public std::enable_shared_from_this<Impl> {
 public:
  /// A worker for one job or one transaction. It returns by itself, when a job that may still run
  /// has ended.
  class Lease {
   public:
    Lease() = default;
    Lease(std::shared_ptr<Impl> impl, Worker& worker, bool is_writer) noexcept
        : impl_(std::move(impl)), worker_(&worker), is_writer_(is_writer) {}
    Lease(Lease&& other) noexcept { swap(other); }
    Lease& operator=(Lease&& other) noexcept {
      swap(other);
      return *this;
    }
    ~Lease() {
      if (worker_ != nullptr) Impl::give_back(std::move(impl_), *worker_, is_writer_, needs_clean_);
    }
    void swap(Lease& other) noexcept {
      std::swap(impl_, other.impl_);
      std::swap(worker_, other.worker_);
      std::swap(is_writer_, other.is_writer_);
      std::swap(needs_clean_, other.needs_clean_);
    }

    /// Runs a job to its end, or interrupts it.
    template <class Function>
    auto run(Function function, Deadline deadline)
        -> Task<std::invoke_result_t<Function&, Connection&>> {
      using Value = std::invoke_result_t<Function&, Connection&>;
      auto future = worker_->submit(std::move(function));
      struct Guard {
        Lease& lease;
        bool is_over = false;
        ~Guard() {
          if (is_over) return;
          lease.worker_->interrupt();
          lease.needs_clean_ = true;
        }
      } guard{*this};
      const bool is_done = co_await future.end(deadline);
      if (!is_done) throw TimeoutError("the statement took longer than its deadline");
      guard.is_over = true;
      Outcome<Value> outcome = co_await std::move(future);
      if (outcome.failure) std::rethrow_exception(outcome.failure);
      if constexpr (!std::is_void_v<Value>) co_return std::move(*outcome.value);
    }
    /// Says that the connection must be cleaned when the lease ends.
    void set_unclean() noexcept { needs_clean_ = true; }

   private:
    std::shared_ptr<Impl> impl_;
    Worker* worker_ = nullptr;
    bool is_writer_ = false;
    bool needs_clean_ = false;
  };

  explicit Impl(Options options)
      : options_(std::move(options)),
        has_readers_(options_.readers > 0 && options_.path != ":memory:" && !options_.path.empty()),
        free_readers_(static_cast<std::ptrdiff_t>(has_readers_ ? options_.readers : 1)) {}

  void start() {
    if (options_.migrations.empty()) return;
    const auto make = [weak = weak_from_this()]() -> std::unique_ptr<database::Database> {
      return std::unique_ptr<Database>(new Database(weak.lock()));
    };
    migrations_ = std::make_shared<database::StartMigrations>(options_.migrations, make);
  }
  void stop() noexcept {
    if (migrations_ != nullptr) migrations_->stop();
  }
  [[nodiscard]] bool is_migrated() const noexcept {
    return migrations_ == nullptr || migrations_->is_done();
  }
  Task<void> wait_for_migrations(Deadline deadline) { return migrations_->wait(deadline); }

  Task<Lease> lease(bool is_writer, Deadline deadline) {
    const std::shared_ptr<Impl> self = shared_from_this();
    const bool uses_writer = is_writer || !has_readers_;
    Semaphore& free = uses_writer ? writer_free_ : free_readers_;
    Semaphore::Permit permit = co_await free.acquire(deadline);
    permit.detach();
    if (uses_writer) {
      if (writer_ == nullptr) writer_ = std::make_unique<Worker>(options_, true);
      co_return Lease(self, *writer_, true);
    }
    if (idle_.empty()) {
      // The file must be in WAL mode before others open it.
      readers_.push_back(std::make_unique<Worker>(options_, false));
      idle_.push_back(readers_.back().get());
    }
    Worker& reader = *idle_.back();
    idle_.pop_back();
    co_return Lease(self, reader, false);
  }

  Task<Rows> run(Statement statement, Parameters parameters) {
    const std::shared_ptr<Impl> self = shared_from_this();
    const Deadline deadline = begun(statement.deadline());
    const auto job = [statement, parameters = std::move(parameters)](Connection& connection) {
      return connection.run(statement, parameters);
    };
    if (seems_to_read(statement.text())) {
      try {
        Lease lease = co_await self->lease(false, deadline);
        ResultPtr result = co_await lease.run(job, deadline);
        co_return Rows(std::move(result));
      } catch (const NotReadOnly&) {
      }
    }
    Lease lease = co_await self->lease(true, deadline);
    ResultPtr result = co_await lease.run(job, deadline);
    co_return Rows(std::move(result));
  }

 private:
  /// Waits for a job that may still run, rolls back an open transaction, and gives the worker to
  /// the next one.
  static Task<void> clean(std::shared_ptr<Impl> impl, Worker* worker, bool is_writer) {
    const auto job = [](Connection& connection) {
      connection.close_cursor();
      if (connection.is_in_transaction()) connection.execute("rollback");
    };
    for (int i = 0; i < 2; ++i) {
      try {
        auto cleaning = worker->submit(job);
        const Outcome<void> outcome = co_await std::move(cleaning);
        if (outcome.failure) std::rethrow_exception(outcome.failure);
        break;
      } catch (const std::exception& failure) {
        gen_log.warning("sqlite: a transaction could not be rolled back: ", failure.what());
      }
    }
    impl->free(worker, is_writer);
  }
  static void give_back(std::shared_ptr<Impl> impl, Worker& worker, bool is_writer,
                        bool needs_clean) noexcept {
    if (needs_clean) {
      IOLoop::current().spawn(clean(std::move(impl), &worker, is_writer));
    } else {
      impl->free(&worker, is_writer);
    }
  }
  void free(Worker* worker, bool is_writer) noexcept {
    if (is_writer) {
      writer_free_.release();
    } else {
      idle_.push_back(worker);
      free_readers_.release();
    }
  }

  Options options_;
  std::shared_ptr<database::StartMigrations> migrations_;  ///< Null when there are none to run.
  bool has_readers_;
  Semaphore writer_free_{1};
  Semaphore free_readers_;
  std::unique_ptr<Worker> writer_;
  std::vector<std::unique_ptr<Worker>> readers_;
  std::vector<Worker*> idle_;
};

namespace {

/// A transaction on a leased worker.
template <class Lease>
class LeasedTransaction final : public Transaction {
 public:
  explicit LeasedTransaction(Lease lease) noexcept : lease_(std::move(lease)) {
    lease_.set_unclean();
  }

  Task<Rows> run(Statement statement, Parameters parameters) override {
    require_open(statement.where());
    const Deadline deadline = statement.deadline();
    return rows_of(
        lease_.run([statement = std::move(statement), parameters = std::move(parameters)](
                       Connection& connection) { return connection.run(statement, parameters); },
                   deadline));
  }
  Task<std::uint64_t> run_many(Statement statement, std::vector<Parameters> all) override {
    require_open(statement.where());
    const Deadline deadline = statement.deadline();
    return lease_.run([statement = std::move(statement), all = std::move(all)](
                          Connection& connection) { return connection.run_many(statement, all); },
                      deadline);
  }
  Task<void> run_script(Statement script) override {
    require_open(script.where());
    const Deadline deadline = script.deadline();
    return lease_.run(
        [script = std::move(script)](Connection& connection) { connection.run_script(script); },
        deadline);
  }
  Task<void> commit() override {
    require_open({});
    co_await end("commit");
  }
  Task<void> rollback() override {
    require_open({});
    co_await end("rollback");
  }
  Task<void> lock(std::string) override { return {}; }

 private:
  static Task<Rows> rows_of(Task<ResultPtr> running) {
    ResultPtr result = co_await running;
    co_return Rows(std::move(result));
  }
  Task<void> end(const char* text) {
    const auto job = [text](Connection& connection) { connection.execute(text); };
    co_await lease_.run(job, {});
    is_over_ = true;
    Lease done = std::move(lease_);
  }
  void require_open(const std::source_location& where) const {
    if (is_over_) throw Error("the transaction is over", {.code = "25P01"}, where);
  }

  Lease lease_;
  bool is_over_ = false;
};

template <class Lease>
class Cursor final : public RowCursor {
 public:
  explicit Cursor(Lease lease) noexcept : lease_(std::move(lease)) { lease_.set_unclean(); }
  Task<void> open(Statement statement, Parameters parameters) {
    deadline_ = begun(statement.deadline());
    return lease_.run(
        [statement = std::move(statement), parameters = std::move(parameters)](
            Connection& connection) { connection.open_cursor(statement, parameters); },
        deadline_);
  }
  Task<Rows> next() override {
    const auto job = [](Connection& connection) { return connection.fetch(kRows); };
    ResultPtr result = co_await lease_.run(job, deadline_);
    co_return Rows(std::move(result));
  }

 private:
  static constexpr std::size_t kRows = 256;
  Lease lease_;
  Deadline deadline_;
};

}  // namespace

Database::Database(Options options) : impl_(std::make_shared<Impl>(std::move(options))) {
  impl_->start();
}
Database::Database(std::shared_ptr<Impl> impl) noexcept
    : impl_(std::move(impl)), is_for_migrations_(true) {}

Database::Database(std::string path)
    : Database([&path] {
        Options options;
        options.path = std::move(path);
        return options;
      }()) {}

Database::~Database() {
  if (!is_for_migrations_) impl_->stop();
}

Task<Rows> Database::run(Statement statement, Parameters parameters) {
  if (is_for_migrations_ || impl_->is_migrated()) {
    return impl_->run(std::move(statement), std::move(parameters));
  }
  return run_later(impl_, std::move(statement), std::move(parameters));
}

Task<Rows> Database::run_later(std::shared_ptr<Impl> impl, Statement statement,
                               Parameters parameters) {
  const Deadline deadline = begun(statement.deadline());
  co_await impl->wait_for_migrations(deadline);
  if (deadline.is_set()) statement = Statement(statement).within(deadline);
  Rows rows = co_await impl->run(std::move(statement), std::move(parameters));
  co_return rows;
}

Task<std::uint64_t> Database::run_many(Statement statement, std::vector<Parameters> all) {
  const std::shared_ptr<Impl> impl = impl_;
  const Deadline deadline = begun(statement.deadline());
  const auto job = [statement = std::move(statement), all = std::move(all)](
                       Connection& connection) { return connection.run_many(statement, all); };
  if (!is_for_migrations_ && !impl->is_migrated()) co_await impl->wait_for_migrations(deadline);
  Impl::Lease lease = co_await impl->lease(true, deadline);
  const std::uint64_t affected = co_await lease.run(job, deadline);
  co_return affected;
}

Task<void> Database::run_script(Statement script) {
  const std::shared_ptr<Impl> impl = impl_;
  const Deadline deadline = begun(script.deadline());
  const auto job = [script = std::move(script)](Connection& connection) {
    connection.run_script(script);
  };
  if (!is_for_migrations_ && !impl->is_migrated()) co_await impl->wait_for_migrations(deadline);
  Impl::Lease lease = co_await impl->lease(true, deadline);
  co_await lease.run(job, deadline);
}

Task<std::unique_ptr<Transaction>> Database::begin(TransactionOptions options) {
  const std::shared_ptr<Impl> impl = impl_;
  const Deadline deadline = begun(options.deadline);
  // A transaction that writes takes SQLite's lock at once. If two took it later, SQLite might
  // refuse it to both.
  const char* const text = options.is_read_only ? "begin" : "begin immediate";
  if (!is_for_migrations_ && !impl->is_migrated()) co_await impl->wait_for_migrations(deadline);
  Impl::Lease lease = co_await impl->lease(!options.is_read_only, deadline);
  auto transaction = std::make_unique<LeasedTransaction<Impl::Lease>>(std::move(lease));
  Statement statement = Statement(text, std::source_location()).within(deadline);
  const Rows begun = co_await transaction->run(std::move(statement), Parameters());
  std::unique_ptr<Transaction> made = std::move(transaction);
  co_return made;
}

Task<std::unique_ptr<RowCursor>> Database::open_cursor(Statement statement, Parameters parameters) {
  const std::shared_ptr<Impl> impl = impl_;
  const Deadline deadline = begun(statement.deadline());
  if (!is_for_migrations_ && !impl->is_migrated()) co_await impl->wait_for_migrations(deadline);
  Impl::Lease lease = co_await impl->lease(!seems_to_read(statement.text()), deadline);
  auto cursor = std::make_unique<Cursor<Impl::Lease>>(std::move(lease));
  co_await cursor->open(std::move(statement), std::move(parameters));
  std::unique_ptr<RowCursor> made = std::move(cursor);
  co_return made;
}

Task<void> Database::backup(std::string path) {
  const std::shared_ptr<Impl> impl = impl_;
  const auto is_abandoned = std::make_shared<std::atomic<bool>>(false);
  struct Abandon {
    std::shared_ptr<std::atomic<bool>> flag;
    ~Abandon() { *flag = true; }
  } abandon{is_abandoned};
  const auto job = [path = std::move(path), is_abandoned](Connection& connection) {
    connection.backup(path, *is_abandoned);
  };
  if (!is_for_migrations_ && !impl->is_migrated()) co_await impl->wait_for_migrations({});
  Impl::Lease lease = co_await impl->lease(false, {});
  co_await lease.run(job, {});
}

Task<std::int32_t> Database::user_version() {
  const auto version = co_await query_one<std::int32_t>("pragma user_version");
  co_return version.value_or(0);
}

Task<void> Database::set_user_version(std::int32_t version) {
  const std::string text = "pragma user_version = " + std::to_string(version);
  co_await execute(Statement(text).unprepared());
}

}  // namespace bora::sqlite
