#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <utility>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include <bora/core/io_loop.h>
#include <bora/core/operation.h>

#include "runtime/core/descriptor_handlers.h"
#include "runtime/core/drains.h"
#include "runtime/core/signal_handlers.h"
#include "runtime/core/spawned_tasks.h"
#include "runtime/core/stop_signals.h"
#include "runtime/core/timer_queue.h"
#include "runtime/core/turn.h"

// The parts of an IOLoop: callbacks of other threads (Remote::Inbox), timeouts (timer_queue.h),
// descriptors, signals, top-level coroutines (spawned_tasks.h) and drains (drains.h), each a class
// of its own, and the turns in which they run (io_loop_impl.cpp).

namespace bora {

/// The callbacks that other threads have for the loop.
class IOLoop::Remote::Inbox {
 public:
  explicit Inbox(asio::io_context& context, UniqueFunction<void()> on_first)
      : context_(&context), on_first_(std::move(on_first)) {}

  struct Added {
    Callback callback;
    std::source_location where;
  };

  void add(Callback callback, const std::source_location& where) {
    const std::scoped_lock lock(mutex_);
    if (context_ == nullptr) return;
    callbacks_.push_back({std::move(callback), where});
    if (std::exchange(is_batch_posted_, true)) return;
    asio::post(*context_, [this] { on_first_(); });
  }

  void take(std::vector<Added>& batch) {
    const std::scoped_lock lock(mutex_);
    batch.swap(callbacks_);
    is_batch_posted_ = false;
  }

  std::size_t size() {
    const std::scoped_lock lock(mutex_);
    return callbacks_.size();
  }

  void close() {
    std::vector<Added> dropped;
    const std::scoped_lock lock(mutex_);
    context_ = nullptr;
    dropped.swap(callbacks_);
  }

 private:
  std::mutex mutex_;
  asio::io_context* context_;  // null when the loop has ended
  std::vector<Added> callbacks_;
  bool is_batch_posted_ = false;
  UniqueFunction<void()> on_first_;  // called on the loop
};

class IOLoop::Impl {
 public:
  Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() = default;

  void close() noexcept;
  void cancel_spawned();

  bool is_running() const noexcept { return is_running_; }
  void run();
  bool run_until(const bool& is_done, std::chrono::nanoseconds timeout);
  bool run_once(std::chrono::nanoseconds wait);
  void stop() noexcept {
    is_stop_requested_ = true;
    leave();
  }
  /// Makes the running call return after the present handler.
  void leave() noexcept {
    if (context_) context_->stop();
  }

  void add_callback(Callback callback, const std::source_location& where) {
    inbox_->add(std::move(callback), where);
  }
  const std::shared_ptr<Remote::Inbox>& inbox() const noexcept { return inbox_; }
  Executor& default_executor();
  void set_default_executor(std::shared_ptr<Executor> executor) noexcept {
    executor_ = std::move(executor);
  }
  Timeout call_later(std::chrono::nanoseconds delay, Callback callback,
                     const std::source_location& where = std::source_location::current());
  void remove_timeout(Timeout timeout) noexcept { timers_.remove(timeout); }
  void spawn(Task<void> task) {
    if (!is_closed_) spawned_.spawn(std::move(task));  // else it is dropped
  }
  void resume_soon(Operation& operation);

  [[nodiscard]] bool is_stopping() const noexcept { return drains_.is_under_way(); }
  std::uint64_t add_drain(UniqueFunction<Task<void>()> drain);
  void remove_drain(std::uint64_t key) { drains_.remove(key); }
  void stop_gracefully();

  DescriptorHandlers* descriptors() noexcept { return parts_ ? &parts_->descriptors : nullptr; }
  detail::SignalHandlers* signal_handlers() noexcept {
    return parts_ ? &parts_->handlers : nullptr;
  }

  void set_slow_callback_limit(std::chrono::nanoseconds limit) noexcept { slow_limit_ = limit; }
  void begin_work() noexcept { busy_since_ = clock_->coarse(); }
  std::int64_t end_work() noexcept;
  Statistics statistics() const;
  /// A loop belongs to the process that made it.
  void assert_own_process() const noexcept;
  bool is_of_this_process() const noexcept;

  const Clock& clock() const noexcept { return *clock_; }
  void set_clock(const Clock* clock) noexcept {
    clock_ = clock != nullptr ? clock : &Clock::system();
    alarm_at_.reset();
    if (!is_closed_) schedule_alarm();
  }
  asio::io_context* context() noexcept { return context_.get(); }

 private:
  // The parts that belong to the context and are destroyed before it.
  struct Parts {
    Parts(Impl& impl, asio::io_context& context)
        : work(context.get_executor()),
          alarm(context),
          descriptors(context),
          handlers(context),
          signals(context, [&impl](int signal) { impl.on_stop_signal(signal); }) {}

    asio::executor_work_guard<asio::io_context::executor_type> work;
    asio::steady_timer alarm;
    DescriptorHandlers descriptors;
    detail::SignalHandlers handlers;
    StopSignals signals;
  };

  void run_context();
  void run_callbacks();
  void resume_coroutines();
  void resume_after_handler();
  void resume(Operation& operation) noexcept;
  void call(Callback& callback, const std::source_location& where) noexcept;
  void begin_batch() noexcept {
    ++counted_.iterations;
    begin_work();
  }
  bool run_timers();
  void note_lag(std::chrono::nanoseconds lag) noexcept {
    counted_.lag = lag;
    counted_.max_lag = std::max(counted_.max_lag, lag);
  }
  void schedule_alarm();
  void on_stop_signal(int signal);

  const Clock* clock_ = &Clock::system();
  std::unique_ptr<asio::io_context> context_;
  std::shared_ptr<Remote::Inbox> inbox_;
  std::unique_ptr<Parts> parts_;
  std::shared_ptr<Executor> executor_;
  bool is_running_ = false;
  bool is_stop_requested_ = false;

  bool is_closed_ = false;
  std::vector<Remote::Inbox::Added> batch_;
  bool is_single_turn_ = false;  // in run_once(): a second batch is left for the next turn
  bool has_run_batch_ = false;
  bool has_resumed_ = false;
  bool is_turn_over_ = false;

  Turn& turn_;
  WaitList woken_;
  bool is_resuming_posted_ = false;

  unsigned forks_;  // how often the process had been forked when the loop was made
  std::chrono::nanoseconds slow_limit_ = std::chrono::milliseconds(100);
  std::chrono::nanoseconds busy_since_{};  // by the coarse clock: when what runs now was begun
  Statistics counted_;

  TimerQueue timers_;
  std::optional<std::chrono::nanoseconds> alarm_at_;
  detail::SpawnedTasks spawned_;
  detail::Drains drains_;
  bool has_stop_signal_ = false;
};

}  // namespace bora
