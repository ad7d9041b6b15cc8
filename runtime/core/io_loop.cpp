#include <bora/core/io_loop.h>

#include <dlfcn.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <bora/core/executor.h>
#include <bora/core/log.h>
#include <bora/core/operation.h>

#include "runtime/core/descriptor_handlers.h"
#include "runtime/core/log_writer.h"
#include "runtime/core/loop_start_hook.h"
#include "runtime/core/stop_signals.h"
#include "runtime/core/timer_queue.h"

// Asio runs the loop: whatever becomes ready, Asio's things and ours, is a handler in its queue.
// Ours are the batch of callbacks, posted when the first one is added, and the alarm for the first
// timeout. A handler that is posted by a handler comes after the next look at the sockets, so that
// neither callbacks nor input can starve the other.

namespace bora {

using std::chrono::nanoseconds;

namespace {

thread_local IOLoop* current_loop = nullptr;

// Asio counts from the clock's epoch, so the longest delay must leave room for the present.
constexpr nanoseconds kLongestDelay = std::chrono::hours(24 * 365 * 100);
constexpr int kMaxHandlersPerRunOnce = 1000;
constexpr IOLoop::Timeout kDropped = static_cast<IOLoop::Timeout>(-1);
constexpr nanoseconds kTimeToCancel = std::chrono::seconds(1);
constexpr int kTurnsToCancel = 100;

/// A top-level coroutine that the loop keeps.
struct SpawnedTask {
  static void* operator new(std::size_t bytes) { return detail::allocate_frame(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    detail::release_frame(memory, bytes);
  }

  explicit SpawnedTask(Task<void> spawned) noexcept : task(std::move(spawned)) {}
  SpawnedTask(const SpawnedTask&) = delete;
  SpawnedTask& operator=(const SpawnedTask&) = delete;
  ~SpawnedTask() {
    previous->next = next;
    next->previous = previous;
  }

  void link_before(SpawnedTask& place) noexcept {
    previous = place.previous;
    next = &place;
    previous->next = place.previous = this;
  }

  Task<void> task;
  SpawnedTask* previous = this;
  SpawnedTask* next = this;
};

void finish(SpawnedTask* spawned) noexcept {
  try {
    spawned->task.take();
  } catch (const CancelledError&) {  // as somebody wanted
  } catch (...) {
    app_log.exception("Exception in a spawned task");
  }
  delete spawned;
}

void call_logged(UniqueFunction<void()>& callback) noexcept {
  try {
    callback();
  } catch (...) {
    app_log.exception("Exception in a callback");
  }
}

// How often this process was forked from another, as far as loops must know.
std::atomic<unsigned> forks{0};

unsigned watch_forks() noexcept {
  static const int is_watching =
      ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  static_cast<void>(is_watching);
  return forks.load(std::memory_order_relaxed);
}

std::atomic<LoopStartHook> start_hook{nullptr};

void ignore_broken_pipes() noexcept {
  struct sigaction action = {};
  if (::sigaction(SIGPIPE, nullptr, &action) != 0) return;
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) return;
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
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

std::string in_seconds(nanoseconds duration) {
  std::string text = std::to_string(std::chrono::duration<double>(duration).count());
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + (text == "1" ? " second" : " seconds");
}

}  // namespace

void set_loop_start_hook(LoopStartHook hook) noexcept {
  start_hook.store(hook, std::memory_order_relaxed);
}

/// What other threads have for the loop.
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
  Impl()
      : context_(std::make_unique<asio::io_context>(ASIO_CONCURRENCY_HINT_UNSAFE_IO)),
        inbox_(std::make_shared<Remote::Inbox>(*context_, [this] { run_callbacks(); })),
        parts_(std::make_unique<Parts>(*this, *context_)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() = default;

  void close() noexcept;
  void cancel_spawned();

  bool is_running() const noexcept { return is_running_; }
  void run();
  bool run_until(const bool& is_done, nanoseconds timeout);
  bool run_once(nanoseconds wait);
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
  Timeout call_later(nanoseconds delay, Callback callback,
                     const std::source_location& where = std::source_location::current());
  void remove_timeout(Timeout timeout) noexcept { timers_.remove(timeout); }
  void spawn(Task<void> task);
  void resume_soon(Operation& operation);

  std::uint64_t add_drain(UniqueFunction<Task<void>()> drain);
  void remove_drain(std::uint64_t key);
  void stop_gracefully();

  DescriptorHandlers* descriptors() noexcept { return parts_ ? &parts_->descriptors : nullptr; }
  void add_signal_handler(int signal, Callback handler);
  void remove_signal_handler(int signal) noexcept { signals_.erase(signal); }

  void set_slow_callback_limit(nanoseconds limit) noexcept { slow_limit_ = limit; }
  void begin_work() noexcept { busy_since_ = clock_->coarse(); }
  std::int64_t end_work() noexcept;
  Statistics statistics() const;
  /// A loop belongs to the process that made it.
  void assert_own_process() const noexcept;
  bool is_of_this_process() const noexcept {
    return forks_ == forks.load(std::memory_order_relaxed);
  }

  const Clock& clock() const noexcept { return *clock_; }
  void set_clock(const Clock* clock) noexcept {
    clock_ = clock != nullptr ? clock : &Clock::system();
    alarm_at_.reset();
    if (!is_closed_) schedule_alarm();
  }
  asio::io_context* context() noexcept { return context_.get(); }

 private:
  // What belongs to the context and goes before it.
  struct Parts {
    Parts(Impl& impl, asio::io_context& context)
        : work(context.get_executor()),
          alarm(context),
          descriptors(context),
          signals(context, [&impl](int signal) { impl.on_stop_signal(signal); }) {}

    asio::executor_work_guard<asio::io_context::executor_type> work;
    asio::steady_timer alarm;
    DescriptorHandlers descriptors;
    StopSignals signals;
  };

  /// A signal that the program handles on the loop.
  struct SignalHandler {
    SignalHandler(asio::io_context& context, Callback callback)
        : handler(std::move(callback)), signals(context) {}
    Callback handler;
    asio::signal_set signals;
  };
  static void wait_for_signal(const std::shared_ptr<SignalHandler>& watch);

  void run_context();
  void run_callbacks();
  void resume_coroutines();
  void resume(Operation& operation) noexcept;
  void call(Callback& callback, const std::source_location& where) noexcept;
  void begin_batch() noexcept {
    ++counted_.iterations;
    begin_work();
  }
  bool run_timers();
  void note_lag(nanoseconds lag) noexcept {
    counted_.lag = lag;
    counted_.max_lag = std::max(counted_.max_lag, lag);
  }
  void schedule_alarm();
  void on_stop_signal(int signal);
  void start_drains();
  Task<void> run_drain(std::uint64_t key);
  void drain_is_done(std::uint64_t key);

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

  WaitList woken_;
  bool is_resuming_posted_ = false;

  unsigned forks_ = watch_forks();
  nanoseconds slow_limit_ = std::chrono::milliseconds(100);
  nanoseconds busy_since_{};  // by the coarse clock: when what runs now was begun
  Statistics counted_;

  std::map<int, std::shared_ptr<SignalHandler>> signals_;
  TimerQueue timers_;
  std::optional<nanoseconds> alarm_at_;

  SpawnedTask spawned_{Task<void>()};  // head of the ring of all

  // Shared with the drain that is under way, which remove_drain() does not end.
  std::map<std::uint64_t, std::shared_ptr<UniqueFunction<Task<void>()>>> drains_;
  std::set<std::uint64_t> unfinished_drains_;
  std::uint64_t last_drain_ = 0;
  bool is_draining_ = false;
  bool has_stop_signal_ = false;
};

// Drops everything while the loop's functions can still be called (they do nothing any more),
// because what is dropped may call them.
void IOLoop::Impl::close() noexcept {
  is_closed_ = true;
  inbox_->close();
  executor_.reset();  // waits for what it runs
  while (spawned_.next != &spawned_) delete spawned_.next;
  woken_.clear();
  timers_.clear();
  drains_.clear();
  signals_.clear();
  parts_.reset();
  context_.reset();
}

// Those that are spawned by one that is being cancelled are dropped.
void IOLoop::Impl::cancel_spawned() {
  for (SpawnedTask* task = spawned_.next; task != &spawned_; task = task->next) task->task.cancel();
  for (int turn = 0; turn < kTurnsToCancel && spawned_.next != &spawned_; ++turn) {
    if (!run_once({})) break;
  }
}

// --- Running
// ----------------------------------------------------------------------------------------

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
    if (!drains_.empty()) parts_->signals.watch();
    run_context();
    parts_->signals.release();
    is_running_ = false;
    is_draining_ = has_stop_signal_ = false;
    unfinished_drains_.clear();
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

// --- Callbacks and timeouts
// -------------------------------------------------------------------------

void IOLoop::Impl::run_callbacks() {
  if (is_single_turn_ && std::exchange(has_run_batch_, true)) {
    is_turn_over_ = true;
    asio::post(*context_, [this] { run_callbacks(); });
    return;
  }
  inbox_->take(batch_);
  begin_batch();
  for (auto& [entry, where] : batch_) {
    Callback callback = std::move(entry);  // what it holds goes as soon as it has run
    call(callback, where);
  }
  batch_.clear();
}

void IOLoop::Impl::resume_soon(Operation& operation) {
  if (is_closed_) return;  // never
  woken_.push_back(operation);
  if (std::exchange(is_resuming_posted_, true)) return;
  asio::post(*context_, [this] { resume_coroutines(); });
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

/// What was begun at busy_since_ is over, and the next begins. The coarse clock costs a few
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

void IOLoop::Impl::add_signal_handler(int signal, Callback handler) {
  signals_.erase(signal);
  const auto watch = std::make_shared<SignalHandler>(*context_, std::move(handler));
  asio::error_code failure;
  watch->signals.add(signal, failure);
  if (failure) {
    throw std::system_error(failure, "add_signal_handler(" + std::to_string(signal) + ")");
  }
  signals_.emplace(signal, watch);
  wait_for_signal(watch);
}

void IOLoop::Impl::wait_for_signal(const std::shared_ptr<SignalHandler>& watch) {
  // Owned by the loop alone: when it is removed, the wait ends.
  watch->signals.async_wait([weak = std::weak_ptr(watch)](const asio::error_code& failure, int) {
    const auto told = weak.lock();
    if (failure || told == nullptr) return;
    wait_for_signal(told);
    call_logged(told->handler);
  });
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
  while (Operation* operation = batch.first()) resume(*operation);
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

/// Runs what is due; not what is added meanwhile.
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
    if (failure) return;  // set anew
    alarm_at_.reset();
    run_timers();
  });
}

// --- Coroutines
// -------------------------------------------------------------------------------------

void IOLoop::Impl::spawn(Task<void> task) {
  if (is_closed_) return;  // dropped
  auto* spawned = new SpawnedTask(std::move(task));
  spawned->link_before(spawned_);
  const auto on_done = [](void* finished) { finish(static_cast<SpawnedTask*>(finished)); };
  if (spawned->task.start(on_done, spawned)) finish(spawned);
}

// --- Graceful stop
// ----------------------------------------------------------------------------------

std::uint64_t IOLoop::Impl::add_drain(UniqueFunction<Task<void>()> drain) {
  const std::uint64_t key = ++last_drain_;
  if (is_closed_) return key;
  drains_.emplace(key, std::make_shared<UniqueFunction<Task<void>()>>(std::move(drain)));
  if (is_running_ && !is_single_turn_) parts_->signals.watch();
  return key;
}

void IOLoop::Impl::remove_drain(std::uint64_t key) {
  drains_.erase(key);
  drain_is_done(key);
}

void IOLoop::Impl::on_stop_signal(int signal) {
  const char* name = signal == SIGINT ? "SIGINT" : "SIGTERM";
  if (std::exchange(has_stop_signal_, true)) {
    gen_log.warning(name, " again: stopping at once");
    stop();
  } else if (!is_draining_) {  // stop_gracefully() and one signal do not make two
    gen_log.info(name, ": stopping");
    start_drains();
  }
}

void IOLoop::Impl::stop_gracefully() {
  if (!is_running_) return stop();
  if (!is_draining_) start_drains();
}

void IOLoop::Impl::start_drains() {
  is_draining_ = true;
  std::vector<std::uint64_t> keys;  // a drain that ends at once changes both sets
  for (const auto& [key, drain] : drains_) keys.push_back(key);
  unfinished_drains_.insert(keys.begin(), keys.end());
  if (keys.empty()) stop();
  for (const std::uint64_t key : keys) spawn(run_drain(key));
}

Task<void> IOLoop::Impl::run_drain(std::uint64_t key) {
  const auto found = drains_.find(key);
  if (found == drains_.end()) co_return;
  const auto drain = found->second;
  try {
    co_await (*drain)();
  } catch (...) {
    app_log.exception("Exception while stopping");
  }
  drain_is_done(key);
}

void IOLoop::Impl::drain_is_done(std::uint64_t key) {
  if (unfinished_drains_.erase(key) != 0 && unfinished_drains_.empty() && is_draining_) stop();
}

// --- IOLoop
// -----------------------------------------------------------------------------------------

struct IOLoop::Owner {
  ~Owner() {
    if (current_loop == nullptr) return;
    // A forked child leaves the parent's loop alone: closing it would close things of the parent.
    if (current_loop->impl_->is_of_this_process()) delete current_loop;
    // Not before: what the loop drops may ask for it.
    current_loop = nullptr;
  }
};

IOLoop& IOLoop::current() {
  if (current_loop == nullptr) {
    thread_local Owner owner;
    static_cast<void>(owner);
    current_loop = new IOLoop;
  }
  return *current_loop;
}

IOLoop* IOLoop::current_if_any() noexcept {
  return current_loop;
}

void IOLoop::close_current() {
  if (current_loop == nullptr) return;
  current_loop->require_idle("IOLoop::close_current() inside the running loop: stop() it first");
  current_loop->impl_->cancel_spawned();
  delete current_loop;
  current_loop = nullptr;
}

IOLoop::IOLoop() : impl_(std::make_unique<Impl>()) {
  ignore_broken_pipes();
  detail::keep_logs_from_blocking();
}
IOLoop::~IOLoop() {
  impl_->close();
}

void IOLoop::start() {
  BORA_ASSERT(current_loop == this && "a loop belongs to the thread that made it");
  impl_->assert_own_process();
  require_idle("IOLoop::start() inside the running loop: it runs already");
  if (const LoopStartHook hook = start_hook.load(std::memory_order_relaxed)) hook(*this);
  impl_->run();
}
void IOLoop::stop_gracefully() {
  impl_->stop_gracefully();
}
void IOLoop::stop() {
  impl_->stop();
}
bool IOLoop::is_running() const noexcept {
  return impl_->is_running();
}
void IOLoop::add_callback(Callback callback, const std::source_location& where) {
  impl_->add_callback(std::move(callback), where);
}
void IOLoop::Remote::add_callback(Callback callback, const std::source_location& where) const {
  inbox_->add(std::move(callback), where);
}
bool IOLoop::Remote::is_current() const noexcept {
  return current_loop != nullptr && current_loop->impl_->inbox() == inbox_;
}
IOLoop::Remote IOLoop::remote() const noexcept {
  return Remote(impl_->inbox());
}
Executor& IOLoop::default_executor() {
  return impl_->default_executor();
}
void IOLoop::set_default_executor(std::shared_ptr<Executor> executor) noexcept {
  impl_->set_default_executor(std::move(executor));
}
IOLoop::Timeout IOLoop::call_later(detail::Delay delay, Callback callback,
                                   const std::source_location& where) {
  return impl_->call_later(delay.value(), std::move(callback), where);
}
void IOLoop::add_handler(int fd, DescriptorHandler handler, unsigned events,
                         const std::source_location& where) {
  if (auto* descriptors = impl_->descriptors()) {
    descriptors->add(fd, std::move(handler), events, where);
  }
}
void IOLoop::update_handler(int fd, unsigned events) {
  if (auto* descriptors = impl_->descriptors()) descriptors->update(fd, events);
}
void IOLoop::remove_handler(int fd) noexcept {
  if (auto* descriptors = impl_->descriptors()) descriptors->remove(fd);
}
void IOLoop::add_signal_handler(int signal, Callback handler) {
  impl_->add_signal_handler(signal, std::move(handler));
}
void IOLoop::remove_signal_handler(int signal) noexcept {
  impl_->remove_signal_handler(signal);
}
void IOLoop::begin_work() noexcept {
  impl_->begin_work();
}
std::int64_t IOLoop::end_work() noexcept {
  return impl_->end_work();
}
void IOLoop::set_slow_callback_limit(detail::Delay limit) noexcept {
  impl_->set_slow_callback_limit(limit.value());
}
IOLoop::Statistics IOLoop::statistics() const {
  return impl_->statistics();
}
void IOLoop::remove_timeout(Timeout timeout) noexcept {
  impl_->remove_timeout(timeout);
}
void IOLoop::resume_soon(Operation& operation) {
  impl_->resume_soon(operation);
}
void IOLoop::spawn(Task<void> task) {
  impl_->spawn(std::move(task));
}
bool IOLoop::run_once(detail::Delay wait) {
  require_idle("IOLoop::run_once() inside the running loop");
  return impl_->run_once(std::min(wait.value(), kLongestDelay));
}
std::uint64_t IOLoop::add_drain(UniqueFunction<Task<void>()> drain) {
  return impl_->add_drain(std::move(drain));
}
void IOLoop::remove_drain(std::uint64_t key) {
  impl_->remove_drain(key);
}
double IOLoop::time() const noexcept {
  return std::chrono::duration<double>(impl_->clock().since_epoch()).count();
}
const Clock& IOLoop::clock() const noexcept {
  return impl_->clock();
}
void IOLoop::set_clock(const Clock* clock) noexcept {
  impl_->set_clock(clock);
}
void* IOLoop::native_context() noexcept {
  return impl_->context();
}

void IOLoop::waiter_done(void* waiter) {
  auto* done = static_cast<Waiter*>(waiter);
  done->is_done = true;
  done->loop->impl_->leave();
}
void IOLoop::require_idle(const char* mistake) const {
  if (is_running()) throw std::logic_error(mistake);
}
bool IOLoop::run_until(const bool& is_done, detail::Delay timeout) {
  return impl_->run_until(is_done, timeout.value());
}
void IOLoop::end_timed_out(const bool& is_done, detail::Delay timeout) {
  if (!is_done) impl_->run_until(is_done, kTimeToCancel);
  throw TimeoutError("Operation timed out after " + in_seconds(timeout.value()));
}

// --- sleep
// ------------------------------------------------------------------------------------------

namespace {

class SleepAwaiter final : public Operation {
 public:
  SleepAwaiter(nanoseconds duration, const std::source_location& where) noexcept
      : duration_(duration), where_(where) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  ~SleepAwaiter() override { forget(); }

  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    const auto wake = [this] {
      timeout_ = 0;
      complete();
    };
    timeout_ = loop_.call_later(duration_, wake, where_);
    return true;
  }
  void await_resume() const { check(); }

 private:
  void on_cancel() noexcept override {
    forget();
    Operation::on_cancel();
  }
  void forget() noexcept {
    if (timeout_ != 0) loop_.remove_timeout(std::exchange(timeout_, 0));
  }

  IOLoop& loop_ = IOLoop::current();
  nanoseconds duration_;
  std::source_location where_;
  IOLoop::Timeout timeout_ = 0;
};

}  // namespace

Task<void> sleep(detail::Delay duration, std::source_location where) {
  co_await SleepAwaiter(duration.value(), where);
}

}  // namespace bora
