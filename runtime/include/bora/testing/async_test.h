#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include <bora/core/detail/chrono.h>
#include <bora/core/io_loop.h>
#include <bora/core/unique_function.h>

namespace bora::testing {

/// What a test waits at most for: five seconds, or what ASYNC_TEST_TIMEOUT says in seconds.
[[nodiscard]] std::chrono::nanoseconds async_test_timeout();

/// An IOLoop for one test (Tornado's AsyncTestCase). With Catch2, ASYNC_TEST_CASE of
/// <bora/testing/catch.h> has one already.
///
/// The thread's loop is a new one as long as this lives, so that nothing of a former test is in it.
/// At the end Tasks that still wait are cancelled, and the loop is closed with all that it holds:
/// make servers and clocks after this, so that they go before it.
///
/// A mistake in the background fails the test too: what is logged as an error in `app_log`, as the
/// exceptions of callbacks, spawned Tasks and handlers are, unless an ExpectLog takes it.
class AsyncTest {
 public:
  AsyncTest();
  ~AsyncTest();
  AsyncTest(const AsyncTest&) = delete;
  AsyncTest& operator=(const AsyncTest&) = delete;

  /// Runs the loop until `task` ends (Tornado's gen_test).
  /// @returns  Its value; its exception is thrown.
  /// @throws TimeoutError  It took longer. It is cancelled where it waits.
  template <class T>
  T run(Task<T> task, std::chrono::nanoseconds timeout = async_test_timeout()) {
    return IOLoop::current().run_sync(std::move(task), timeout);
  }
  /// The same for a function that returns a Task.
  template <std::invocable Function>
  auto run(Function function, std::chrono::nanoseconds timeout = async_test_timeout()) {
    return run(function(), timeout);
  }

  /// Makes the wait() that runs, or the next one, return.
  void stop();
  /// Runs the loop until stop() is called, or `condition`, which is asked after each turn, holds.
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
