#pragma once

#include <algorithm>
#include <chrono>

#include <bora/core/clock.h>
#include <bora/core/io_loop.h>

namespace bora::test {

/// A clock that a test moves by hand. Unlike FakeClock it begins where the previous one ended, and
/// ahead of every other clock: deadlines of the thread's poller outlive a test, and time never goes
/// back.
class ForwardClock final : public Clock {
 public:
  ForwardClock() {
    latest_ = std::max(latest_, Clock::system().monotonic() + std::chrono::hours(1000));
    IOLoop::current().set_clock(this);
  }
  ~ForwardClock() override { IOLoop::current().set_clock(nullptr); }
  ForwardClock(const ForwardClock&) = delete;
  ForwardClock& operator=(const ForwardClock&) = delete;

  std::chrono::nanoseconds monotonic() const noexcept override { return latest_; }
  std::chrono::nanoseconds since_epoch() const noexcept override { return since_epoch_; }

  /// Moves time on, and lets the loop do all that is due.
  void jump(std::chrono::seconds duration) {
    latest_ += duration;
    since_epoch_ += duration;
    while (IOLoop::current().run_once()) {
    }
  }
  /// The same second by second.
  void advance(std::chrono::seconds duration) {
    for (; duration.count() > 0; --duration) jump(std::chrono::seconds(1));
  }

 private:
  static inline std::chrono::nanoseconds latest_{0};
  std::chrono::nanoseconds since_epoch_ = std::chrono::seconds(1'800'000'000);
};

}  // namespace bora::test
