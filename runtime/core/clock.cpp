#include <bora/core/clock.h>

namespace bora {
namespace {

class SystemClock final : public Clock {
 public:
  std::chrono::nanoseconds monotonic() const noexcept override {
    return std::chrono::steady_clock::now().time_since_epoch();
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
