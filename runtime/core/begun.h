#pragma once

#include <chrono>

#include <bora/core/clock.h>
#include <bora/core/deadline.h>
#include <bora/core/io_loop.h>

namespace bora::detail {

/// A deadline that begins now: a duration becomes a moment. No deadline stays none, and so does one
/// that is further away than anybody waits.
inline Deadline begun(const Deadline& deadline) {
  if (!deadline.is_set()) return {};
  const Clock& clock = IOLoop::current().clock();
  const std::chrono::nanoseconds left = deadline.time_left(clock);
  if (left > std::chrono::hours(24 * 365 * 50)) return {};
  return std::chrono::steady_clock::time_point(
             std::chrono::duration_cast<std::chrono::steady_clock::duration>(clock.monotonic())) +
         left;
}

}  // namespace bora::detail
