#include <bora/core/deadline.h>

#include <algorithm>

#include <bora/core/clock.h>

namespace bora {

std::chrono::nanoseconds Deadline::time_left(const Clock& clock) const noexcept {
  std::chrono::nanoseconds left = value_;
  if (kind_ == Kind::wall_clock) left = detail::saturating_subtract(left, clock.since_epoch());
  if (kind_ == Kind::steady_clock) left = detail::saturating_subtract(left, clock.monotonic());
  return std::max(left, std::chrono::nanoseconds::zero());
}

}  // namespace bora
