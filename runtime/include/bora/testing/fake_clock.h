#pragma once

#include <bora/core/clock.h>
#include <bora/core/detail/chrono.h>
#include <bora/core/io_loop.h>

namespace bora::testing {

/// A clock that a test moves by hand; while it lives, the present thread's loop uses it.
///
///   FakeClock clock;
///   IOLoop::current().call_later(10min, [&] { has_rung = true; });
///   clock.advance(10min);
///   CHECK(has_rung);
class FakeClock final : public Clock {
 public:
  FakeClock() { IOLoop::current().set_clock(this); }
  ~FakeClock() override { IOLoop::current().set_clock(nullptr); }
  FakeClock(const FakeClock&) = delete;
  FakeClock& operator=(const FakeClock&) = delete;

  std::chrono::nanoseconds monotonic() const noexcept override { return monotonic_; }
  std::chrono::nanoseconds since_epoch() const noexcept override { return since_epoch_; }

  /// Moves the time forward and lets the loop run everything that is due then.
  void advance(std::chrono::nanoseconds duration) {
    monotonic_ += duration;
    since_epoch_ += duration;
    while (IOLoop::current().run_once()) {
    }
  }
  /// Changes the time of the day, as setting the system's clock does: timers must not be affected.
  void step_wall_clock(std::chrono::nanoseconds by) { since_epoch_ += by; }

 private:
  std::chrono::nanoseconds monotonic_ = std::chrono::hours(1);
  std::chrono::nanoseconds since_epoch_ = std::chrono::seconds(1'800'000'000);
};

}  // namespace bora::testing
