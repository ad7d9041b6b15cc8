#pragma once

#include <chrono>
#include <cstdint>

namespace bora::http {

/// Measures how fast a request's body arrives: a client that is too slow holds a handler's memory
/// for nothing.
///
/// There are two limits: the time of the whole body, and a number of bytes in each window of time.
/// The windows are needed because over the whole body a fast beginning would allow hours of
/// silence. Only time in which the server would have read counts: the clock is stopped while the
/// reading is paused.
class BodyPace {
 public:
  struct Limits {
    std::chrono::seconds timeout;  ///< of the whole body; 0: none
    std::uint64_t min_rate;        ///< Bytes a second, on average over a window; 0: none.
    std::chrono::seconds rate_window;
  };

  void start(std::int64_t now_ns) {
    if (since_ns_ == kStopped) since_ns_ = now_ns;
  }
  void stop(std::int64_t now_ns);
  void add(std::size_t bytes) { window_bytes_ += bytes; }

  /// Reads the clock, and ends the window when it is over.
  [[nodiscard]] bool is_too_slow(std::int64_t now_ns, const Limits& limits);

  /// The time until the next check; 0 means never.
  [[nodiscard]] std::chrono::seconds time_left(const Limits& limits) const;

 private:
  static constexpr std::int64_t kStopped = -1;

  std::int64_t since_ns_ = kStopped;
  std::int64_t window_ns_ = 0;  ///< of this window, up to since_ns_
  std::int64_t before_ns_ = 0;  ///< of all earlier windows
  std::uint64_t window_bytes_ = 0;
};

}  // namespace bora::http
