#include "runtime/http/body_pace.h"

#include <algorithm>

#include <bora/core/detail/durations.h>

namespace bora::http {

namespace {

std::int64_t in_ns(std::chrono::seconds duration) {
  return detail::saturating_cast<std::chrono::nanoseconds>(duration).count();
}

}  // namespace

void BodyPace::stop(std::int64_t now_ns) {
  if (since_ns_ == kStopped) return;
  window_ns_ += now_ns - since_ns_;
  since_ns_ = kStopped;
}

bool BodyPace::is_too_slow(std::int64_t now_ns, const Limits& limits) {
  if (since_ns_ != kStopped) {
    stop(now_ns);
    start(now_ns);
  }
  if (limits.timeout.count() > 0 && before_ns_ + window_ns_ >= in_ns(limits.timeout)) return true;
  if (limits.min_rate == 0 || window_ns_ < in_ns(limits.rate_window)) return false;
  const auto wanted = limits.min_rate * static_cast<std::uint64_t>(limits.rate_window.count());
  if (window_bytes_ < wanted) return true;
  before_ns_ += window_ns_;
  window_ns_ = 0;
  window_bytes_ = 0;
  return false;
}

std::chrono::seconds BodyPace::time_left(const Limits& limits) const {
  std::int64_t left = INT64_MAX;
  if (limits.timeout.count() > 0) left = in_ns(limits.timeout) - before_ns_ - window_ns_;
  if (limits.min_rate > 0) left = std::min(left, in_ns(limits.rate_window) - window_ns_);
  if (left == INT64_MAX) return std::chrono::seconds(0);
  const auto rounded_up = std::chrono::ceil<std::chrono::seconds>(std::chrono::nanoseconds(left));
  return std::max(rounded_up, std::chrono::seconds(1));
}

}  // namespace bora::http
