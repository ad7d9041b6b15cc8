#include <bora/core/detail/durations.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>

#include <bora/core/deadline.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using bora::Deadline;
using bora::detail::Delay;
using bora::detail::saturating_add;
using bora::detail::saturating_cast;
using bora::detail::saturating_subtract;
using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST_CASE("durations: what fits is converted as by std", "[core]") {
  CHECK(saturating_cast<nanoseconds>(3h) == 3h);
  CHECK(saturating_cast<nanoseconds>(-3h) == -3h);
  CHECK(saturating_cast<seconds>(1999ms) == 1s);
  CHECK(saturating_cast<seconds>(-1999ms) == -1s);
  CHECK(saturating_cast<std::chrono::milliseconds>(
            std::chrono::duration<std::int64_t, std::ratio<1001, 30000>>(300)) == 10010ms);
  CHECK(saturating_cast<nanoseconds>(std::chrono::duration<double>(1.5)) == 1500ms);
  CHECK(saturating_cast<nanoseconds>(std::chrono::duration<std::int8_t>(7)) == 7s);
  CHECK(saturating_cast<nanoseconds>(std::chrono::duration<std::uint32_t>(4000000000)) ==
        4000000000s);
}

TEST_CASE("durations: what does not fit is the longest, not one of the other sign", "[core]") {
  CHECK(saturating_cast<nanoseconds>(hours::max()) == nanoseconds::max());
  CHECK(saturating_cast<nanoseconds>(hours::min()) == nanoseconds::min());
  CHECK(saturating_cast<nanoseconds>(seconds::max()) == nanoseconds::max());
  CHECK(saturating_cast<nanoseconds>(std::chrono::years(400)) == nanoseconds::max());
  CHECK(saturating_cast<seconds>(nanoseconds::max()) == 9223372036s);
  CHECK(saturating_cast<nanoseconds>(std::chrono::duration<std::uint64_t>(
            std::numeric_limits<std::uint64_t>::max())) == nanoseconds::max());
  using Odd = std::chrono::duration<std::int64_t, std::ratio<1001, 30000>>;
  CHECK(saturating_cast<nanoseconds>(Odd::max()) == nanoseconds::max());
  CHECK(saturating_cast<nanoseconds>(Odd::min()) == nanoseconds::min());
  using Real = std::chrono::duration<double>;
  CHECK(saturating_cast<nanoseconds>(Real(1e30)) == nanoseconds::max());
  CHECK(saturating_cast<nanoseconds>(Real(-1e30)) == nanoseconds::min());
  CHECK(saturating_cast<nanoseconds>(Real(std::numeric_limits<double>::infinity())) ==
        nanoseconds::max());
  CHECK(saturating_cast<nanoseconds>(Real(std::numeric_limits<double>::quiet_NaN())) ==
        nanoseconds::zero());
}

TEST_CASE("durations: sums and differences saturate", "[core]") {
  CHECK(saturating_add(1s, 2s) == 3s);
  CHECK(saturating_add(seconds::max(), 1s) == seconds::max());
  CHECK(saturating_add(seconds::min(), -1s) == seconds::min());
  CHECK(saturating_subtract(seconds::min(), 1s) == seconds::min());
  CHECK(saturating_subtract(seconds::max(), -1s) == seconds::max());
  CHECK(saturating_subtract(5s, 7s) == -2s);
}

TEST_CASE("durations: a delay takes any duration", "[core]") {
  CHECK(Delay(hours::max()).value() == nanoseconds::max());
  CHECK(Delay(std::chrono::duration<double>(0.25)).value() == 250ms);
  CHECK(Delay(-5s).value() == -5s);
  CHECK(Delay().value() == 0s);
}

TEST_CASE("deadline: never is never, however it is written", "[core]") {
  const bora::testing::FakeClock clock;
  constexpr nanoseconds kCentury = std::chrono::years(100);
  CHECK(Deadline(hours::max()).time_left(clock) > kCentury);
  CHECK(Deadline(nanoseconds::max()).time_left(clock) > kCentury);
  const std::chrono::sys_days later = std::chrono::year(2400) / 1 / 1;
  CHECK(Deadline(later).time_left(clock) > kCentury);
  CHECK(Deadline(std::chrono::system_clock::time_point::max()).time_left(clock) > kCentury);
  CHECK(Deadline(std::chrono::steady_clock::time_point::max()).time_left(clock) > kCentury);
}

TEST_CASE("deadline: what is negative or past is now", "[core]") {
  const bora::testing::FakeClock clock;
  CHECK(Deadline(-1s).time_left(clock) == 0s);
  CHECK(Deadline(hours::min()).time_left(clock) == 0s);
  const std::chrono::sys_days earlier = std::chrono::year(1600) / 1 / 1;
  CHECK(Deadline(earlier).time_left(clock) == 0s);
  CHECK(Deadline(std::chrono::system_clock::time_point::min()).time_left(clock) == 0s);
  CHECK(Deadline(std::chrono::steady_clock::time_point::min()).time_left(clock) == 0s);
}
