#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#include <bora/core/detail/chrono.h>

// Arithmetic with durations that saturates: a result that does not fit is the longest duration
// there is, not one of the other sign. People write "never" as hours::max() or as a moment in the
// year 2400, and a conversion to nanoseconds, or adding the present, would make "at once" of it.
// All of Bora's arithmetic with durations and deadlines that come from outside uses these
// functions.

namespace bora::detail {

/// Return `a + b`, `a - b` and `a * b`; a result that does not fit is the largest or the smallest
/// number.
constexpr std::int64_t saturating_add(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}
constexpr std::int64_t saturating_subtract(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return b < 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}
constexpr std::int64_t saturating_multiply(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return product;
  return (a < 0) == (b < 0) ? std::numeric_limits<std::int64_t>::max()
                            : std::numeric_limits<std::int64_t>::min();
}

/// The same for durations of one unit.
template <class Duration>
constexpr Duration saturating_add(Duration a, Duration b) noexcept {
  return Duration(saturating_add(std::int64_t{a.count()}, std::int64_t{b.count()}));
}
template <class Duration>
constexpr Duration saturating_subtract(Duration a, Duration b) noexcept {
  return Duration(saturating_subtract(std::int64_t{a.count()}, std::int64_t{b.count()}));
}

/// `duration` in the unit of To, rounded towards zero; one that does not fit is To::max() or
/// To::min(). NaN becomes zero.
template <class To, class Rep, class Period>
constexpr To saturating_cast(const std::chrono::duration<Rep, Period>& duration) noexcept {
  static_assert(std::is_same_v<typename To::rep, std::int64_t>,
                "durations of 64 bits, as all of std's are");
  using Factor = std::ratio_divide<Period, typename To::period>;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  if constexpr (std::is_floating_point_v<Rep>) {
    const long double count =
        static_cast<long double>(duration.count()) * Factor::num / Factor::den;
    if (count != count) return To(0);
    if (count >= static_cast<long double>(kMost)) return To(kMost);
    if (count <= static_cast<long double>(kLeast)) return To(kLeast);
    return To(static_cast<std::int64_t>(count));
  } else {
    const Rep given = duration.count();
    if constexpr (sizeof(Rep) >= sizeof(std::int64_t) && std::is_unsigned_v<Rep>) {
      if (given > static_cast<Rep>(kMost)) {
        return saturating_cast<To>(std::chrono::duration<std::int64_t, Period>(kMost));
      }
    }
    const auto count = static_cast<std::int64_t>(given);
    // The whole part and the rest are multiplied apart, so that a factor like 1001/30000 overflows
    // as late as possible.
    const std::int64_t whole = saturating_multiply(count / Factor::den, Factor::num);
    const std::int64_t rest = saturating_multiply(count % Factor::den, Factor::num) / Factor::den;
    return To(saturating_add(whole, rest));
  }
}

/// How long to wait, as a parameter: any duration, in nanoseconds. A longer one than these can
/// express is the longest, some 292 years. A negative one means now.
class Delay {
 public:
  constexpr Delay() noexcept = default;
  template <class Rep, class Period>
  constexpr Delay(const std::chrono::duration<Rep, Period>& duration) noexcept  // NOLINT
      : value_(saturating_cast<std::chrono::nanoseconds>(duration)) {}

  [[nodiscard]] constexpr std::chrono::nanoseconds value() const noexcept { return value_; }

 private:
  std::chrono::nanoseconds value_{};
};

}  // namespace bora::detail
