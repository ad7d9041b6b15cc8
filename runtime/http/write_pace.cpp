#include "runtime/http/write_pace.h"

#include <algorithm>

#include <bora/core/detail/durations.h>

namespace bora::http {

namespace {

std::int64_t in_ns(std::chrono::seconds duration) {
  return detail::saturating_cast<std::chrono::nanoseconds>(duration).count();
}

}  // namespace

void WritePace::begin(std::int64_t now_ns, std::size_t queued) {
  window_ns_ = taken_ns_ = now_ns;
  offered_ = queued;
  taken_ = 0;
}

void WritePace::add(std::int64_t now_ns, std::size_t bytes) {
  offered_ += bytes;
  taken_ns_ = now_ns;  // the queue was full, so some bytes have left it
}

bool WritePace::is_too_slow(std::int64_t now_ns, std::size_t queued, const Limits& limits) {
  const std::uint64_t taken = offered_ - std::min<std::uint64_t>(offered_, queued);
  if (taken > taken_) taken_ns_ = now_ns;
  taken_ = taken;
  if (limits.timeout.count() > 0 && now_ns - taken_ns_ >= in_ns(limits.timeout)) return true;
  if (!limits.has_window() || now_ns - window_ns_ < in_ns(limits.rate_window)) return false;
  const auto wanted = limits.min_rate * static_cast<std::uint64_t>(limits.rate_window.count());
  if (taken < wanted) return true;
  window_ns_ = now_ns;
  offered_ = queued;
  taken_ = 0;
  return false;
}

std::chrono::seconds WritePace::time_left(std::int64_t now_ns, const Limits& limits) const {
  std::int64_t due = INT64_MAX;
  if (limits.timeout.count() > 0) due = detail::saturating_add(taken_ns_, in_ns(limits.timeout));
  if (limits.has_window()) {
    due = std::min(due, detail::saturating_add(window_ns_, in_ns(limits.rate_window)));
  }
  if (due == INT64_MAX) return std::chrono::seconds(0);
  const auto rounded_up =
      std::chrono::ceil<std::chrono::seconds>(std::chrono::nanoseconds(due - now_ns));
  return std::max(rounded_up, std::chrono::seconds(1));
}

}  // namespace bora::http
