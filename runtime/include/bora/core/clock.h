#pragma once

#include <bora/core/detail/chrono.h>

namespace bora {

/// The source from which an IOLoop takes the time. A test gives the loop a clock of its own
/// (IOLoop::set_clock).
class Clock {
 public:
  virtual ~Clock() = default;
  /// The time since some fixed moment; it never goes back. Timers count in it.
  [[nodiscard]] virtual std::chrono::nanoseconds monotonic() const noexcept = 0;
  /// The same time, which may advance in steps of some milliseconds where that is cheaper to read.
  [[nodiscard]] virtual std::chrono::nanoseconds coarse() const noexcept { return monotonic(); }
  /// The time since the Epoch; it may jump when the system's clock is set.
  [[nodiscard]] virtual std::chrono::nanoseconds since_epoch() const noexcept = 0;

  /// The system's clocks.
  static const Clock& system() noexcept;
};

}  // namespace bora
