#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace bora::detail {

/// How long to wait before a server that could not be reached is tried again: 25 to 50 ms, each
/// time twice as long, up to 3.2 s. A random part keeps many clients from coming at once.
class Backoff {
 public:
  [[nodiscard]] bool has_failed() const noexcept { return failures_ > 0; }
  void reset() noexcept { failures_ = 0; }

  [[nodiscard]] std::chrono::milliseconds next() {
    const int most = 50 << failures_;
    failures_ = std::min(failures_ + 1, kMost);
    return std::chrono::milliseconds(std::uniform_int_distribution<int>(most / 2, most)(random_));
  }

 private:
  static constexpr int kMost = 6;
  std::minstd_rand random_{std::random_device{}()};
  int failures_ = 0;
};

}  // namespace bora::detail
