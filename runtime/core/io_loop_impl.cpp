#include "runtime/core/io_loop_impl.h"

#include <dlfcn.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include <bora/core/assert.h>
#include <bora/core/detail/loop_access.h>
#include <bora/core/executor.h>
#include <bora/core/log.h>

#include "runtime/core/after_coroutines.h"

// Asio runs the loop: whatever becomes ready, Asio's things and ours, is a handler in its queue.
// Ours are the batch of callbacks, posted when the first one is added, and the alarm for the first
// timeout. A handler that is posted by a handler comes after the next look at the sockets, so that
// neither callbacks nor input can starve the other. Only what the handler of a descriptor wakes
// goes on at its end (turn.h).

namespace bora {

using std::chrono::nanoseconds;

asio::io_context::id Turn::id;

void call_after_coroutines(UniqueFunction<void()> callback) {
  IOLoop& loop = IOLoop::current();
  auto* const context = static_cast<asio::io_context*>(detail::LoopAccess::native_context(loop));
  if (context == nullptr) return;  // the loop has ended
  Turn& turn = Turn::of(*context);
  if (turn.is_at_work()) {
    turn.call_after_coroutines(std::move(callback));
  } else {
    loop.add_callback(std::move(callback));
  }
}

namespace {

// Asio counts from the clock's epoch, so the longest delay must leave room for the present.
constexpr nanoseconds kLongestDelay = std::chrono::hours(24 * 365 * 100);
constexpr int kMaxHandlersPerRunOnce = 1000;
constexpr IOLoop::Timeout kDropped = static_cast<IOLoop::Timeout>(-1);
constexpr int kTurnsToCancel = 100;

void call_logged(UniqueFunction<void()>& callback) noexcept {
  try {
    callback();
  } catch (...) {
    app_log.exception("Exception in a callback");
  }
}

// How many forks led to this process since the first loop was made.
std::atomic<unsigned> forks{0};

unsigned watch_forks() noexcept {
  static const int is_watching =
      ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  static_cast<void>(is_watching);
  return forks.load(std::memory_order_relaxed);
}

/// " (shop+0x1f2a0: addr2line -Cfe shop 0x1f2a0 names it)", as near as the program itself knows.
std::string place_of(const void* code) {
  Dl_info info{};
  if (code == nullptr || ::dladdr(code, &info) == 0 || info.dli_fname == nullptr) return {};
  std::string_view program = info.dli_fname;
  program.remove_prefix(program.rfind('/') + 1);
  const auto offset = static_cast<const char*>(code) - static_cast<const char*>(info.dli_fbase);
  char text[192];
  std::snprintf(text, sizeof text, " (%.*s+0x%zx: addr2line -Cfe %s 0x%zx names it)",
                static_cast<int>(program.size()), program.data(), static_cast<std::size_t>(offset),
                info.dli_fname, static_cast<std::size_t>(offset));
  return text;
}

}  // namespace

IOLoop::Impl::Impl()
    : context_(std::make_unique<asio::io_context>(ASIO_CONCURRENCY_HINT_UNSAFE_IO)),
      inbox_(std::make_shared<Remote::Inbox>(*context_, [this] { run_callbacks(); })),
      parts_(std::make_unique<Parts>(*this, *context_)),
      turn_(Turn::of(*context_)),
      forks_(watch_forks()),
      drains_(spawned_, [this] { stop(); }) {
  turn_.on_handler_end = [this] { resume_after_handler(); };
}

bool IOLoop::Impl::is_of_this_process() const noexcept {
  return forks_ == forks.load(std::memory_order_relaxed);
}

// Drops everything while the loop's functions can still be called (they do nothing any more),
// because what is dropped may call them.
void IOLoop::Impl::close() noexcept {
  is_closed_ = true;
  inbox_->close();
  executor_.reset();  // waits for what it runs
  spawned_.clear();
  woken_.clear();
  timers_.clear();
  drains_.clear();
  parts_.reset();
  context_.reset();
}

// Tasks that are spawned by a task that is being cancelled are dropped.
void IOLoop::Impl::cancel_spawned() {
  spawned_.cancel();
  for (int turn = 0; turn < kTurnsToCancel && !spawned_.is_empty(); ++turn) {
    if (!run_once({})) break;
  }
}

// --- Running -------------------------------------------------------------------------------------

void IOLoop::Impl::run_context() {
  context_->restart();
  for (;;) {
    try {
      context_->run();
      return;
    } catch (...) {  // from a handler that was given to Asio directly
      app_log.exception("Exception in a callback");
    }
  }
}

void IOLoop::Impl::assert_own_process() const noexcept {
  BORA_ASSERT(
      is_of_this_process() &&
      "this IOLoop was made before fork(), and is the parent's: fork first, then make loops");
}

void IOLoop::Impl::run() {
  assert_own_process();
  if (!is_stop_requested_) {
    is_running_ = true;
    if (!drains_.is_empty()) parts_->signals.watch();
    run_context();
    parts_->signals.release();
    is_running_ = false;
    has_stop_signal_ = false;
    drains_.stop_waiting();
  }
  is_stop_requested_ = false;
}

bool IOLoop::Impl::run_until(const bool& is_done, nanoseconds timeout) {
  bool is_timed_out = false;
  Timeout limit = 0;
  if (timeout != nanoseconds::zero()) {
    limit = call_later(timeout, [this, &is_timed_out] {
      is_timed_out = true;
      leave();
    });
  }
  run();
  remove_timeout(limit);
  if (is_done) return true;
  if (is_timed_out) return false;
  throw std::runtime_error("the IOLoop was stopped before the task of run_sync() ended");
}

bool IOLoop::Impl::run_once(nanoseconds wait) {
  wait = std::min(wait, kLongestDelay);
  assert_own_process();
  is_running_ = is_single_turn_ = true;
  has_run_batch_ = has_resumed_ = is_turn_over_ = false;
  context_->restart();
  bool has_run = run_timers();
  int handlers = 0;
  while (!is_turn_over_ && handlers < kMaxHandlersPerRunOnce) {
    try {
      const bool may_wait = !has_run && handlers == 0 && wait > nanoseconds::zero();
      if ((may_wait ? context_->run_one_for(wait) : context_->poll_one()) == 0) break;
    } catch (...) {
      app_log.exception("Exception in a callback");
    }
    ++handlers;
  }
  is_running_ = is_single_turn_ = false;
  is_stop_requested_ = false;
  return has_run || handlers > 0;
}

// --- Callbacks and timeouts ----------------------------------------------------------------------

void IOLoop::Impl::run_callbacks() {
  if (is_single_turn_ && std::exchange(has_run_batch_, true)) {
    is_turn_over_ = true;
    asio::post(*context_, [this] { run_callbacks(); });
    return;
  }
  inbox_->take(batch_);
  begin_batch();
  for (auto& [entry, where] : batch_) {
    Callback callback = std::move(entry);  // what it holds is destroyed as soon as it has run
    call(callback, where);
  }
  batch_.clear();
}

void IOLoop::Impl::resume_soon(Operation& operation) {
  if (is_closed_) return;  // the coroutine is never resumed
  woken_.push_back(operation);
  if (turn_.is_in_handler() || std::exchange(is_resuming_posted_, true)) return;
  asio::post(*context_, [this] { resume_coroutines(); });
}

void IOLoop::Impl::resume_after_handler() {
  if (woken_.is_empty() || std::exchange(is_resuming_posted_, true)) return;
  if (context_->stopped()) {
    asio::post(*context_, [this] { resume_coroutines(); });
  } else {
    resume_coroutines();
  }
}

void IOLoop::Impl::resume(Operation& operation) noexcept {
  const void* const code = operation.code_of_task();
  operation.leave_list();
  try {
    operation.resume();
  } catch (...) {  // from a coroutine that is no Task
    app_log.exception("Exception in a coroutine");
  }
  if (const std::int64_t milliseconds = end_work()) {
    app_log.warning("the loop was kept for ", milliseconds, " ms by a coroutine", place_of(code));
  }
}

void IOLoop::Impl::call(Callback& callback, const std::source_location& where) noexcept {
  call_logged(callback);
  if (const std::int64_t milliseconds = end_work()) {
    app_log.warning("the loop was kept for ", milliseconds, " ms by what was added in ",
                    where.file_name(), ":", where.line());
  }
}

/// The work that began at busy_since_ is over, and the next begins. The coarse clock costs a few
/// nanoseconds, and its steps of some milliseconds are fine enough here.
std::int64_t IOLoop::Impl::end_work() noexcept {
  const nanoseconds now = clock_->coarse();
  const nanoseconds taken = now - std::exchange(busy_since_, now);
  if (taken <= slow_limit_ || slow_limit_ <= nanoseconds::zero()) return 0;
  ++counted_.slow_callbacks;
  return std::chrono::ceil<std::chrono::milliseconds>(taken).count();
}

IOLoop::Statistics IOLoop::Impl::statistics() const {
  Statistics now = counted_;
  now.pending_callbacks = inbox_->size() + woken_.size();
  now.pending_timeouts = timers_.size();
  return now;
}

void IOLoop::Impl::resume_coroutines() {
  if (is_single_turn_ && std::exchange(has_resumed_, true)) {
    is_turn_over_ = true;
    asio::post(*context_, [this] { resume_coroutines(); });
    return;
  }
  is_resuming_posted_ = false;
  WaitList batch;
  batch.append(woken_);
  begin_batch();
  turn_.begin_coroutines();
  while (Operation* operation = batch.first()) resume(*operation);
  turn_.end_coroutines();
}

Executor& IOLoop::Impl::default_executor() {
  if (executor_ == nullptr) executor_ = std::make_shared<ThreadPool>();
  return *executor_;
}

IOLoop::Timeout IOLoop::Impl::call_later(nanoseconds delay, Callback callback,
                                         const std::source_location& where) {
  delay = std::clamp(delay, nanoseconds::zero(), kLongestDelay);
  if (is_closed_) return kDropped;
  const Timeout key = timers_.add(clock_->monotonic() + delay, std::move(callback), where);
  schedule_alarm();
  return key;
}

/// Runs the timeouts that are due, except those that are added meanwhile.
bool IOLoop::Impl::run_timers() {
  const nanoseconds now = clock_->monotonic();
  const std::uint64_t age = timers_.age();
  bool has_run = false;
  begin_batch();
  for (;;) {
    TimerQueue::Due due = timers_.take_due(now, age);
    if (!due.callback) break;
    if (!has_run) note_lag(now - due.at);
    call(due.callback, due.where);
    has_run = true;
  }
  schedule_alarm();
  return has_run;
}

// An alarm that is too early (its timeout was removed) is left alone: setting it again costs more
// than one idle wake.
void IOLoop::Impl::schedule_alarm() {
  if (timers_.is_empty() || (alarm_at_ && *alarm_at_ <= timers_.next())) return;
  alarm_at_ = timers_.next();
  const nanoseconds wait = std::max(*alarm_at_ - clock_->monotonic(), nanoseconds::zero());
  parts_->alarm.expires_after(wait);
  parts_->alarm.async_wait([this](const asio::error_code& failure) {
    if (failure) return;  // it was set again
    alarm_at_.reset();
    run_timers();
  });
}

// --- Graceful stop -------------------------------------------------------------------------------

std::uint64_t IOLoop::Impl::add_drain(UniqueFunction<Task<void>()> drain) {
  if (is_closed_) return 0;
  const std::uint64_t key = drains_.add(std::move(drain));
  if (is_running_ && !is_single_turn_) parts_->signals.watch();
  return key;
}

void IOLoop::Impl::on_stop_signal(int signal) {
  const char* name = signal == SIGINT ? "SIGINT" : "SIGTERM";
  if (std::exchange(has_stop_signal_, true)) {
    gen_log.warning(name, " again: stopping at once");
    stop();
  } else if (!drains_.is_under_way()) {  // one signal after stop_gracefully() does not stop at once
    gen_log.info(name, ": stopping");
    drains_.start();
  }
}

void IOLoop::Impl::stop_gracefully() {
  if (!is_running_) return stop();
  if (!drains_.is_under_way()) drains_.start();
}

}  // namespace bora
