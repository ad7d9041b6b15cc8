#pragma once

#include <cstdint>
#include <type_traits>

namespace bora {

/// A moment, made from a std::chrono time point of the system's clock or from seconds since the
/// Epoch. Functions for templates take it so that they need not include `<chrono>`.
class Moment {
 public:
  template <class TimePoint>
    requires requires {
      &TimePoint::clock::to_time_t;
    }  // Of the standard's clocks, only the system's one is accepted.
  Moment(const TimePoint& time) {
    using Duration = typename TimePoint::duration;
    using Count = typename Duration::rep;
    constexpr std::int64_t kNumerator = Duration::period::num;
    constexpr std::int64_t kDenominator = Duration::period::den;
    if constexpr (std::is_floating_point_v<Count>) {
      const auto exact =
          static_cast<long double>(time.time_since_epoch().count()) * kNumerator / kDenominator;
      seconds_ = static_cast<std::int64_t>(exact);
      if (static_cast<long double>(seconds_) > exact) --seconds_;
      nanoseconds_ = static_cast<std::int32_t>((exact - static_cast<long double>(seconds_)) * 1e9L);
    } else {
      const auto ticks = static_cast<std::int64_t>(time.time_since_epoch().count()) * kNumerator;
      std::int64_t rest = ticks % kDenominator;
      if (rest < 0) rest += kDenominator;
      seconds_ = (ticks - rest) / kDenominator;
      if constexpr (kDenominator <= kNano) {
        nanoseconds_ = static_cast<std::int32_t>(rest * (kNano / kDenominator));
      }
    }
  }
  template <class Integer>
    requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>)
  Moment(Integer seconds) : seconds_(static_cast<std::int64_t>(seconds)) {}

  /// The whole seconds since the Epoch, rounded down.
  [[nodiscard]] std::int64_t seconds() const { return seconds_; }
  /// The nanoseconds after the last whole second.
  [[nodiscard]] std::int32_t nanoseconds() const { return nanoseconds_; }

 private:
  static constexpr std::int64_t kNano = 1'000'000'000;

  std::int64_t seconds_ = 0;
  std::int32_t nanoseconds_ = 0;
};

}  // namespace bora
