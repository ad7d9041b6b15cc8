#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <source_location>
#include <type_traits>
#include <utility>

#include <bora/core/clock.h>
#include <bora/core/deadline.h>
#include <bora/core/detail/awaitable.h>
#include <bora/core/detail/chrono.h>
#include <bora/core/detail/durations.h>
#include <bora/core/error.h>
#include <bora/core/task.h>
#include <bora/core/unique_function.h>

namespace bora {

class Executor;
class Operation;

namespace detail {

/// A callable whose result can be awaited.
template <class Callable>
concept CoroutineCallable = std::invocable<Callable&> && Awaitable<std::invoke_result_t<Callable&>>;

/// Keeps a callable alive as long as the coroutine that it makes: captures of a lambda coroutine
/// live in the lambda.
template <class Callable>
Task<void> call_and_keep(Callable callable) {
  static_cast<void>(co_await callable());
}

/// For run_sync(): a function that returns a value and waits for nothing.
template <class Function>
Task<std::invoke_result_t<Function&>> call_in_task(Function function) {
  co_return function();
}

/// Drops the result, and failures that nobody needs to hear of.
template <class Awaited>
Task<void> run_dropped(Awaited awaited) {
  try {
    static_cast<void>(co_await std::move(awaited));
  } catch (...) {
    if constexpr (requires { Awaited::kQuietFailures; }) {
      if (Awaited::kQuietFailures.contains(std::current_exception())) co_return;
    }
    throw;
  }
}

struct LoopAccess;

}  // namespace detail

/// The event loop: there is one for each thread that asks for one.
///
/// It owns an asio::io_context, so every Asio library runs on it (see <bora/asio.h>, to be included
/// only where Asio is used); nothing here shows Asio.
///
/// All calls belong to the loop's own thread, except add_callback().
///
/// Fork first, then make loops: a loop that was made before fork() shares its descriptors with the
/// parent's, so using it in the child ends the program with a message that says so.
///
/// The loop ends with its thread. Whatever is pending then is dropped: callbacks and timeouts are
/// destroyed without being called, and the Tasks that spawn() keeps are destroyed at the place
/// where each one waits. Objects that use the loop (servers, streams, periodic callbacks) must be
/// destroyed before it: don't make them static or thread_local.
///
/// A process with a loop ignores SIGPIPE (unless it has set that signal itself): writing to a
/// connection that the peer has closed must not end the program.
class IOLoop {
 public:
  using Callback = UniqueFunction<void()>;

  /// The result of call_later(): a key for remove_timeout(), never 0.
  using Timeout = std::uint64_t;

  /// What add_handler() calls, with the descriptor and READ or WRITE.
  using DescriptorHandler = UniqueFunction<void(int fd, unsigned events)>;
  static constexpr unsigned READ = 1;
  static constexpr unsigned WRITE = 4;

  /// This thread's loop; the first call makes it.
  static IOLoop& current();
  /// This thread's loop, or null if there is none yet.
  static IOLoop* current_if_any() noexcept;
  /// Ends this thread's loop before its thread ends, so that current() makes a new one; for tests.
  /// It must not be called from within the loop. Tasks that spawn() keeps are cancelled and get
  /// some turns to clean up; what is left then is dropped, as at the thread's end.
  static void close_current();

  IOLoop(const IOLoop&) = delete;
  IOLoop& operator=(const IOLoop&) = delete;

  /// Runs until stop(). An exception that leaves a callback is logged and the loop goes on. start()
  /// may be called again after it has returned.
  /// @throws std::logic_error  The loop runs already: this is a call from within it.
  ///
  /// While it runs, SIGINT and SIGTERM end it gracefully if something that needs it (a server) is
  /// registered by add_drain() and the program has set no handler of its own for them: the drains
  /// run, then the loop stops. A second signal stops it at once.
  void start();

  /// Ends start() after the current turn; before start(), makes the next start() return at once.
  void stop();

  /// Does what SIGTERM does while the loop runs: starts the drains (add_drain()), and stops the
  /// loop when all of them are done. Does nothing while they are under way.
  void stop_gracefully();

  [[nodiscard]] bool is_running() const noexcept;
  /// Whether a graceful stop is under way: no new work should be begun.
  [[nodiscard]] bool is_stopping() const noexcept;

  /// Runs `callback` in the next turn, in the order of the calls, and wakes the loop. This is the
  /// only call that other threads may make (as long as the loop's thread lives; see Remote).
  ///
  /// @param where  The caller must not pass it: it is the place of the call, for the log line about
  ///               a callback that took too long (set_slow_callback_limit).
  void add_callback(Callback callback,
                    const std::source_location& where = std::source_location::current());

  /// The same for a callable that returns a Task, or anything else that can be awaited: the result
  /// is spawned.
  template <detail::CoroutineCallable Callable>
  void add_callback(Callable callable,
                    const std::source_location& where = std::source_location::current()) {
    add_callback(spawner(std::move(callable)), where);
  }

  /// A loop as other threads know it. It may outlive the loop: callbacks are then dropped.
  class Remote {
   public:
    void add_callback(Callback callback,
                      const std::source_location& where = std::source_location::current()) const;
    /// Whether the calling thread is the loop's own.
    [[nodiscard]] bool is_current() const noexcept;

   private:
    friend class IOLoop;
    class Inbox;
    explicit Remote(std::shared_ptr<Inbox> inbox) noexcept : inbox_(std::move(inbox)) {}
    std::shared_ptr<Inbox> inbox_;
  };
  [[nodiscard]] Remote remote() const noexcept;

  /// Calls `callback` when a Future is done, with that Future or with no argument (see
  /// Future::add_done_callback). Anything else that can be awaited, such as a Task, is started, and
  /// the callback gets the Future of it. Include <bora/core/future.h> to call this.
  template <class Awaited, class FutureCallback>
  void add_future(Awaited&& awaited, FutureCallback callback);

  /// Runs `callback` once, after `delay`, which is any of std's durations: a negative one counts as
  /// zero, and one of more than a century never ends. The callback never runs inside this call, not
  /// even for a delay of zero. Timeouts of the same moment run in the order of the calls.
  Timeout call_later(detail::Delay delay, Callback callback,
                     const std::source_location& where = std::source_location::current());

  template <detail::CoroutineCallable Callable>
  Timeout call_later(detail::Delay delay, Callable callable,
                     const std::source_location& where = std::source_location::current()) {
    return call_later(delay, spawner(std::move(callable)), where);
  }

  /// Runs `callback` at a moment, or after a duration; in the next turn if the moment is past. A
  /// moment of the wall clock becomes a duration now: setting the system's clock later changes
  /// nothing.
  template <class AnyCallable>
  Timeout add_timeout(const Deadline& deadline, AnyCallable callback,
                      const std::source_location& where = std::source_location::current()) {
    return call_later(deadline.time_left(clock()), std::move(callback), where);
  }
  template <class AnyClock, class Duration, class AnyCallable>
  Timeout call_at(std::chrono::time_point<AnyClock, Duration> at, AnyCallable callback,
                  const std::source_location& where = std::source_location::current()) {
    return add_timeout(at, std::move(callback), where);
  }

  /// Forgets a timeout. It is harmless to call this after the timeout fired, within a callback, or
  /// twice.
  void remove_timeout(Timeout timeout) noexcept;

  /// Calls `handler` as long as `fd` can be read (READ) or written (WRITE): again in each turn,
  /// with one call for each of the two. A descriptor that has failed is reported as whatever was
  /// asked for. The descriptor stays the program's, is made non-blocking, and must be removed
  /// before it is closed.
  /// @throws std::invalid_argument  `fd` has a handler already.
  /// @throws std::system_error      `fd` is not a descriptor that can be watched.
  void add_handler(int fd, DescriptorHandler handler, unsigned events,
                   const std::source_location& where = std::source_location::current());
  /// @throws std::invalid_argument  `fd` has no handler.
  void update_handler(int fd, unsigned events);
  /// Removes the handler: it is no longer called, not even for what is ready in this turn. Does
  /// nothing for a descriptor without one. When the handler itself calls this, it is destroyed
  /// after it returns.
  void remove_handler(int fd) noexcept;

  /// Calls `handler` on the loop when the process gets `signal`, in place of the system's own
  /// action. It replaces an earlier handler of this loop.
  /// @throws std::system_error  The signal can't be handled (SIGKILL).
  void add_signal_handler(int signal, Callback handler);
  /// Removes the handler; the system's own action is restored.
  void remove_signal_handler(int signal) noexcept;

  /// Starts `task` at once and keeps it until it ends. Its exception is logged, unless it is
  /// CancelledError.
  void spawn(Task<void> task);
  /// The same for anything that can be awaited; its result is dropped.
  template <class Awaited>
    requires(!std::same_as<std::remove_cvref_t<Awaited>, Task<void>>)
  void spawn(Awaited&& awaited) {
    if constexpr (detail::require_awaitable<Awaited, false>()) {
      spawn(detail::run_dropped<std::remove_cvref_t<Awaited>>(std::forward<Awaited>(awaited)));
    }
  }

  /// Runs the loop until `awaited`, a Task or anything else that can be awaited, ends; returns its
  /// value or throws its exception. If `awaited` is a function, it is called, and its result is
  /// awaited if that is possible and returned otherwise. This is for tests and small programs.
  /// @throws std::logic_error    The loop runs already: use co_await instead.
  /// @throws std::runtime_error  stop() was called before the end. The Task is destroyed where it
  ///                             waits.
  /// @throws TimeoutError        `timeout` passed first; zero means no limit. The Task is
  ///                             cancelled, and destroyed where it waits if it has not ended a
  ///                             second later.
  template <class Awaited>
  decltype(auto) run_sync(Awaited&& awaited, detail::Delay timeout = {}) {
    using Plain = std::remove_cvref_t<Awaited>;
    if constexpr (detail::CoroutineCallable<Plain>) {
      Plain function(std::forward<Awaited>(awaited));
      return run_task(detail::as_task(function()), timeout);
    } else if constexpr (std::invocable<Plain&>) {
      return run_task(detail::call_in_task<Plain>(std::forward<Awaited>(awaited)), timeout);
    } else if constexpr (detail::require_awaitable<Awaited, false>()) {
      return run_task(detail::as_task(Plain(std::forward<Awaited>(awaited))), timeout);
    }
  }

  /// Handles what is ready, waiting at most `wait` for the first event. Returns true if anything
  /// ran. For tests.
  /// @throws std::logic_error  The call came from within the loop.
  bool run_once(detail::Delay wait = {});

  /// Sets how long a callback, timeout, descriptor's handler, request or resumed coroutine may keep
  /// the loop: one that takes longer is logged (once each time) as a warning that tells where it
  /// was added, or what it is. The default is 100 ms; zero turns the warnings off. A coarse clock
  /// measures the time, so the limit should be some milliseconds at least.
  void set_slow_callback_limit(detail::Delay limit) noexcept;

  /// What the loop has done so far and what is pending, for metrics.
  struct Statistics {
    std::uint64_t iterations = 0;        ///< Batches of callbacks, timeouts and woken coroutines.
    std::uint64_t slow_callbacks = 0;    ///< The number of callbacks that were logged as slow.
    std::chrono::nanoseconds lag{};      ///< How late the last timeouts were.
    std::chrono::nanoseconds max_lag{};  ///< The latest that any timeout was.
    std::size_t pending_callbacks = 0;   ///< Callbacks that were added, or woken, and have not run.
    std::size_t pending_timeouts = 0;
  };
  [[nodiscard]] Statistics statistics() const;

  /// Registers something that must come to an end before the loop does. On a stop signal every
  /// drain is started, and the loop stops when all of them are done.
  /// @returns  A key for remove_drain().
  std::uint64_t add_drain(UniqueFunction<Task<void>()> drain);
  /// Forgets a drain. One that is under way goes on, but the loop no longer waits for it.
  void remove_drain(std::uint64_t key);

  /// Seconds since the Epoch.
  [[nodiscard]] double time() const noexcept;

  /// Where run_in_executor() runs what it is given. The default is a ThreadPool of five threads for
  /// each processor, which is made when it is first used and ends with the loop.
  Executor& default_executor();
  void set_default_executor(std::shared_ptr<Executor> executor) noexcept;

  /// Where the loop takes the time from.
  [[nodiscard]] const Clock& clock() const noexcept;
  /// Sets a clock that a test moves by hand. The loop still sleeps by the system's clock, so turn
  /// it with run_once(). `clock` must outlive its use; null restores the system's clock.
  void set_clock(const Clock* clock) noexcept;

 private:
  struct Waiter {
    IOLoop* loop;
    bool is_done = false;
  };

  struct Owner;

  IOLoop();
  ~IOLoop();
  friend class Operation;
  friend struct detail::LoopAccess;  // Bora's other layers

  template <class T>
  T run_task(Task<T> task, detail::Delay timeout) {
    require_idle("run_sync() inside the running loop: co_await the task instead");
    Waiter waiter{this};
    if (!task.start(&IOLoop::waiter_done, &waiter) && !run_until(waiter.is_done, timeout)) {
      task.cancel();
      end_timed_out(waiter.is_done, timeout);
    }
    return task.take();
  }
  /// @throws std::logic_error  The loop is running.
  void require_idle(const char* mistake) const;
  static void waiter_done(void* waiter);
  /// @returns  False when `timeout` passed first.
  bool run_until(const bool& is_done, detail::Delay timeout);
  [[noreturn]] void end_timed_out(const bool& is_done, detail::Delay timeout);

  void begin_work() noexcept;
  [[nodiscard]] std::int64_t end_work() noexcept;
  [[nodiscard]] void* native_context() noexcept;
  /// Resumes the coroutine of `operation` in the next turn.
  void resume_soon(Operation& operation);

  template <class Callable>
  Callback spawner(Callable callable) {
    return Callback([this, callable = std::move(callable)]() mutable {
      spawn(detail::call_and_keep(std::move(callable)));
    });
  }

  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Waits while the loop goes on: `co_await sleep(100ms)`. The wait can be cancelled, and abandoned:
/// destroying the Task forgets the timeout.
///
/// @param where  The caller must not pass it: it is for the log line about what kept the loop.
Task<void> sleep(detail::Delay duration,
                 std::source_location where = std::source_location::current());

}  // namespace bora
