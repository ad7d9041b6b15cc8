#include <bora/core/clock.h>

#include <ctime>

namespace bora {
namespace {

class SystemClock final : public Clock {
 public:
  std::chrono::nanoseconds monotonic() const noexcept override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
  std::chrono::nanoseconds coarse() const noexcept override {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  }
  std::chrono::nanoseconds since_epoch() const noexcept override {
    return std::chrono::system_clock::now().time_since_epoch();
  }
};

}  // namespace

const Clock& Clock::system() noexcept {
  static const SystemClock clock;
  return clock;
}

}  // namespace bora
