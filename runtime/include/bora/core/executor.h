#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include <bora/core/detail/await_by_name.h>
#include <bora/core/future.h>
#include <bora/core/io_loop.h>
#include <bora/core/unique_function.h>

namespace bora {

/// Runs jobs somewhere else than on the loop. A job must not throw.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs `job` now or later. Any thread may call this.
  virtual void submit(UniqueFunction<void()> job) = 0;
};

/// Threads for what would block the loop: files, a database's blocking driver, long computations.
class ThreadPool final : public Executor {
 public:
  /// @param threads  The most threads to have; each is started when there is work for it. 0 means
  ///                 five for each processor.
  explicit ThreadPool(std::size_t threads = 0);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  /// Waits for the jobs that are running; jobs that have not begun are dropped.
  ~ThreadPool() override;

  void submit(UniqueFunction<void()> job) override;
  /// The number of threads that were started.
  [[nodiscard]] std::size_t threads() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Runs each job at once where it is submitted; for tests.
class DummyExecutor final : public Executor {
 public:
  void submit(UniqueFunction<void()> job) override { job(); }
};

/// Runs `function` in `executor`; its result or exception comes back on the loop. `function` is
/// copied or moved there, so it must own what it uses, or what it uses must outlive it. A job that
/// has begun can't be cancelled: cancelling the Future drops the result.
///
/// g++ before 13 can't await a call that is given a lambda whose captures need a destructor, and
/// refuses it. Give a name to the lambda first, or to the Future (docs/coroutines.md):
///
///     auto job = [path] { return read_file(path); };
///     const std::string text = co_await run_in_executor(executor, job);
template <class Function>
  requires std::invocable<std::decay_t<Function>&>
auto run_in_executor(Executor& executor, Function&& function) {
  using Result = std::invoke_result_t<std::decay_t<Function>&>;
  Promise<Result> promise;
  Future<Result> future = promise.future();
  executor.submit([promise = std::move(promise),
                   job = std::decay_t<Function>(std::forward<Function>(function))]() mutable {
    try {
      if constexpr (std::is_void_v<Result>) {
        job();
        promise.set_result();
      } else {
        promise.set_result(job());
      }
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  });
  return detail::AwaitByNameIf<detail::LostTemporary<Function>, Future<Result>>(std::move(future));
}

/// The same in the loop's default executor: `const std::string text = co_await
/// run_in_executor([&path] { return read_file(path); });`
template <class Function>
  requires std::invocable<std::decay_t<Function>&>
auto run_in_executor(Function&& function) {
  return run_in_executor(IOLoop::current().default_executor(), std::forward<Function>(function));
}

}  // namespace bora
