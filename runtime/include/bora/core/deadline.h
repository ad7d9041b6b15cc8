#pragma once

#include <bora/core/detail/chrono.h>
#include <bora/core/detail/durations.h>

namespace bora {

class Clock;

/// The moment until which something may take: never (the default), a duration from now, or a point
/// in time.
///
/// It is implicit, so that every wait takes any of them: `lock.acquire(5s)`,
/// `queue.get(started + 1min)`. With a duration of zero, a negative one or a moment in the past the
/// wait succeeds at once or not at all. A time that nanoseconds cannot express (after the year
/// 2262, `hours::max()`) never comes.
class Deadline {
 public:
  constexpr Deadline() noexcept = default;
  template <class Rep, class Period>
  constexpr Deadline(const std::chrono::duration<Rep, Period>& from_now) noexcept  // NOLINT
      : value_(detail::saturating_cast<std::chrono::nanoseconds>(from_now)),
        kind_(Kind::from_now) {}
  /// A moment of the wall clock. It becomes a duration when the wait begins: setting the system's
  /// clock later changes nothing.
  template <class Duration>
  constexpr Deadline(  // NOLINT
      std::chrono::time_point<std::chrono::system_clock, Duration> at) noexcept
      : value_(detail::saturating_cast<std::chrono::nanoseconds>(at.time_since_epoch())),
        kind_(Kind::wall_clock) {}
  template <class Duration>
  constexpr Deadline(  // NOLINT
      std::chrono::time_point<std::chrono::steady_clock, Duration> at) noexcept
      : value_(detail::saturating_cast<std::chrono::nanoseconds>(at.time_since_epoch())),
        kind_(Kind::steady_clock) {}

  [[nodiscard]] constexpr bool is_set() const noexcept { return kind_ != Kind::none; }
  /// The time from now, as `clock` tells it, until the deadline; 0 when that is past. The deadline
  /// must be set.
  [[nodiscard]] std::chrono::nanoseconds time_left(const Clock& clock) const noexcept;

 private:
  enum class Kind : unsigned char { none, from_now, wall_clock, steady_clock };

  std::chrono::nanoseconds value_{};
  Kind kind_ = Kind::none;
};

}  // namespace bora
