#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include <bora/filters/rate_limit_store.h>

namespace bora::filters {

/// The numbers of filters::take_cell(), in microseconds, for stores that compute it elsewhere.
struct Cell {
  explicit Cell(const Rate& rate) {
    constexpr std::int64_t kMost = std::int64_t{1} << 40;  // twelve days
    const auto period = std::chrono::duration_cast<std::chrono::microseconds>(rate.period).count();
    const std::int64_t limit = std::clamp<std::int64_t>(rate.limit, 1, kMost);
    step = std::clamp<std::int64_t>(period / limit, 1, kMost);
    burst = std::clamp<std::int64_t>(rate.burst, 1, 1'000'000);
  }
  /// How far the number may be ahead of the present for one more request to be allowed.
  [[nodiscard]] std::int64_t room() const noexcept { return step * (burst - 1); }

  /// @param ahead  How far the key's number is ahead of the present, including this request if it
  ///               is allowed.
  [[nodiscard]] RateVerdict verdict(bool is_allowed, std::int64_t ahead) const {
    RateVerdict verdict;
    verdict.is_allowed = is_allowed;
    verdict.reset_after = std::chrono::microseconds(ahead);
    if (is_allowed) {
      verdict.remaining = std::max<std::int64_t>(0, (step * burst - ahead) / step);
    } else {
      verdict.retry_after = std::chrono::microseconds(std::max<std::int64_t>(1, ahead - room()));
    }
    return verdict;
  }

  std::int64_t step = 1;
  std::int64_t burst = 1;
};

}  // namespace bora::filters
