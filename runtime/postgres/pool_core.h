#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/core/operation.h>
#include <bora/postgres/pool.h>

#include "runtime/database/start_migrations.h"
#include "runtime/postgres/link.h"

namespace bora::postgres {

/// The state of a pool, which its connections and waiters share.
class PoolCore : public std::enable_shared_from_this<PoolCore> {
 public:
  explicit PoolCore(PoolOptions options);
  ~PoolCore();

  /// @throws TimeoutError, PoolFull, ConnectionError
  Task<std::shared_ptr<Link>> acquire(Deadline deadline);
  /// A link that can be had without waiting; null if there is none: then call acquire().
  [[nodiscard]] std::shared_ptr<Link> acquire_at_once();
  /// May be called from anywhere: cleans up what was left, then the next waiter gets the link.
  void give_back(std::shared_ptr<Link> link) noexcept;
  void close() noexcept;
  /// Begins the migrations that the options name.
  void start();

  [[nodiscard]] const PoolOptions& options() const noexcept { return options_; }
  [[nodiscard]] Pool::Statistics statistics() const noexcept;

 private:
  class Waiter;

  [[nodiscard]] std::shared_ptr<Link> take_idle();
  /// Gives a link to the first waiting caller, or to the idle links if none waits.
  void hand_over(std::shared_ptr<Link> link) noexcept;
  /// The same after the link was used; drops it if it is too old.
  void take_back(std::shared_ptr<Link> link) noexcept;
  void open_for_waiters() noexcept;
  static Task<void> open(std::shared_ptr<PoolCore> core);
  static Task<void> clean(std::shared_ptr<PoolCore> core, std::shared_ptr<Link> link);
  void adopt(const std::shared_ptr<Link>& link);
  void drop(const std::shared_ptr<Link>& link) noexcept;
  void note_failure(const std::exception& failure) noexcept;
  /// The coarse clock has steps of some milliseconds, which is fine enough, and costs nothing.
  [[nodiscard]] std::chrono::nanoseconds now() const noexcept { return loop_.clock().coarse(); }
  [[nodiscard]] bool is_too_old(const Link& link, std::chrono::nanoseconds now) const noexcept;
  void sweep_later();
  void sweep();

  PoolOptions options_;
  std::shared_ptr<database::StartMigrations> migrations_;  ///< null when there are none to run
  IOLoop& loop_ = IOLoop::current();
  std::vector<std::shared_ptr<Link>> all_;
  std::vector<std::shared_ptr<Link>> idle_;  ///< the last used is the last
  std::size_t opening_ = 0;
  WaitList waiting_;
  std::size_t waiters_ = 0;
  std::uint64_t opened_ = 0;
  std::uint64_t failed_ = 0;
  IOLoop::Timeout sweep_ = 0;
  bool is_failing_ = false;
  bool is_closed_ = false;
};

/// A link that returns to the pool by itself.
class Lease {
 public:
  Lease() = default;
  Lease(std::shared_ptr<PoolCore> pool, std::shared_ptr<Link> link) noexcept
      : pool_(std::move(pool)), link_(std::move(link)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept {
    if (this != &other) {
      release();
      pool_ = std::move(other.pool_);
      link_ = std::move(other.link_);
    }
    return *this;
  }
  ~Lease() { release(); }

  void release() noexcept {
    if (link_ != nullptr) pool_->give_back(std::move(link_));
    link_ = nullptr;
  }
  /// Takes the link out of the lease, so that it does not go back to the pool.
  [[nodiscard]] std::shared_ptr<Link> take() noexcept {
    pool_.reset();
    return std::exchange(link_, nullptr);
  }
  [[nodiscard]] Link& operator*() const noexcept { return *link_; }
  [[nodiscard]] Link* operator->() const noexcept { return link_.get(); }

 private:
  std::shared_ptr<PoolCore> pool_;
  std::shared_ptr<Link> link_;
};

}  // namespace bora::postgres
