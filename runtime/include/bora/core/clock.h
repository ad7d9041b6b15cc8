#pragma once

#include <bora/core/detail/chrono.h>

namespace bora {

/// Where an IOLoop takes the time from. A test gives the loop a clock of its own
/// (IOLoop::set_clock).
class Clock {
 public:
  virtual ~Clock() = default;
  /// Time since some fixed moment; never goes back. Timers count in it.
  [[nodiscard]] virtual std::chrono::nanoseconds monotonic() const noexcept = 0;
  /// The same in steps of some milliseconds, if that is cheaper.
  [[nodiscard]] virtual std::chrono::nanoseconds coarse() const noexcept { return monotonic(); }
  /// Time since the Epoch; may jump when the system's clock is set.
  [[nodiscard]] virtual std::chrono::nanoseconds since_epoch() const noexcept = 0;

  /// The system's clocks.
  static const Clock& system() noexcept;
};

}  // namespace bora
