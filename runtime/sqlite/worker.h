#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <bora/core/future.h>
#include <bora/core/unique_function.h>

#include "runtime/sqlite/connection.h"

namespace bora::sqlite {

/// The value or exception of a job. The exception is kept as a value, so that a failure for which
/// nobody waits any more, as that of an interrupted statement, is not logged.
template <class T>
struct Outcome {
  std::optional<T> value{};
  std::exception_ptr failure{};
};
template <>
struct Outcome<void> {
  std::exception_ptr failure{};
};

/// A thread with a connection, which does one job at a time. The connection is opened by the first
/// job, and by the next one if that fails.
class Worker {
 public:
  Worker(const Options& options, bool is_writer);
  /// Interrupts and waits for the job that runs.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Gives the thread, which must be idle, a job: a function from Connection&. Its result or
  /// exception comes back on the loop.
  template <class Function>
  auto submit(Function function) {
    using Result = std::invoke_result_t<Function&, Connection&>;
    Promise<Outcome<Result>> promise;
    Future<Outcome<Result>> future = promise.future();
    give([promise = std::move(promise), function = std::move(function)](
             Connection* connection, const std::exception_ptr& failure) mutable {
      Outcome<Result> outcome;
      outcome.failure = failure;
      if (!failure) {
        try {
          if constexpr (std::is_void_v<Result>) {
            function(*connection);
          } else {
            outcome.value.emplace(function(*connection));
          }
        } catch (...) {
          outcome.failure = std::current_exception();
        }
      }
      promise.set_result(std::move(outcome));
    });
    return future;
  }

  /// Ends the job that runs, if any, with the code 57014.
  void interrupt() noexcept;

 private:
  using Job = UniqueFunction<void(Connection*, const std::exception_ptr&)>;

  void give(Job job);
  void work();

  Options options_;
  bool is_writer_;
  std::mutex mutex_;
  std::condition_variable given_;
  Job job_;
  bool has_job_ = false;
  bool is_at_work_ = false;
  bool is_ending_ = false;
  std::unique_ptr<Connection> connection_;  ///< made and destroyed by the thread, under the mutex
  std::thread thread_;
};

}  // namespace bora::sqlite
