#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include <bora/core/task.h>

namespace bora {

/// The event loop: one for each thread that asks for one.
///
/// It owns an asio::io_context, so every Asio library runs on it (see <bora/asio.h>, to be included
/// only where Asio is used); nothing here shows Asio.
///
/// All calls belong to the loop's own thread, except add_callback().
class IOLoop {
 public:
  using Callback = std::function<void()>;

  /// What call_later() returns: a key for remove_timeout(). 0 is never one.
  using Timeout = std::uint64_t;

  /// This thread's loop, made at the first call.
  static IOLoop& current();

  IOLoop(const IOLoop&) = delete;
  IOLoop& operator=(const IOLoop&) = delete;

  /// Runs until stop(). An exception that leaves a callback is logged and the loop goes on.
  ///
  /// While it runs, SIGINT and SIGTERM end it gracefully if something that needs it (a server) is
  /// registered by add_drain() and the program has set no handler of its own for them: the drains run,
  /// then the loop stops. A second signal stops it at once.
  void start();

  /// Ends start() after the current turn; before start(), makes the next start() return at once.
  void stop();

  [[nodiscard]] bool is_running() const;

  /// Runs `callback` in the next turn, in the order of the calls. The only call that other threads may
  /// make; it wakes the loop. Dropped when the loop has been destroyed.
  void add_callback(Callback callback);

  /// Runs `callback` once, after `delay`; never inline, not even for a delay of zero.
  Timeout call_later(std::chrono::nanoseconds delay, Callback callback);

  /// Forgets a timeout; harmless after it fired.
  void remove_timeout(Timeout timeout);

  /// Starts `task` at once and keeps it until it ends. Its exception is logged.
  void spawn(Task<void> task);

  /// Runs the loop until `task` ends; returns its value or throws its exception. For tests and small
  /// programs.
  /// @throws std::runtime_error  stop() was called before the task ended.
  /// @throws TimeoutError        `timeout` passed first; zero is no limit.
  template <class T>
  T run_sync(Task<T> task, std::chrono::nanoseconds timeout = {}) {
    run_until(task, timeout);
    return task.take();
  }

  /// Handles what is ready, waiting at most `wait` for the first event. Returns true if anything ran.
  /// For tests.
  bool run_once(std::chrono::nanoseconds wait = {});

  /// Registers something that must end well before the loop does. On a stop signal every drain is
  /// started, and the loop stops when all of them are done.
  /// @returns  A key for remove_drain().
  std::uint64_t add_drain(std::function<Task<void>()> drain);
  void remove_drain(std::uint64_t key);

  /// Seconds since the Epoch, as the loop's timers see them.
  [[nodiscard]] double time() const;

  /// For Bora's own layers and <bora/asio.h>: a pointer to the asio::io_context.
  [[nodiscard]] void* native_context();

 private:
  IOLoop();
  ~IOLoop();
  template <class T>
  void run_until(Task<T>& task, std::chrono::nanoseconds timeout) {
    if (!task.start(&IOLoop::task_done, this)) run_until_done(timeout);
  }
  static void task_done(void* loop);
  void run_until_done(std::chrono::nanoseconds timeout);

  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// `co_await sleep(100ms)`: the loop goes on meanwhile.
Task<void> sleep(std::chrono::nanoseconds duration);

}  // namespace bora
