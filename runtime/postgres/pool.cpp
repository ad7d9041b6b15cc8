#include <bora/postgres/pool.h>

#include <algorithm>
#include <utility>

#include <bora/core/log.h>

#include "runtime/postgres/attempt.h"
#include "runtime/postgres/pool_core.h"

namespace bora::postgres {

using database::ConnectionError;
using database::Parameters;
using database::Rows;
using database::Statement;
using database::TransactionOptions;

/// Somebody who waits for a connection.
class PoolCore::Waiter final : public Operation {
 public:
  Waiter(std::shared_ptr<PoolCore> core, const Deadline& deadline) noexcept
      : core_(std::move(core)), deadline_(deadline) {
    ++core_->waiters_;
  }
  ~Waiter() override {
    --core_->waiters_;
    // The waiter has got a link, but can't take it any more.
    if (link_ != nullptr) core_->give_back(std::move(link_));
  }

  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller, deadline_)) return false;
    core_->waiting_.push_back(*this);
    core_->open_for_waiters();
    return true;
  }
  std::shared_ptr<Link> await_resume() {
    if (has_timed_out()) {
      throw TimeoutError("no connection became free before the deadline; the pool has " +
                         std::to_string(core_->all_.size()));
    }
    check();
    if (failure_) std::rethrow_exception(failure_);
    return std::move(link_);
  }

  void serve(std::shared_ptr<Link> link) noexcept {
    link_ = std::move(link);
    wake();
  }
  void fail(std::exception_ptr failure) noexcept {
    failure_ = std::move(failure);
    wake();
  }

 private:
  std::shared_ptr<PoolCore> core_;
  Deadline deadline_;
  std::shared_ptr<Link> link_;
  std::exception_ptr failure_;
};

PoolCore::PoolCore(PoolOptions options) : options_(std::move(options)) {
  if (options_.max_size == 0) options_.max_size = 1;
}

void PoolCore::start() {
  if (options_.migrations.empty()) return;
  // The migrations have a pool of their own, because all others wait for them. It has two
  // connections, because a step that runs outside of a transaction runs beside the one that holds
  // the lock.
  const auto make = [options = options_]() -> std::unique_ptr<database::Database> {
    PoolOptions own = options;
    own.migrations.clear();
    own.max_size = 2;
    own.statement_timeout = std::chrono::milliseconds(0);
    return std::make_unique<Pool>(std::move(own));
  };
  migrations_ = std::make_shared<database::StartMigrations>(options_.migrations, make);
  migrations_->start();
}

PoolCore::~PoolCore() {
  close();
}

void PoolCore::close() noexcept {
  if (is_closed_) return;
  is_closed_ = true;
  if (migrations_ != nullptr) migrations_->stop();
  loop_.remove_timeout(sweep_);
  idle_.clear();
  const auto all = std::move(all_);
  all_.clear();
  for (const auto& link : all) link->close("the pool was closed");
  while (Operation* const first = waiting_.first()) {
    static_cast<Waiter*>(first)->fail(
        std::make_exception_ptr(ConnectionError("the pool was closed")));
  }
}

bool PoolCore::is_too_old(const Link& link, std::chrono::nanoseconds now) const noexcept {
  return now - link.made_at >= options_.max_lifetime;
}

std::shared_ptr<Link> PoolCore::take_idle() {
  while (!idle_.empty()) {
    std::shared_ptr<Link> link = std::move(idle_.back());
    idle_.pop_back();
    if (link->is_open()) return link;
  }
  return nullptr;
}

std::shared_ptr<Link> PoolCore::acquire_at_once() {
  if (migrations_ != nullptr && !migrations_->is_done()) return nullptr;
  if (idle_.empty() || !waiting_.is_empty() || !idle_.back()->is_open()) return nullptr;
  if (now() - idle_.back()->used_at >= options_.check_after) return nullptr;
  std::shared_ptr<Link> link = std::move(idle_.back());
  idle_.pop_back();
  return link;
}

Task<std::shared_ptr<Link>> PoolCore::acquire(Deadline deadline) {
  const std::shared_ptr<PoolCore> self = shared_from_this();
  if (!deadline.is_set()) deadline = options_.acquire_timeout;
  deadline = begun(deadline);
  if (migrations_ != nullptr && !migrations_->is_done()) co_await migrations_->wait(deadline);
  for (;;) {
    if (is_closed_) throw ConnectionError("the pool was closed");
    std::shared_ptr<Link> link;
    if (waiting_.is_empty()) link = take_idle();
    if (link == nullptr) {
      if (waiters_ >= options_.max_waiters) {
        throw database::PoolFull("all " + std::to_string(options_.max_size) +
                                 " connections are at work, and " + std::to_string(waiters_) +
                                 " wait for one");
      }
      Waiter waiter(self, deadline);
      link = co_await waiter;
      co_return link;
    }
    if (now() - link->used_at < options_.check_after) co_return link;
    // The connection may have been cut off without a message.
    Lease lease(self, link);
    bool is_alive = false;
    try {
      co_await link->check(deadline);
      is_alive = true;
    } catch (const ConnectionError&) {
    }
    if (is_alive) co_return lease.take();
    link.reset();
  }
}

void PoolCore::hand_over(std::shared_ptr<Link> link) noexcept {
  if (is_closed_ || !link->is_open()) return drop(link);
  if (Operation* const first = waiting_.first()) {
    static_cast<Waiter*>(first)->serve(std::move(link));
    return;
  }
  link->used_at = now();
  idle_.push_back(std::move(link));
  sweep_later();
}

void PoolCore::give_back(std::shared_ptr<Link> link) noexcept {
  if (!link->is_open() || link->is_clean()) return take_back(std::move(link));
  loop_.spawn(clean(shared_from_this(), std::move(link)));
}

Task<void> PoolCore::clean(std::shared_ptr<PoolCore> core, std::shared_ptr<Link> link) {
  co_await link->clean();
  core->take_back(std::move(link));
}

void PoolCore::take_back(std::shared_ptr<Link> link) noexcept {
  if (is_too_old(*link, now())) return drop(link);
  hand_over(std::move(link));
}

void PoolCore::drop(const std::shared_ptr<Link>& link) noexcept {
  link->close("the pool has closed it");
  std::erase(all_, link);
  std::erase(idle_, link);
  open_for_waiters();
}

void PoolCore::open_for_waiters() noexcept {
  if (is_closed_) return;
  while (opening_ < waiting_.size() && all_.size() + opening_ < options_.max_size) {
    ++opening_;
    loop_.spawn(open(shared_from_this()));
  }
}

void PoolCore::adopt(const std::shared_ptr<Link>& link) {
  all_.push_back(link);
  link->on_lost = [core = weak_from_this(), lost = std::weak_ptr<Link>(link)] {
    const std::shared_ptr<PoolCore> pool = core.lock();
    const std::shared_ptr<Link> gone = lost.lock();
    if (pool == nullptr || gone == nullptr) return;
    std::erase(pool->all_, gone);
    std::erase(pool->idle_, gone);
    pool->open_for_waiters();
  };
}

Task<void> PoolCore::open(std::shared_ptr<PoolCore> core) {
  std::exception_ptr failure;
  std::shared_ptr<Link> link;
  try {
    ConnectionPtr connection = co_await connect(core->options_);
    link = std::make_shared<Link>(std::move(connection), core->options_);
  } catch (const std::exception& error) {
    failure = std::current_exception();
    core->note_failure(error);
  }
  --core->opening_;
  if (link != nullptr) {
    ++core->opened_;
    if (std::exchange(core->is_failing_, false)) {
      gen_log.warning("postgres: the server can be reached again");
    }
    if (core->is_closed_) co_return;
    core->adopt(link);
    core->hand_over(std::move(link));
    co_return;
  }
  if (Operation* const first = core->waiting_.first()) {
    static_cast<Waiter*>(first)->fail(std::move(failure));
  }
  core->open_for_waiters();
}

void PoolCore::note_failure(const std::exception& failure) noexcept {
  ++failed_;
  if (!std::exchange(is_failing_, true)) gen_log.error("postgres: ", failure.what());
}

void PoolCore::sweep_later() {
  if (sweep_ != 0 || is_closed_) return;
  const auto pause = std::clamp<std::chrono::milliseconds>(
      options_.idle_timeout / 2, std::chrono::milliseconds(100), std::chrono::seconds(30));
  sweep_ = loop_.call_later(pause, [core = weak_from_this()] {
    const std::shared_ptr<PoolCore> pool = core.lock();
    if (pool == nullptr) return;
    pool->sweep_ = 0;
    pool->sweep();
  });
}

void PoolCore::sweep() {
  const std::chrono::nanoseconds at = now();
  const auto idle = idle_;
  for (const auto& link : idle) {
    if (at - link->used_at >= options_.idle_timeout || is_too_old(*link, at)) drop(link);
  }
  if (!idle_.empty()) sweep_later();
}

Pool::Statistics PoolCore::statistics() const noexcept {
  return {.connections = all_.size() + opening_,
          .idle = idle_.size(),
          .waiters = waiters_,
          .opened = opened_,
          .failed = failed_};
}

namespace {

/// A transaction on a lease. Its end returns the lease, which rolls back an open transaction.
class LeasedTransaction final : public database::Transaction {
 public:
  explicit LeasedTransaction(Lease lease) noexcept : lease_(std::move(lease)) {}

  Task<Rows> run(Statement statement, Parameters parameters) override {
    require_open(statement.where());
    return lease_->run(std::move(statement), std::move(parameters));
  }
  Task<std::uint64_t> run_many(Statement statement, std::vector<Parameters> all) override {
    require_open(statement.where());
    return lease_->run_many(std::move(statement), std::move(all));
  }
  Task<void> run_script(Statement script) override {
    require_open(script.where());
    return lease_->run_script(std::move(script));
  }
  Task<void> commit() override {
    require_open({});
    // COMMIT of a failed transaction rolls it back, and calls that a success.
    const bool has_failed = lease_->is_transaction_failed();
    const Rows ended = co_await lease_->run(has_failed ? "rollback" : "commit", Parameters());
    is_over_ = true;
    lease_.release();
    if (has_failed) {
      throw database::Error(
          "the transaction can't be committed, because a statement of it failed; it is rolled back",
          {.code = "25P02"});
    }
  }
  Task<void> rollback() override {
    require_open({});
    co_await lease_->run("rollback", Parameters());
    is_over_ = true;
    lease_.release();
  }
  Task<void> lock(std::string name) override {
    co_await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", name);
  }

 private:
  void require_open(const std::source_location& where) const {
    if (is_over_) throw database::Error("the transaction is over", {.code = "25P01"}, where);
  }

  Lease lease_;
  bool is_over_ = false;
};

const char* begin_text(const TransactionOptions& options) {
  using Isolation = TransactionOptions::Isolation;
  const bool reads = options.is_read_only;
  switch (options.isolation) {
    case Isolation::by_default:
      break;
    case Isolation::read_committed:
      return reads ? "begin isolation level read committed read only"
                   : "begin isolation level read committed";
    case Isolation::repeatable_read:
      return reads ? "begin isolation level repeatable read read only"
                   : "begin isolation level repeatable read";
    case Isolation::serializable:
      return reads ? "begin isolation level serializable read only"
                   : "begin isolation level serializable";
  }
  return reads ? "begin read only" : "begin";
}

Statement with_deadline(Statement statement, const Deadline& deadline) {
  if (!deadline.is_set()) return statement;
  return std::move(statement).within(deadline);
}

}  // namespace

Pool::Pool(PoolOptions options) : core_(std::make_shared<PoolCore>(std::move(options))) {
  core_->start();
}

Pool::Pool(std::string where)
    : Pool([&where] {
        PoolOptions options;
        options.where = std::move(where);
        return options;
      }()) {}

Pool::~Pool() {
  core_->close();
}

Task<Rows> Pool::run(Statement statement, Parameters parameters) {
  const std::shared_ptr<PoolCore> core = core_;
  const Deadline deadline = begun(statement.deadline());
  std::shared_ptr<Link> link = core->acquire_at_once();
  if (link == nullptr) link = co_await core->acquire(deadline);
  const Lease lease(core, std::move(link));
  statement = with_deadline(std::move(statement), deadline);
  // This does what Link::run() does, without another coroutine.
  const Link::Arguments arguments(parameters, statement.where());
  for (bool is_first = true;; is_first = false) {
    if (!lease->is_ready()) co_await lease->wait_until_ready(deadline);
    Link::Attempt attempt(*lease, statement, arguments, deadline);
    auto sent = co_await attempt.answer;
    std::optional<Rows> rows = attempt.rows_of(std::move(sent), is_first);
    if (rows) co_return std::move(*rows);
  }
}

Task<std::uint64_t> Pool::run_many(Statement statement, std::vector<Parameters> all) {
  const std::shared_ptr<PoolCore> core = core_;
  const Deadline deadline = begun(statement.deadline());
  std::shared_ptr<Link> link = co_await core->acquire(deadline);
  Lease lease(core, std::move(link));
  const std::uint64_t affected =
      co_await lease->run_many(with_deadline(std::move(statement), deadline), std::move(all));
  co_return affected;
}

Task<void> Pool::run_script(Statement script) {
  const std::shared_ptr<PoolCore> core = core_;
  const Deadline deadline = begun(script.deadline());
  std::shared_ptr<Link> link = co_await core->acquire(deadline);
  Lease lease(core, std::move(link));
  co_await lease->run_script(with_deadline(std::move(script), deadline));
}

Task<std::unique_ptr<database::Transaction>> Pool::begin(TransactionOptions options) {
  const std::shared_ptr<PoolCore> core = core_;
  std::shared_ptr<Link> link = co_await core->acquire(options.deadline);
  Lease lease(core, std::move(link));
  Statement statement(begin_text(options));
  const Rows begun = co_await lease->run(std::move(statement), Parameters());
  std::unique_ptr<database::Transaction> transaction =
      std::make_unique<LeasedTransaction>(std::move(lease));
  co_return transaction;
}

Task<Connection> Pool::acquire(Deadline deadline) {
  const std::shared_ptr<PoolCore> core = core_;
  std::shared_ptr<Link> link = co_await core->acquire(deadline);
  co_return Connection(core, std::move(link));
}

Task<void> Pool::ping(Deadline deadline) {
  const std::shared_ptr<PoolCore> core = core_;
  const Deadline limit = begun(deadline);
  std::shared_ptr<Link> link = co_await core->acquire(limit);
  Lease lease(core, std::move(link));
  co_await lease->check(limit);
}

Pool::Statistics Pool::statistics() const noexcept {
  return core_->statistics();
}

}  // namespace bora::postgres
