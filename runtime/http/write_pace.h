#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bora::http {

/// Measures how fast a client takes output that waits for it: a client that is too slow holds a
/// connection, an answer and a handler for nothing.
///
/// There are two limits, as for a body: the time in which it takes nothing at all, and a number of
/// bytes in each window of time; without the second one byte a minute would suffice. Bytes count as
/// taken when they have left the socket's own queue, not when the socket has taken them from us:
/// the system holds megabytes, and asks for more only when a third of them has left, so that a slow
/// client that is alive would look like one that is not.
class WritePace {
 public:
  struct Limits {
    std::chrono::seconds timeout;  ///< without a byte; 0: none
    std::uint64_t min_rate;        ///< Bytes a second, on average over a window; 0: none.
    std::chrono::seconds rate_window;

    [[nodiscard]] bool has_window() const { return min_rate > 0 && rate_window.count() > 0; }
  };

  [[nodiscard]] bool has_begun() const { return window_ns_ != kNotBegun; }
  /// The socket is full: it holds `queued` bytes that the client has not acknowledged.
  void begin(std::int64_t now_ns, std::size_t queued);
  /// The socket took `bytes` more.
  void add(std::int64_t now_ns, std::size_t bytes);

  /// Reads the clock, and ends the window when it is over.
  [[nodiscard]] bool is_too_slow(std::int64_t now_ns, std::size_t queued, const Limits& limits);

  /// The time until the next check; 0 means never.
  [[nodiscard]] std::chrono::seconds time_left(std::int64_t now_ns, const Limits& limits) const;

 private:
  static constexpr std::int64_t kNotBegun = -1;

  std::int64_t window_ns_ = kNotBegun;  ///< When this window began.
  std::int64_t taken_ns_ = 0;           ///< When the client was last seen to take something.
  std::uint64_t offered_ = 0;           ///< in the queue when the window began, and added since
  std::uint64_t taken_ = 0;             ///< how many of them were taken at the last look
};

}  // namespace bora::http
