#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bora::http {

/// How fast a client takes output that waits for it: too slow is one that holds a connection, an
/// answer and a handler for nothing.
///
/// Two limits, as for a body: time in which it takes nothing at all, and so many bytes in each
/// window of time; without the second one byte a minute would do. What it took is what has left the
/// socket's own queue, not what the socket has taken from us: the system holds megabytes, and asks
/// for more only when a third of them is gone, so that a slow client that is alive would look like
/// one that is not.
class WritePace {
 public:
  struct Limits {
    std::chrono::seconds timeout;  ///< Without a byte; 0: none.
    std::uint64_t min_rate;        ///< Bytes a second, on average over a window; 0: none.
    std::chrono::seconds rate_window;

    [[nodiscard]] bool has_window() const { return min_rate > 0 && rate_window.count() > 0; }
  };

  [[nodiscard]] bool has_begun() const { return window_ns_ != kNotBegun; }
  /// The socket is full: it holds `queued` bytes that the client has not acknowledged.
  void begin(std::int64_t now_ns, std::size_t queued);
  /// The socket took so many more.
  void add(std::int64_t now_ns, std::size_t bytes);

  /// Looks at the clock, and ends the window when it is over.
  [[nodiscard]] bool is_too_slow(std::int64_t now_ns, std::size_t queued, const Limits& limits);

  /// When to look again; 0: never.
  [[nodiscard]] std::chrono::seconds time_left(std::int64_t now_ns, const Limits& limits) const;

 private:
  static constexpr std::int64_t kNotBegun = -1;

  std::int64_t window_ns_ = kNotBegun;  ///< When this window began.
  std::int64_t taken_ns_ = 0;           ///< When the client was last seen to take something.
  std::uint64_t offered_ = 0;  ///< In the queue when the window began, and put there since.
  std::uint64_t taken_ = 0;    ///< Of them, at the last look.
};

}  // namespace bora::http
