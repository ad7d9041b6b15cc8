#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include <bora/core/detail/chrono.h>
#include <bora/core/io_loop.h>
#include <bora/core/task.h>
#include <bora/core/unique_function.h>

namespace bora {

/// Calls something again and again, `period` apart, on the loop of the thread that makes it.
///
/// A call that takes longer than the period causes the calls that it covers to be skipped; later
/// ones keep the rhythm of the first. Calls never overlap: the time of the next one is set when a
/// call (or the Task that it returned) has ended. An exception is logged, and the calls go on.
///
///     bora::PeriodicCallback tick([] { bora::app_log.info("still here"); }, 10s);
///     tick.start();
class PeriodicCallback {
 public:
  /// @param callback  Returns nothing, or something that can be awaited, usually a Task.
  /// @param period  The time between two calls; it must be positive.
  /// @param jitter  With 0.1 each period is between 0.95 and 1.05 times as long, so that many
  ///                processes don't keep step.
  /// @throws std::invalid_argument  `period` is not positive.
  template <std::invocable Callable>
  PeriodicCallback(Callable callback, detail::Delay period, double jitter = 0)
      : PeriodicCallback(as_coroutine(std::move(callback)), period, jitter) {}
  PeriodicCallback(UniqueFunction<Task<void>()> callback, detail::Delay period, double jitter = 0);

  /// Stops the calls. A Task that is under way goes on.
  ~PeriodicCallback();
  PeriodicCallback(const PeriodicCallback&) = delete;
  PeriodicCallback& operator=(const PeriodicCallback&) = delete;

  /// Starts the calls; the first comes one period from now. Does nothing when they have been
  /// started.
  void start();
  void stop();
  [[nodiscard]] bool is_running() const noexcept;

 private:
  template <class Callable>
  static UniqueFunction<Task<void>()> as_coroutine(Callable callback) {
    if constexpr (std::same_as<std::invoke_result_t<Callable&>, Task<void>>) {
      return callback;
    } else if constexpr (detail::CoroutineCallable<Callable>) {
      return [callback = std::move(callback)]() mutable {
        return detail::without_result(detail::as_task(callback()));
      };
    } else {
      return [callback = std::move(callback)]() mutable {
        callback();
        return Task<void>();
      };
    }
  }

  struct State;
  std::shared_ptr<State> state_;
};

namespace detail {
/// The time of the call after the one that was set for `last`: the first of last + k * period that
/// is later than `now`; if the clock went back to before `last`, last + period.
std::chrono::nanoseconds next_periodic_call(std::chrono::nanoseconds last,
                                            std::chrono::nanoseconds now,
                                            std::chrono::nanoseconds period) noexcept;
}  // namespace detail

}  // namespace bora
