#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include <bora/core/detail/chrono.h>
#include <bora/core/io_loop.h>
#include <bora/core/unique_function.h>

namespace bora::testing {

/// The longest wait of a test: five seconds, or the number of seconds in ASYNC_TEST_TIMEOUT.
[[nodiscard]] std::chrono::nanoseconds async_test_timeout();

/// An IOLoop for one test (Tornado's AsyncTestCase). With Catch2, ASYNC_TEST_CASE of
/// <bora/testing/catch.h> makes one.
///
/// While it lives, the thread has a new loop, so that nothing of a former test is in it. At the end
/// Tasks that still wait are cancelled, and the loop is closed with everything in it: make servers
/// and clocks after this object, so that they are destroyed before it.
///
/// The loop does not warn of callbacks that keep it for long, since on a busy machine any of them
/// may: a test of that calls IOLoop::set_slow_callback_limit().
///
/// Errors in the background fail the test too, namely whatever is logged as an error in `app_log`:
/// the exceptions of callbacks, spawned Tasks and handlers. An ExpectLog takes them out.
class AsyncTest {
 public:
  AsyncTest();
  ~AsyncTest();
  AsyncTest(const AsyncTest&) = delete;
  AsyncTest& operator=(const AsyncTest&) = delete;

  /// Runs the loop until `task` ends (Tornado's gen_test).
  /// @returns  The value of the Task; its exception is thrown.
  /// @throws TimeoutError  The Task took longer. It is cancelled where it waits.
  template <class T>
  T run(Task<T> task, std::chrono::nanoseconds timeout = async_test_timeout()) {
    return IOLoop::current().run_sync(std::move(task), timeout);
  }
  /// The same for a function that returns a Task.
  template <std::invocable Function>
  auto run(Function function, std::chrono::nanoseconds timeout = async_test_timeout()) {
    return run(function(), timeout);
  }

  /// Makes the running wait(), or the next one, return.
  void stop();
  /// Runs the loop until stop() is called, or `condition`, which is checked after each turn, is
  /// true.
  /// @throws TimeoutError
  void wait(UniqueFunction<bool()> condition,
            std::chrono::nanoseconds timeout = async_test_timeout());
  void wait(std::chrono::nanoseconds timeout = async_test_timeout());

 private:
  class Failures;
  std::unique_ptr<Failures> failures_;
  bool is_stopped_ = false;
};

}  // namespace bora::testing
