#pragma once

#include <string_view>

#include <bora/core/detail/chrono.h>

namespace bora::filters {

/// A length of time: any duration of std::chrono, or, in routes.toml and as a literal, a whole
/// number and its unit: "500ms", "30s", "5m", "12h", "7d". Any other text does not compile.
class Period {
 public:
  constexpr Period() = default;
  template <class Rep, class Ratio>
  constexpr Period(std::chrono::duration<Rep, Ratio> time)  // NOLINT
      : time_(std::chrono::duration_cast<std::chrono::nanoseconds>(time)) {}
  consteval Period(std::string_view text) : time_(parse(text)) {}         // NOLINT
  consteval Period(const char* text) : Period(std::string_view(text)) {}  // NOLINT

  [[nodiscard]] constexpr std::chrono::nanoseconds time() const { return time_; }
  /// The whole seconds, rounded up.
  [[nodiscard]] constexpr std::chrono::seconds seconds() const {
    return std::chrono::ceil<std::chrono::seconds>(time_);
  }
  [[nodiscard]] constexpr bool is_zero() const { return time_ == std::chrono::nanoseconds::zero(); }

 private:
  static consteval std::chrono::nanoseconds parse(std::string_view text) {
    constexpr long long kMost = 1'000'000'000;
    long long count = 0;
    std::size_t i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
      count = count * 10 + (text[i] - '0');
      if (count > kMost) throw "a period is too long";
    }
    if (i == 0) throw "a period is a whole number and its unit, such as 30s";
    const std::string_view unit = text.substr(i);
    if (unit == "ms") return std::chrono::milliseconds(count);
    if (unit == "s") return std::chrono::seconds(count);
    if (unit == "m" && count < kMost / 60) return std::chrono::minutes(count);
    if (unit == "h" && count < kMost / 3600) return std::chrono::hours(count);
    if (unit == "d" && count < kMost / 86400) return std::chrono::hours(24 * count);
    throw "the unit of a period is ms, s, m, h or d";
  }

  std::chrono::nanoseconds time_{};
};

}  // namespace bora::filters
