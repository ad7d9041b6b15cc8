#include <bora/core/io_loop.h>

#include <algorithm>
#include <csignal>
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
#include <asio/steady_timer.hpp>

#include <bora/core/log.h>
#include <bora/core/operation.h>

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
constexpr nanoseconds kTimeToCancel = std::chrono::seconds(1);

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

void ignore_broken_pipes() noexcept {
  struct sigaction action = {};
  if (::sigaction(SIGPIPE, nullptr, &action) != 0) return;
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) return;
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

std::string in_seconds(nanoseconds duration) {
  std::string text = std::to_string(std::chrono::duration<double>(duration).count());
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + (text == "1" ? " second" : " seconds");
}

}  // namespace

class IOLoop::Impl {
 public:
  Impl()
      : context_(std::make_unique<asio::io_context>(ASIO_CONCURRENCY_HINT_UNSAFE_IO)),
        parts_(std::make_unique<Parts>(*this, *context_)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() = default;

  void close() noexcept;

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

  void add_callback(Callback callback);
  Timeout call_later(nanoseconds delay, Callback callback);
  void remove_timeout(Timeout timeout) noexcept { timers_.remove(timeout); }
  void spawn(Task<void> task);
  void resume_soon(Operation& operation);

  std::uint64_t add_drain(UniqueFunction<Task<void>()> drain);
  void remove_drain(std::uint64_t key);

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
          signals(context, [&impl](int signal) { impl.on_stop_signal(signal); }) {}

    asio::executor_work_guard<asio::io_context::executor_type> work;
    asio::steady_timer alarm;
    StopSignals signals;
  };

  void run_context();
  void run_callbacks();
  void resume_coroutines();
  static void resume(Operation& operation) noexcept;
  bool run_timers();
  void schedule_alarm();
  void on_stop_signal(int signal);
  void start_drains();
  Task<void> run_drain(std::uint64_t key);
  void drain_is_done(std::uint64_t key);

  const Clock* clock_ = &Clock::system();
  std::unique_ptr<asio::io_context> context_;
  std::unique_ptr<Parts> parts_;
  bool is_running_ = false;
  bool is_stop_requested_ = false;

  // Guards the next three, the only ones that other threads touch. Only this thread writes
  // is_closed_, so here it may be read without.
  std::mutex mutex_;
  std::vector<Callback> added_;
  bool is_batch_posted_ = false;
  bool is_closed_ = false;

  std::vector<Callback> batch_;
  bool is_single_turn_ = false;  // in run_once(): a second batch is left for the next turn
  bool has_run_batch_ = false;
  bool has_resumed_ = false;
  bool is_turn_over_ = false;

  WaitList woken_;
  bool is_resuming_posted_ = false;

  TimerQueue timers_;
  std::optional<nanoseconds> alarm_at_;

  SpawnedTask spawned_{Task<void>()};  // head of the ring of all

  // Shared with the drain that is under way, which remove_drain() does not end.
  std::map<std::uint64_t, std::shared_ptr<UniqueFunction<Task<void>()>>> drains_;
  std::set<std::uint64_t> unfinished_drains_;
  std::uint64_t last_drain_ = 0;
  bool is_draining_ = false;
};

// Drops everything while the loop's functions can still be called (they do nothing any more),
// because what is dropped may call them.
void IOLoop::Impl::close() noexcept {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
  }
  while (spawned_.next != &spawned_) delete spawned_.next;
  woken_.clear();
  timers_.clear();
  std::vector<Callback>().swap(added_);
  drains_.clear();
  parts_.reset();
  context_.reset();
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

void IOLoop::Impl::run() {
  BORA_ASSERT(!is_running_ && "IOLoop::start() inside the running loop");
  if (!is_stop_requested_) {
    is_running_ = true;
    if (!drains_.empty()) parts_->signals.watch();
    run_context();
    parts_->signals.release();
    is_running_ = false;
    is_draining_ = false;
    unfinished_drains_.clear();
  }
  is_stop_requested_ = false;
}

bool IOLoop::Impl::run_until(const bool& is_done, nanoseconds timeout) {
  if (is_running_)
    throw std::logic_error("run_sync() inside the running loop: co_await the task instead");
  bool is_timed_out = false;
  Timeout limit = 0;
  if (timeout > nanoseconds::zero()) {
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
  BORA_ASSERT(!is_running_ && "IOLoop::run_once() inside the running loop");
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

void IOLoop::Impl::add_callback(Callback callback) {
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_) return;
    added_.push_back(std::move(callback));
    if (std::exchange(is_batch_posted_, true)) return;
  }
  asio::post(*context_, [this] { run_callbacks(); });
}

void IOLoop::Impl::run_callbacks() {
  if (is_single_turn_ && std::exchange(has_run_batch_, true)) {
    is_turn_over_ = true;
    asio::post(*context_, [this] { run_callbacks(); });
    return;
  }
  {
    const std::scoped_lock lock(mutex_);
    batch_.swap(added_);
    is_batch_posted_ = false;
  }
  for (Callback& entry : batch_) {
    Callback callback = std::move(entry);  // what it holds goes as soon as it has run
    call_logged(callback);
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
  operation.leave_list();
  try {
    operation.resume();
  } catch (...) {  // from a coroutine that is no Task
    app_log.exception("Exception in a coroutine");
  }
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
  while (Operation* operation = batch.first()) resume(*operation);
}

IOLoop::Timeout IOLoop::Impl::call_later(nanoseconds delay, Callback callback) {
  delay = std::clamp(delay, nanoseconds::zero(), kLongestDelay);
  if (is_closed_) return timers_.next_key();  // dropped
  const Timeout key = timers_.add(clock_->monotonic() + delay, std::move(callback));
  schedule_alarm();
  return key;
}

/// Runs what is due; not what is added meanwhile.
bool IOLoop::Impl::run_timers() {
  const nanoseconds now = clock_->monotonic();
  const TimerQueue::Key limit = timers_.next_key();
  bool has_run = false;
  while (Callback callback = timers_.take_due(now, limit)) {
    call_logged(callback);
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
  if (is_draining_) {
    gen_log.warning(name, " again: stopping at once");
    stop();
  } else {
    gen_log.info(name, ": stopping");
    start_drains();
  }
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
    // Not before: what the loop drops may ask for it.
    delete current_loop;
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

IOLoop::IOLoop() : impl_(std::make_unique<Impl>()) {
  ignore_broken_pipes();
}
IOLoop::~IOLoop() {
  impl_->close();
}

void IOLoop::start() {
  BORA_ASSERT(current_loop == this && "a loop belongs to the thread that made it");
  impl_->run();
}
void IOLoop::stop() {
  impl_->stop();
}
bool IOLoop::is_running() const noexcept {
  return impl_->is_running();
}
void IOLoop::add_callback(Callback callback) {
  impl_->add_callback(std::move(callback));
}
IOLoop::Timeout IOLoop::call_later(nanoseconds delay, Callback callback) {
  return impl_->call_later(delay, std::move(callback));
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
bool IOLoop::run_once(nanoseconds wait) {
  return impl_->run_once(wait);
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
bool IOLoop::run_until(const bool& is_done, nanoseconds timeout) {
  return impl_->run_until(is_done, timeout);
}
void IOLoop::end_timed_out(const bool& is_done, nanoseconds timeout) {
  if (!is_done) impl_->run_until(is_done, kTimeToCancel);
  throw TimeoutError("Operation timed out after " + in_seconds(timeout));
}

// --- sleep
// ------------------------------------------------------------------------------------------

namespace {

class SleepAwaiter final : public Operation {
 public:
  explicit SleepAwaiter(nanoseconds duration) noexcept : duration_(duration) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  ~SleepAwaiter() override { forget(); }

  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    timeout_ = loop_.call_later(duration_, [this] {
      timeout_ = 0;
      complete();
    });
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
  IOLoop::Timeout timeout_ = 0;
};

}  // namespace

Task<void> sleep(nanoseconds duration) {
  co_await SleepAwaiter(duration);
}

}  // namespace bora
